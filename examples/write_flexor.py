#!/usr/bin/env python3
"""Writes a small random but valid .flexor model (docs/format.md) with nothing but Python's standard library.

Usage: write_flexor.py OUT.flexor [SEED]. Prints the decrypted weight bits of every layer as JSON, to compare with.
"""
import hashlib, json, random, struct, sys

rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
header, payload, codes = {}, b"", {}


def tensor(name, dtype, shape, data):
    global payload
    header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(payload), len(payload) + len(data)]}
    payload += data
    return name


def weighted(name, source, window, channels, n_in, n_out, n_tap, **more):
    """A binary layer of one plane: M⊕, encrypted bits (least significant first) and α; remembers the decrypted bits."""
    rows = [sorted(rng.sample(range(n_in), n_tap)) for _ in range(n_out)]
    matrix = bytes(int(i in row) for row in rows for i in range(n_in))
    slices = -(-window * channels // n_out)
    bits = [rng.randrange(2) for _ in range(slices * n_in)]
    packed = bytes(sum(bit << j for j, bit in enumerate(bits[i : i + 8])) for i in range(0, len(bits), 8))
    decrypted = [sum(bits[s * n_in + i] for i in row) % 2 for s in range(slices) for row in rows]
    codes[name] = decrypted[: window * channels]
    alpha = struct.pack(f"<{channels}f", *(rng.uniform(0.1, 0.3) for _ in range(channels)))
    plane = {"matrix": tensor(f"xor.{name}", "U8", [n_out, n_in], matrix),
             "encrypted": tensor(f"{name}.encrypted.0", "U8", [len(packed)], packed),
             "alpha": tensor(f"{name}.alpha.0", "F32", [channels], alpha)}
    weights = {"encoding": "xor", "order": "hwio", "q": 1, "nIn": n_in, "nOut": n_out, "nTap": n_tap, "planes": [plane]}
    return {"name": name, "inputs": [source], "outChannels": channels, "weights": weights,
            "bias": None, "batchNorm": None, **more}


conv = weighted("conv1", "input", 3 * 3 * 1, 4, 12, 20, 2, kind="conv", kernel=[3, 3], stride=[1, 1],
                padding=[1, 1, 1, 1], relu=True, range=[0.0, 2.5])
pool = {"kind": "maxPool", "name": "pool1", "inputs": ["conv1"], "kernel": [2, 2], "stride": [2, 2], "padding": [0] * 4}
dense = weighted("fc1", "pool1", 4 * 4 * 4, 10, 8, 12, 2, kind="dense", relu=False, range=[-9.0, 9.0])
document = json.dumps({
    "formatVersion": 1, "name": "python-example", "digest": hashlib.sha256(payload).hexdigest(),
    "input": {"shape": [8, 8, 1], "mean": [0.5], "std": [0.5], "range": [-1.0, 1.0]},
    "nodes": [conv, pool, dense], "output": "fc1", "classes": [str(i) for i in range(10)],
    "provenance": {"recipe": "examples/write_flexor.py", "seed": None, "dataset": "none", "testAccuracy": None,
                   "testImages": None, "notes": "random weights"}})
header = {"__metadata__": {"flexor": document, "flexor.sha256": hashlib.sha256(document.encode()).hexdigest()}, **header}
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + payload)
print(json.dumps(codes))
