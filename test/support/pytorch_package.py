"""Checks python/flexor, trains four small modules with it on the digits, and exports them: pytorch-package.long.ts.

Usage: pytorch_package.py DIR. DIR holds train-images.bin, train-labels.bin, test-images.bin, test-labels.bin (bytes, one
channel) and side.txt; DIR/NAME.flexor is written for each module. Prints a line of JSON: for each the test accuracy and
the class of every test image, as PyTorch has them.
"""
import json
import os
import sys

import numpy
import torch
from torch import nn

from flexor import (BipolarQuantiser, ExportError, FleXORConv1d, FleXORConv2d, FleXORLinear, LearnedStepQuantiser, export, identity,
                    set_s_tanh, systematic, taps)

folder = sys.argv[1]
side = int(open(f"{folder}/side.txt").read())
torch.manual_seed(1)
torch.set_num_threads(1)


def read(name, shape):
    return torch.from_numpy(numpy.fromfile(f"{folder}/{name}.bin", numpy.uint8).reshape(shape).copy())


def check_gradients():
    """Every rule against its equation in the paper, tap by tap, in double precision."""
    matrix = taps(5, 9, 3, seed=2)
    for rule in ("eq6", "eq5", "ste"):
        layer = FleXORLinear(6, 3, bias=False, matrix=matrix, gradient=rule, s_tanh=2.0).double()
        x = layer.flexor.x
        upstream = torch.randn(18, dtype=torch.float64)
        (layer.flexor.codes(0) * upstream).sum().backward()
        values, expected = x.detach()[0], torch.zeros_like(x[0])
        signs, soft = torch.where(values >= 0, 1.0, -1.0).double(), torch.tanh(2 * values)
        for f in range(18):
            s, row = divmod(f, 9)
            tapped = torch.nonzero(matrix[row]).flatten().tolist()
            product = (-1) ** (len(tapped) - 1) * numpy.prod([signs[s, i].item() for i in tapped])
            assert product == layer.flexor.codes(0)[f].item(), (rule, f)
            for i in tapped:
                others = (soft if rule == "eq5" else signs)[s, [j for j in tapped if j != i]].prod()
                slope = 1.0 if rule == "ste" else 2 * (1 - soft[s, i] ** 2)
                expected[s, i] += (-1) ** (len(tapped) - 1) * upstream[f] * slope * others
        assert torch.allclose(x.grad[0], expected, atol=1e-12), rule


def check_refusals(image):
    """Every step that cannot be taken is named at once; a flattened image is never read in another order."""
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.GELU(), nn.MaxPool2d(2, ceil_mode=True))
    try:
        export(net, image, f"{folder}/none.flexor")
        raise AssertionError("was exported")
    except ExportError as error:
        lines = str(error).splitlines()
        assert len(lines) == 3 and "GELU" in lines[1] and "ceil_mode" in lines[2], error
    flat = nn.Sequential(nn.MaxPool2d(2), nn.Flatten(), FleXORLinear((side // 2) ** 2, 10, matrix=systematic(8, 10)))
    try:
        export(flat, image, f"{folder}/none.flexor")
        raise AssertionError("was exported")
    except ExportError as error:
        assert "image=(1, " in str(error), error


class Residual(nn.Module):
    def __init__(self, quantiser):
        super().__init__()
        matrix, features = systematic(12, 20), 16 * (side // 4) ** 2
        self.input = quantiser(8)
        self.conv1 = FleXORConv2d(1, 16, 3, padding=1, matrix=matrix)
        self.bn1, self.q1 = nn.BatchNorm2d(16), quantiser(2)
        self.conv2 = FleXORConv2d(16, 16, 3, padding=1, groups=4, matrix=matrix)
        self.bn2, self.q2 = nn.BatchNorm2d(16), quantiser(2)
        self.pool = nn.MaxPool2d(4)
        self.fc = FleXORLinear(features, 10, matrix=matrix, image=(16, side // 4, side // 4))

    def forward(self, x):
        x = self.q1(torch.relu(self.bn1(self.conv1(self.input(x)))))
        x = self.q2(torch.relu(x + self.bn2(self.conv2(x))))
        return self.fc(self.pool(x).view(x.size(0), -1))


def modules():
    yield "float-activations", Residual(lambda bits: nn.Identity())
    yield "learned-steps", Residual(LearnedStepQuantiser)
    matrix = taps(10, 16, 2)
    yield "bipolar", nn.Sequential(
        LearnedStepQuantiser(8), FleXORConv2d(1, 16, 5, matrix=systematic(10, 16), planes=2), nn.BatchNorm2d(16),
        BipolarQuantiser(), nn.MaxPool2d(2), nn.Flatten(),
        FleXORLinear(16 * ((side - 4) // 2) ** 2, 32, matrix=matrix, image=(16, (side - 4) // 2, (side - 4) // 2)),
        nn.BatchNorm1d(32), BipolarQuantiser(0.5), nn.Linear(32, 10),
    )


def signals():
    """Rows of the images as channels of a signal: every layer that has a form of one dimension."""
    matrix, half = systematic(10, 16), side // 2
    return nn.Sequential(
        LearnedStepQuantiser(8), FleXORConv1d(side, 16, 3, padding=1, matrix=matrix), nn.BatchNorm1d(16), nn.ReLU(),
        LearnedStepQuantiser(4), nn.MaxPool1d(2), nn.Conv1d(16, 16, 3, padding=1, groups=2), nn.BatchNorm1d(16), nn.ReLU(),
        LearnedStepQuantiser(4), nn.Flatten(), FleXORLinear(16 * half, 10, matrix=matrix, image=(16, 1, half)),
    )


def train(net, images, labels):
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    net.train()
    for epoch in range(5):
        set_s_tanh(net, 5.0 if epoch == 0 else 10.0)
        for batch in torch.randperm(len(labels)).split(25):
            loss = nn.functional.cross_entropy(net(images[batch]), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    net.eval()


def main():
    images = {name: read(f"{name}-images", (-1, 1, side, side)).float() / 255 for name in ("train", "test")}
    labels = {name: read(f"{name}-labels", -1).long() for name in ("train", "test")}
    assert identity(3).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    check_gradients()
    check_refusals(images["test"][:4])
    results = {}
    os.makedirs(f"{folder}/signals-data", exist_ok=True)
    numpy.save(f"{folder}/signals-data/x_test.npy", read("test-images", (-1, side, side)).numpy())
    numpy.save(f"{folder}/signals-data/y_test.npy", labels["test"].numpy())
    for name, net in [*modules(), ("signals", signals())]:
        # [N, 1, H, W] as [N, H, W]: channels and length.
        shown = {key: value[:, 0] if name == "signals" else value for key, value in images.items()}
        train(net, shown["train"], labels["train"])
        with torch.no_grad():
            classes = net(shown["test"]).argmax(1)
        accuracy = (classes == labels["test"]).float().mean().item()
        export(net, shown["train"][:256], f"{folder}/{name}.flexor", name=name, dataset="digits",
               test_accuracy=accuracy, test_images=len(classes), seed=1)
        results[name] = {"accuracy": accuracy, "classes": classes.tolist()}
    print(json.dumps(results))


main()
