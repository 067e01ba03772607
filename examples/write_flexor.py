#!/usr/bin/env python3
"""Writes a small random but valid .flexor model (docs/format.md) with nothing but Python's standard library.

Usage: write_flexor.py OUT.flexor [SEED [VERSION]]. Prints the decrypted weight bits of every FleXOR layer as JSON, to
compare with. Version 2 also has quantised tensors, and a grouped convolution of integer weights in PyTorch's order, whose
integers are printed.
"""
import hashlib, json, random, struct, sys

rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
version = int(sys.argv[3]) if len(sys.argv) > 3 else 1
header, payload, codes = {}, b"", {}


def tensor(name, dtype, shape, data):
    global payload
    header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(payload), len(payload) + len(data)]}
    payload += data
    return name


def packed_bits(bits):
    return bytes(sum(bit << j for j, bit in enumerate(bits[i : i + 8])) for i in range(0, len(bits), 8))


def integers(name, source, shape, bits, **more):
    """A layer of integer weights [C_out, C_in, k_h, k_w], as PyTorch has them; remembers them as [k_h, k_w, C_in, C_out]."""
    channels, inputs, height, width = shape
    values = [rng.randrange(-(2 ** (bits - 1)), 2 ** (bits - 1)) for _ in range(channels * inputs * height * width)]
    codes[name] = [values[((c * inputs + ci) * height + y) * width + x]
                   for y in range(height) for x in range(width) for ci in range(inputs) for c in range(channels)]
    # Bit i of two's complement is a plane of its own; Python shifts negative numbers as if they had endless bits.
    planes = [packed_bits([value >> i & 1 for value in values]) for i in range(bits)]
    names = [tensor(f"{name}.plane.{i}", "U8", [len(plane)], plane) for i, plane in enumerate(planes)]
    scale = tensor(f"{name}.scale", "F32", [channels], struct.pack(f"<{channels}f", *([0.125] * channels)))
    weights = {"encoding": "int", "order": "oihw", "bits": bits, "planes": names, "scale": scale}
    return {"name": name, "inputs": [source], "outChannels": channels, "weights": weights,
            "bias": None, "batchNorm": None, **more}


def weighted(name, source, window, channels, n_in, n_out, n_tap, **more):
    """A binary layer of one plane: M⊕, encrypted bits (least significant first) and α; remembers the decrypted bits."""
    rows = [sorted(rng.sample(range(n_in), n_tap)) for _ in range(n_out)]
    matrix = bytes(int(i in row) for row in rows for i in range(n_in))
    slices = -(-window * channels // n_out)
    bits = [rng.randrange(2) for _ in range(slices * n_in)]
    packed = packed_bits(bits)
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
nodes = [conv, pool]
if version == 2:
    conv["quantiser"] = {"bits": 4, "signed": False, "narrow": False, "scale": 0.25, "rounding": "half-even"}
    nodes.append(integers("conv2", "pool1", [4, 2, 3, 3], 3, kind="conv", kernel=[3, 3], stride=[1, 1], groups=2,
                          padding=[1, 1, 1, 1], relu=False, range=[-20.0, 20.0]))
    nodes.append({"kind": "activation", "name": "sign1", "inputs": ["conv2"], "batchNorm": None, "clamp": [None, None],
                  "quantiser": {"bipolar": True, "scale": 1.0}, "range": [-1.0, 1.0]})
dense = weighted("fc1", nodes[-1]["name"], 4 * 4 * 4, 10, 8, 12, 2, kind="dense", relu=False, range=[-9.0, 9.0])
document = json.dumps({
    "formatVersion": version, "name": "python-example", "digest": hashlib.sha256(payload).hexdigest(),
    "input": {"shape": [8, 8, 1], "mean": [0.5], "std": [0.5], "range": [-1.0, 1.0]},
    "nodes": [*nodes, dense], "output": "fc1", "classes": [str(i) for i in range(10)],
    "provenance": {"recipe": "examples/write_flexor.py", "seed": None, "dataset": "none", "testAccuracy": None,
                   "testImages": None, "notes": "random weights"}})
header = {"__metadata__": {"flexor": document, "flexor.sha256": hashlib.sha256(document.encode()).hexdigest()}, **header}
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + payload)
print(json.dumps(codes))
