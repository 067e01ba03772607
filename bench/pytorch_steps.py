"""Times training steps of dense networks in PyTorch: the peer of bench/training.js, which starts it.

Usage: pytorch_steps.py THREADS NETWORK BATCH, NETWORK lenet5 or resnet20. Prints PyTorch's version, then answers each line "LAYOUT STEPS" (LAYOUT nchw or
channels_last) with the milliseconds of that many steps in one line. A step: forward, softmax cross-entropy, backward,
Adam (LeNet-5) or SGD with momentum (ResNet-20); data are random and lie in memory.
"""
import sys
import time

import torch
from torch import nn

LAYOUTS = {"nchw": torch.contiguous_format, "channels_last": torch.channels_last}


def lenet5() -> nn.Sequential:
    """32C5-MP2-64C5-MP2-512FC-10 without biases, as bench/training.js trains it."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2, bias=False), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2, bias=False), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(7 * 7 * 64, 512, bias=False), nn.ReLU(), nn.Linear(512, 10, bias=False),
    )  # fmt: skip


def convolution(channels: int, out_channels: int, stride: int = 1) -> nn.Sequential:
    """3x3 with batch norm."""
    layer = nn.Conv2d(channels, out_channels, 3, stride, padding=1, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(out_channels))


class Block(nn.Module):
    """Two convolutions and an option-A shortcut."""

    def __init__(self, channels: int, out_channels: int):
        super().__init__()
        self.stride = out_channels // channels
        self.pad = (out_channels - channels) // 2
        self.first = convolution(channels, out_channels, self.stride)
        self.second = convolution(out_channels, out_channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.second(nn.functional.relu(self.first(x)))
        if self.stride > 1:
            x = nn.functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.pad, self.pad))
        return nn.functional.relu(y + x)


def resnet20() -> nn.Sequential:
    """He et al. for CIFAR-10, as src/train/networks/resnet.ts has it."""
    widths = [16] * 4 + [32] * 3 + [64] * 3
    blocks = [Block(a, b) for a, b in zip(widths, widths[1:])]
    tail = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
    return nn.Sequential(convolution(3, 16), nn.ReLU(), *blocks, *tail)


NETWORKS = {"lenet5": (lenet5, (1, 28, 28)), "resnet20": (resnet20, (3, 32, 32))}


class Run:
    """A network in training, one step at a time."""

    def __init__(self, name: str, layout: str, batch: int):
        torch.manual_seed(1)
        build, shape = NETWORKS[name]
        self.network = build().to(memory_format=LAYOUTS[layout])
        self.images = torch.rand(batch, *shape).to(memory_format=LAYOUTS[layout])
        self.labels = torch.randint(0, 10, (batch,))
        parameters = self.network.parameters()
        if name == "lenet5":
            self.optimiser = torch.optim.Adam(parameters, lr=1e-3)
        else:
            self.optimiser = torch.optim.SGD(parameters, lr=0.1, momentum=0.9, weight_decay=1e-5)

    def milliseconds(self) -> float:
        started = time.perf_counter()
        self.optimiser.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(self.network(self.images), self.labels)
        loss.backward()
        self.optimiser.step()
        return 1000 * (time.perf_counter() - started)


def main() -> None:
    threads, network, batch = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    torch.set_num_threads(threads)
    print(torch.__version__, flush=True)
    runs = {layout: Run(network, layout, batch) for layout in LAYOUTS}
    for line in sys.stdin:
        layout, steps = line.split()
        times = [runs[layout].milliseconds() for _ in range(int(steps))]
        print(" ".join(f"{each:.3f}" for each in times), flush=True)


if __name__ == "__main__":
    main()
