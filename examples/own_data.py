#!/usr/bin/env python3
"""Makes small data sets to try docs/tutorials/own-data.md with, with nothing but Python's standard library.

Usage: own_data.py OUT. Writes OUT/shapes/{circle,cross,square}/*.png (grey drawings of different sizes) and
OUT/flowers.csv (four measurements and the kind of 240 made-up flowers).
"""
import os, random, struct, sys, zlib

rng = random.Random(1)
out = sys.argv[1]


def png(path, rows):
    """Grey pixels of 8 bits (RFC 2083)."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def inside(kind, x, y, r):
    if kind == "circle":
        return x * x + y * y < r * r
    if kind == "square":
        return max(abs(x), abs(y)) < 0.85 * r
    return min(abs(x), abs(y)) < 0.3 * r and max(abs(x), abs(y)) < r


for kind in ("circle", "cross", "square"):
    os.makedirs(f"{out}/shapes/{kind}", exist_ok=True)
    for i in range(100):
        side = rng.randrange(20, 33)
        cx, cy, r = (rng.uniform(low * side, high * side) for low, high in ((0.4, 0.6), (0.4, 0.6), (0.22, 0.36)))
        ink, paper = rng.randrange(150, 256), rng.randrange(0, 70)
        png(f"{out}/shapes/{kind}/{i:03}.png",
            [[max(0, min(255, (ink if inside(kind, x - cx, y - cy, r) else paper) + rng.randrange(-15, 16)))
              for x in range(side)] for y in range(side)])

with open(f"{out}/flowers.csv", "w") as file:
    file.write("sepal length,sepal width,petal length,petal width,kind\n")
    for i in range(240):
        kind = rng.randrange(3)
        numbers = [rng.gauss(mean + step * kind, 0.35) for mean, step in ((5, 0.8), (3.4, -0.3), (1.5, 2), (0.3, 0.9))]
        file.write(",".join(f"{number:.2f}" for number in numbers) + f",{('bluebell', 'daisy', 'poppy')[kind]}\n")
