"""A small FleXOR network in PyTorch, trained on images that are drawn here: docs/tutorials/pytorch.md.

Usage: python3 train_pytorch.py DIR. Writes the images as DIR/arrays/*.npy and the network as DIR/bars.flexor. Needs
PyTorch, NumPy and the package in python/.
"""
import sys
from pathlib import Path

import numpy
import torch
from torch import nn

from flexor import FleXORConv2d, FleXORLinear, LearnedStepQuantiser, export, set_s_tanh, systematic

CLASSES = ["across", "down", "slash", "backslash"]
SIDE = 12


def draw(count, random):
    """Bars in four directions, anywhere, of any brightness, in noise: bytes [count, SIDE, SIDE], and their classes."""
    labels = random.integers(len(CLASSES), size=count)
    y, x = numpy.mgrid[:SIDE, :SIDE]
    images = random.integers(0, 90, size=(count, SIDE, SIDE))
    for image, label in zip(images, labels):
        distance = [y, x, (x + y) / 1.5, (x - y + SIDE) / 1.5][label] - random.uniform(3, SIDE - 3)
        image += (numpy.abs(distance) < 1) * random.integers(110, 165)
    return images.astype(numpy.uint8), labels.astype(numpy.int64)


folder = Path(sys.argv[1])
(folder / "arrays").mkdir(parents=True, exist_ok=True)
random = numpy.random.default_rng(1)
data = {"train": draw(2000, random), "test": draw(200, random)}
for split, (images, labels) in data.items():
    numpy.save(folder / "arrays" / f"x_{split}.npy", images)
    numpy.save(folder / "arrays" / f"y_{split}.npy", labels.astype(numpy.uint8))
(folder / "arrays" / "classes.txt").write_text("\n".join(CLASSES) + "\n")

torch.manual_seed(1)
torch.set_num_threads(1)
matrix = systematic(12, 20)  # 12 stored bits give 20 weights: 0.6 bit a weight
net = nn.Sequential(
    LearnedStepQuantiser(8),
    FleXORConv2d(1, 8, 3, matrix=matrix), nn.BatchNorm2d(8), nn.ReLU(), LearnedStepQuantiser(2), nn.MaxPool2d(2),
    nn.Flatten(),
    FleXORLinear(8 * 5 * 5, len(CLASSES), matrix=matrix, image=(8, 5, 5)),
)
# A pixel p is p/255, which is what `export` states where no mean and std are given.
x, y = {}, {}
for split, (images, labels) in data.items():
    x[split], y[split] = torch.from_numpy(images)[:, None].float() / 255, torch.from_numpy(labels)

optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(8):
    net.train()
    set_s_tanh(net, 5.0 if epoch == 0 else 10.0)
    for batch in torch.randperm(len(y["train"])).split(25):
        loss = nn.functional.cross_entropy(net(x["train"][batch]), y["train"][batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
net.eval()
with torch.no_grad():
    right = (net(x["test"]).argmax(1) == y["test"]).float().mean().item()
export(net, x["train"][:256], str(folder / "bars.flexor"), name="bars", classes=CLASSES, dataset="arrays", seed=1,
       test_accuracy=right, test_images=len(y["test"]))
print(f"{100 * right:.2f}% of the test images right in PyTorch")
