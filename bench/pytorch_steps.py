"""Times training steps of a dense LeNet-5 in PyTorch: the peer of bench/training.js, which starts it.

Usage: pytorch_steps.py THREADS BATCH. Prints PyTorch's version, then answers each line "LAYOUT STEPS" (LAYOUT nchw or
channels_last) with the milliseconds of that many steps in one line. A step: forward, softmax cross-entropy, backward,
Adam; data are random and lie in memory.
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


class Run:
    """A network in training, one step at a time."""

    def __init__(self, layout: str, batch: int):
        torch.manual_seed(1)
        self.network = lenet5().to(memory_format=LAYOUTS[layout])
        self.images = torch.rand(batch, 1, 28, 28).to(memory_format=LAYOUTS[layout])
        self.labels = torch.randint(0, 10, (batch,))
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=1e-3)

    def milliseconds(self) -> float:
        started = time.perf_counter()
        self.optimiser.zero_grad(set_to_none=True)
        loss = nn.functional.cross_entropy(self.network(self.images), self.labels)
        loss.backward()
        self.optimiser.step()
        return 1000 * (time.perf_counter() - started)


def main() -> None:
    threads, batch = int(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(threads)
    print(torch.__version__, flush=True)
    runs = {layout: Run(layout, batch) for layout in LAYOUTS}
    for line in sys.stdin:
        layout, steps = line.split()
        times = [runs[layout].milliseconds() for _ in range(int(steps))]
        print(" ".join(f"{each:.3f}" for each in times), flush=True)


if __name__ == "__main__":
    main()
