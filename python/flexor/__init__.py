"""FleXOR in PyTorch: layers whose weights cost less than one bit, activation quantisers, and export to `.flexor` files.

FleXOR (Lee et al., NeurIPS 2020) stores N_in bits for every N_out binary weights; a fixed XOR circuit M⊕ turns the ones
into the others. Train with these layers, `export` the module, and let the `flexor` command prove its Verilog:

    model = nn.Sequential(FleXORConv2d(1, 16, 5, matrix=systematic(12, 20)), nn.BatchNorm2d(16), nn.ReLU(), ...)
    export(model, images, "model.flexor", classes=names)
"""
from .export import ExportError, export
from .layers import FleXORConv1d, FleXORConv2d, FleXORLinear, set_s_tanh
from .matrix import identity, systematic, taps
from .quantisers import BipolarQuantiser, LearnedStepQuantiser

__all__ = [
    "BipolarQuantiser",
    "ExportError",
    "FleXORConv1d",
    "FleXORConv2d",
    "FleXORLinear",
    "LearnedStepQuantiser",
    "export",
    "identity",
    "set_s_tanh",
    "systematic",
    "taps",
]
