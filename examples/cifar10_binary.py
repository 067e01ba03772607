#!/usr/bin/env python3
"""CIFAR-10's version for Python (cifar-10-batches-py) -> its binary version, which the toolchain reads.

usage: cifar10_binary.py FOLDER [OUT]     OUT: cifar-10-batches-bin beside FOLDER

A record is the label and 3,072 pixels (red, green, blue, each row by row), as in the pickled arrays. Needs numpy, with
which the arrays were pickled; pickled files run code when they are read, so use them only from where you trust.
"""
import os
import pickle
import sys

FILES = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder = os.path.abspath(sys.argv[1])
    out = sys.argv[2] if len(sys.argv) == 3 else os.path.join(os.path.dirname(folder), "cifar-10-batches-bin")
    os.makedirs(out, exist_ok=True)
    for name in FILES:
        with open(os.path.join(folder, name), "rb") as file:
            batch = pickle.load(file, encoding="bytes")
        with open(os.path.join(out, f"{name}.bin"), "wb") as file:
            for label, pixels in zip(batch[b"labels"], batch[b"data"]):
                file.write(bytes([label]) + pixels.tobytes())
    print(out)


if __name__ == "__main__":
    main()
