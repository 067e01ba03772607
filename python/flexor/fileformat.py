"""Writes `.flexor` files (docs/format.md): a safetensors container whose metadata hold the document."""
import hashlib
import json
import os
import struct
from typing import Dict, List, Tuple

import torch


class Tensors:
    """The tensors of a file, by name: F32 or U8, row-major. Equal matrices are stored once."""

    def __init__(self) -> None:
        self._all: Dict[str, Tuple[str, List[int], bytes]] = {}
        self._matrices: Dict[bytes, str] = {}

    def floats(self, name: str, values: torch.Tensor) -> str:
        values = values.detach().cpu().float().contiguous()
        if not torch.isfinite(values).all():
            raise ValueError(f"{name} holds values that are not finite")
        return self._add(name, "F32", list(values.shape), values.numpy().astype("<f4").tobytes())

    def bits(self, name: str, bits: torch.Tensor) -> str:
        """0/1 packed eight a byte, least significant first."""
        padded = torch.cat([bits, bits.new_zeros(-len(bits) % 8)]).reshape(-1, 8).int()
        packed = (padded << torch.arange(8)).sum(1).to(torch.uint8)
        return self._add(name, "U8", [len(packed)], packed.numpy().tobytes())

    def matrix(self, matrix: torch.Tensor) -> str:
        matrix = matrix.cpu().to(torch.uint8).contiguous()
        key = bytes(str(list(matrix.shape)), "utf8") + matrix.numpy().tobytes()
        if key not in self._matrices:
            self._matrices[key] = self._add(f"xor.{len(self._matrices)}", "U8", list(matrix.shape), matrix.numpy().tobytes())
        return self._matrices[key]

    def _add(self, name: str, dtype: str, shape: List[int], data: bytes) -> str:
        assert name not in self._all, name
        self._all[name] = (dtype, shape, data)
        return name

    def laid_out(self) -> Tuple[dict, bytes]:
        """Header entries and payload; floats first, so that they are aligned in a mapped file."""
        header, payload = {}, b""
        for name, (dtype, shape, data) in sorted(self._all.items(), key=lambda item: item[1][0] != "F32"):
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(payload), len(payload) + len(data)]}
            payload += data
        return header, payload


def write(path: str, document: dict, tensors: Tensors) -> None:
    """Writes the file whole or not at all; `document` without its digest, which is put in."""
    header, payload = tensors.laid_out()
    document = {**document, "digest": hashlib.sha256(payload).hexdigest()}
    text = json.dumps(document, allow_nan=False)
    metadata = {"flexor": text, "flexor.sha256": hashlib.sha256(text.encode()).hexdigest()}
    head = json.dumps({"__metadata__": metadata, **header}).encode()
    head += b" " * (-len(head) % 8)
    unfinished = f"{path}.part"
    try:
        with open(unfinished, "wb") as file:
            file.write(struct.pack("<Q", len(head)) + head + payload)
        os.replace(unfinished, path)
    finally:
        if os.path.exists(unfinished):
            os.remove(unfinished)
