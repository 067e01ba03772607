"""Quantisers of activations. A tensor that went through one is exact in the exported model: float and integer network agree
on it, value by value."""
import math

import torch
from torch import nn


class _RoundThrough(torch.autograd.Function):
    """Rounds, halves to the even integer; the gradient passes."""

    @staticmethod
    def forward(ctx, x):
        return torch.round(x)

    @staticmethod
    def backward(ctx, gradient):
        return gradient


class _ShareOfGradient(torch.autograd.Function):
    """The same value, with a share of its gradient."""

    @staticmethod
    def forward(ctx, x, share):
        ctx.share = share
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.share, None


class _SignThrough(torch.autograd.Function):
    """sign, +1 at 0; the gradient passes where |x| ≤ 1 (that of hard-tanh)."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x >= 0, torch.ones_like(x), -torch.ones_like(x))

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * (x.abs() <= 1)


class LearnedStepQuantiser(nn.Module):
    """s·clamp(round(x/s), low, high) with a learnt step s (LSQ: Esser et al., ICLR 2020).

    Unsigned: 0 … 2^bits − 1 (behind a ReLU); signed: −2^(bits−1) … 2^(bits−1) − 1. The step starts from the first batch
    that is seen in training, 2·mean|x|/√high (section 2.1 of LSQ), and its gradient is scaled by 1/√(n·high), n elements
    of an example (section 2.2).
    """

    def __init__(self, bits: int, signed: bool = False):
        super().__init__()
        if not (2 if signed else 1) <= bits <= 16:
            raise ValueError(f"bits must be from {2 if signed else 1} to 16, got {bits}")
        self.bits, self.signed = bits, signed
        self.low, self.high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
        self.step = nn.Parameter(torch.tensor(1.0))
        self.register_buffer("started", torch.tensor(False))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training and not self.started:
            with torch.no_grad():
                self.step.copy_((2 * x.abs().mean() / math.sqrt(self.high)).clamp_min(1e-8))
                self.started.fill_(True)
        share = 1 / math.sqrt(max(1, x[0].numel()) * self.high)
        # A large rate may carry the step across 0; its size is what counts.
        step = _ShareOfGradient.apply(self.step, share).abs().clamp_min(1e-8)
        return torch.clamp(_RoundThrough.apply(x / step), self.low, self.high) * step

    def quantiser(self) -> dict:
        """What docs/format.md calls the quantiser of a tensor."""
        scale = float(self.step.detach().float().abs().clamp_min(1e-8))
        return {"bits": self.bits, "signed": self.signed, "narrow": False, "scale": scale, "rounding": "half-even"}

    def extra_repr(self) -> str:
        return f"bits={self.bits}, signed={self.signed}"


class BipolarQuantiser(nn.Module):
    """scale·sign(x): one bit an activation, +1 at 0. The gradient is that of hard-tanh."""

    def __init__(self, scale: float = 1.0):
        super().__init__()
        if not scale > 0:
            raise ValueError(f"scale must be above 0, got {scale:g}")
        self.scale = float(scale)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return _SignThrough.apply(x) * self.scale

    def quantiser(self) -> dict:
        """What docs/format.md calls the quantiser of a tensor."""
        return {"bipolar": True, "scale": self.scale}
