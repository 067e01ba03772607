"""Layers whose weights are α_c·b with b = ±1, where the codes b come out of M⊕ (paper, section 3).

The learnt "encrypted weights" x, N_in a slice, lie in the order of the file and of the hardware: weight f = v·C_out + c
of window element v = (y·k_w + x)·C_in/G + ci and output channel c (Algorithm 1's reshape to [k, k, C_in, C_out]). So an
exported model keeps its slices, and nothing is ever encrypted anew.
"""
import math
from typing import Optional, Sequence, Tuple, Union

import torch
from torch import nn
from torch.nn import functional

from .matrix import checked

GRADIENTS = ("eq6", "eq5", "ste")


class _Codes(torch.autograd.Function):
    """Signs [slices, N_in] of x to codes [slices, N_out]: f = (−1)^(n−1)·Π sign(x_i) over the n taps of a row (eq. 2).

    Gradients, with S = s_tanh: eq. 6 takes S·(1 − tanh²(S·x_i))·(−1)^(n−1)·Π_{j≠i} sign(x_j); eq. 5 has tanh(S·x_j) in
    the product; "ste" is eq. 6 with the slope of the sign taken as 1.
    """

    @staticmethod
    def forward(ctx, x, matrix, s_tanh, rule):
        signs = torch.where(x >= 0, torch.ones_like(x), -torch.ones_like(x))
        # Bits are 1 for +1; a row's bit is the parity of its taps.
        codes = 2 * torch.remainder((signs > 0).to(x.dtype) @ matrix.t(), 2) - 1
        ctx.save_for_backward(x, matrix, signs, codes)
        ctx.s_tanh, ctx.rule = s_tanh, rule
        return codes

    @staticmethod
    def backward(ctx, gradient):
        x, matrix, signs, codes = ctx.saved_tensors
        if ctx.rule == "eq5":
            return _eq5(x, matrix, ctx.s_tanh, gradient), None, None, None
        # (−1)^(n−1)·Π_{j≠i} sign(x_j) = f·sign(x_i).
        through = ((gradient * codes) @ matrix) * signs
        if ctx.rule == "eq6":
            through = through * ctx.s_tanh * (1 - torch.tanh(ctx.s_tanh * x) ** 2)
        return through, None, None, None


def _eq5(x: torch.Tensor, matrix: torch.Tensor, s_tanh: float, gradient: torch.Tensor) -> torch.Tensor:
    soft = torch.tanh(s_tanh * x)
    result = torch.zeros_like(x)
    for row, ones in enumerate(matrix):
        tapped = torch.nonzero(ones).flatten().tolist()
        sign = (-1) ** (len(tapped) - 1)
        for i in tapped:
            others = [j for j in tapped if j != i]
            product = soft[:, others].prod(1) if others else torch.ones_like(x[:, 0])
            result[:, i] += sign * gradient[:, row] * product
    return result * s_tanh * (1 - soft**2)


class _FleXORWeights(nn.Module):
    """q planes of encrypted weights and their α: what convolution and linear layer share."""

    def __init__(self, window: int, out_channels: int, matrix, planes: int, s_tanh: float, gradient: str, x_std: float):
        super().__init__()
        if gradient not in GRADIENTS:
            raise ValueError(f"gradient must be one of {', '.join(GRADIENTS)}, got {gradient!r}")
        if not 1 <= planes <= 16:
            raise ValueError(f"planes must be from 1 to 16, got {planes}")
        self.register_buffer("matrix", checked(matrix))
        self.gradient, self.s_tanh = gradient, float(s_tanh)
        self.weights = window * out_channels
        n_out, n_in = self.matrix.shape
        slices = -(-self.weights // n_out)
        self.x = nn.Parameter(torch.randn(planes, slices, n_in) * x_std)
        # A plane more halves what is left to say; all of them together have the variance of a usual initialisation.
        scale = torch.full((planes, out_channels), 1 / math.sqrt(window))
        self.alpha = nn.Parameter(scale / 2.0 ** torch.arange(planes)[:, None])

    def codes(self, plane: int) -> torch.Tensor:
        """Codes ±1 [weights] of a plane, in stored order."""
        rows = _Codes.apply(self.x[plane], self.matrix.to(self.x.dtype), self.s_tanh, self.gradient)
        return rows.reshape(-1)[: self.weights]

    def bits(self, plane: int) -> torch.Tensor:
        """The bits to store, uint8 [slices·N_in]: 1 where x ≥ 0."""
        return (self.x[plane].detach() >= 0).to(torch.uint8).reshape(-1).cpu()

    def forward(self) -> torch.Tensor:
        """Weights [window, out_channels] in stored order: Σ_i α_i·b_i."""
        out_channels = self.alpha.shape[1]
        return sum(self.codes(i).reshape(-1, out_channels) * alpha for i, alpha in enumerate(self.alpha))

    def extra_repr(self) -> str:
        n_out, n_in = self.matrix.shape
        return f"N_in={n_in}, N_out={n_out}, planes={len(self.x)}, gradient={self.gradient}, s_tanh={self.s_tanh:g}"


class FleXORConv2d(nn.Module):
    """`nn.Conv2d` with FleXOR weights; input [N, C_in, H, W]. Padding is of zeros.

    matrix: M⊕, uint8 [N_out, N_in] (`systematic`, `taps`, `identity`). planes: q, binary planes a weight. s_tanh: S_tanh,
    the slope at 0 (`set_s_tanh` changes that of a whole model). gradient: "eq6", "eq5" or "ste". x_std: standard
    deviation of encrypted weights at the start.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size, stride=1, padding=0, dilation=1, groups: int = 1,
                 bias: bool = False, *, matrix, planes: int = 1, s_tanh: float = 10.0, gradient: str = "eq6",
                 x_std: float = 0.05):
        super().__init__()
        if in_channels % groups or out_channels % groups:
            raise ValueError(f"groups must divide both {in_channels} and {out_channels} channels, got {groups}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = _pair(kernel_size), _pair(stride)
        self.padding, self.dilation = _pair(padding), _pair(dilation)
        window = self.kernel_size[0] * self.kernel_size[1] * (in_channels // groups)
        self.flexor = _FleXORWeights(window, out_channels, matrix, planes, s_tanh, gradient, x_std)
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None

    @property
    def weight(self) -> torch.Tensor:
        """[C_out, C_in/G, k_h, k_w], as convolutions of PyTorch have it."""
        shape = (*self.kernel_size, self.in_channels // self.groups, self.out_channels)
        return self.flexor().reshape(shape).permute(3, 2, 0, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.conv2d(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)

    def extra_repr(self) -> str:
        return f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"


class FleXORConv1d(nn.Module):
    """`nn.Conv1d` with FleXOR weights; input [N, C_in, L]. In the file it is a convolution over an image of height 1.

    The other arguments are those of `FleXORConv2d`.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0,
                 dilation: int = 1, groups: int = 1, bias: bool = False, *, matrix, planes: int = 1, s_tanh: float = 10.0,
                 gradient: str = "eq6", x_std: float = 0.05):
        super().__init__()
        if in_channels % groups or out_channels % groups:
            raise ValueError(f"groups must divide both {in_channels} and {out_channels} channels, got {groups}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        sizes = [_pair(size)[:1] for size in (kernel_size, stride, padding, dilation)]
        self.kernel_size, self.stride, self.padding, self.dilation = sizes
        window = kernel_size * (in_channels // groups)
        self.flexor = _FleXORWeights(window, out_channels, matrix, planes, s_tanh, gradient, x_std)
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None

    @property
    def weight(self) -> torch.Tensor:
        """[C_out, C_in/G, k], as convolutions of PyTorch have it."""
        shape = (*self.kernel_size, self.in_channels // self.groups, self.out_channels)
        return self.flexor().reshape(shape).permute(2, 1, 0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.conv1d(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)

    def extra_repr(self) -> str:
        return f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"


class FleXORLinear(nn.Module):
    """`nn.Linear` with FleXOR weights; input [N, in_features].

    Behind the flattening of an image [C, H, W] say `image=(C, H, W)` (of a signal [C, L]: `image=(C, 1, L)`): the file and the hardware have channels last, so the
    slices must be laid out over (H, W, C) from the start. `export` refuses a layer where that is missing.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, *, matrix,
                 image: Optional[Sequence[int]] = None, planes: int = 1, s_tanh: float = 10.0, gradient: str = "eq6",
                 x_std: float = 0.05):
        super().__init__()
        self.image = (in_features, 1, 1) if image is None else tuple(image)
        if len(self.image) != 3 or math.prod(self.image) != in_features:
            raise ValueError(f"image must be (C, H, W) with C·H·W = {in_features}, got {self.image}")
        self.in_features, self.out_features = in_features, out_features
        self.flexor = _FleXORWeights(in_features, out_features, matrix, planes, s_tanh, gradient, x_std)
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None

    @property
    def weight(self) -> torch.Tensor:
        """[out_features, in_features], in PyTorch's order of flattened images (C, H, W)."""
        channels, height, width = self.image
        weights = self.flexor().reshape(height, width, channels, self.out_features)
        return weights.permute(3, 2, 0, 1).reshape(self.out_features, self.in_features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"{self.in_features}, {self.out_features}, image={self.image}"


def set_s_tanh(module: nn.Module, value: float) -> None:
    """Sets S_tanh of every FleXOR layer of a module: the paper raises it while training goes on."""
    for each in module.modules():
        if isinstance(each, _FleXORWeights):
            each.s_tanh = float(value)


def _pair(value: Union[int, Sequence[int]]) -> Tuple[int, int]:
    if isinstance(value, str):
        raise ValueError(f"sizes must be one number or two, got '{value}'; padding as with 'same' is kernel_size // 2")
    first, second = (value, value) if isinstance(value, int) else value
    return int(first), int(second)
