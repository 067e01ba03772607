"""Trains a ResNet of 6n + 2 layers as `flexor train` is said to train it, in PyTorch: the judge of pytorch-judge.long.ts.

Usage: pytorch_judge.py DIR. DIR holds run.json (the options of the run), parameters.bin (first values,
float32, in the order of run.json), images.bin and labels.bin (training images as bytes, NHWC), test-images.bin and
test-labels.bin, indices.bin (int32: the images of each step) and seen.bin (float32, NHWC: what the trainer made of them).

Nothing is taken from the trainer but these: normalisation, crops and flips, the network, eq. 2 and eq. 6, schedule and
optimiser are written again here, with autograd's gradients. Prints one line of JSON: the loss of each step, how often
each crop and each flip was seen, test accuracy and the moving averages of the batch norms after the last step; writes
what was learnt by then to learnt.bin, in the order of parameters.bin. All in float64: PyTorch's own float32 kernels may
be far from it (Debian's 1.13 by a hundredth of a gradient).
"""
import json
import math
import sys

import numpy
import torch
from torch.nn import functional

SIDE = 32
MEAN = numpy.array([0.4914, 0.4822, 0.4465])
STD = numpy.array([0.247, 0.2435, 0.2616])


def normalised(images: numpy.ndarray) -> numpy.ndarray:
    return ((images / 255 - MEAN) / STD).astype(numpy.float32)


def crop_seen(image: numpy.ndarray, seen: numpy.ndarray, pad: int):
    """Row, column and flip of the one crop of the padded image that equals what the trainer saw."""
    for flip in (False, True):
        padded = numpy.pad(image[:, ::-1] if flip else image, ((pad, pad), (pad, pad), (0, 0)))
        windows = numpy.lib.stride_tricks.sliding_window_view(padded, (SIDE, SIDE, 3))[:, :, 0]
        # The middle row tells nearly all of them apart; the whole image decides.
        likely = numpy.argwhere((windows[:, :, SIDE // 2] == seen[SIDE // 2]).all((2, 3)))
        for row, column in likely:
            if (windows[row, column] == seen).all():
                return int(row), int(column), flip
    sys.exit("an image that training saw is no crop of the padded image, mirrored or not")


class Sign(torch.autograd.Function):
    """sign(x), +1 at 0, with the slope S·(1 − tanh²(S·x)): products of it have the gradient of eq. 6."""

    @staticmethod
    def forward(ctx, x, slope):
        ctx.save_for_backward(x)
        ctx.slope = slope
        return torch.where(x >= 0, torch.ones_like(x), -torch.ones_like(x))

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * ctx.slope * (1 - torch.tanh(ctx.slope * x) ** 2), None


class Judge:
    def __init__(self, run: dict, values: numpy.ndarray):
        self.run = run
        self.parameters, at = {}, 0
        for name, length in run["parameters"]:
            part = torch.tensor(values[at : at + length], dtype=torch.float64)
            self.parameters[name] = part.requires_grad_()
            at += length
        self.velocities = {name: torch.zeros_like(value) for name, value in self.parameters.items()}
        self.averages = {
            name[: -len(".gamma")]: [torch.zeros_like(value), torch.ones_like(value)]
            for name, value in self.parameters.items()
            if name.endswith(".gamma")
        }
        self.training = True
        self.slope = 0.0

    def filter(self, layer: str, channels: int, out_channels: int) -> torch.Tensor:
        """Weights [C_out, C_in, 3, 3] of a layer, which lie as [3, 3, C_in, C_out]."""
        shape = (3, 3, channels, out_channels)
        if f"{layer}.w" in self.parameters:
            weights = self.parameters[f"{layer}.w"].reshape(shape)
        else:
            codes = self.codes(self.parameters[f"{layer}.x0"])[: math.prod(shape)]
            weights = codes.reshape(shape) * self.parameters[f"{layer}.alpha0"]
        return weights.permute(3, 2, 0, 1)

    def codes(self, x: torch.Tensor) -> torch.Tensor:
        """Eq. 2: slices of N_in signs to N_out codes, row after row of M⊕."""
        signs = Sign.apply(x.reshape(-1, self.run["nIn"]), self.slope)
        rows = []
        for taps in self.run["taps"]:
            product = signs[:, taps[0]]
            for tap in taps[1:]:
                product = product * signs[:, tap]
            rows.append((-1) ** (len(taps) - 1) * product)
        return torch.stack(rows, dim=1).reshape(-1)

    def convolution(self, layer: str, x: torch.Tensor, out_channels: int, stride: int) -> torch.Tensor:
        """3×3, then batch norm."""
        y = functional.conv2d(x, self.filter(layer, x.shape[1], out_channels), stride=stride, padding=1)
        gamma, beta = self.parameters[f"{layer}.gamma"], self.parameters[f"{layer}.beta"]
        mean, variance = self.averages[layer]
        return functional.batch_norm(y, mean, variance, gamma, beta, self.training, momentum=0.1, eps=1e-5)

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.relu(self.convolution("conv1", x, 16, 1))
        for stage, channels in enumerate((16, 32, 64)):
            for block in range(self.run["blocks"]):
                name = f"stage{stage + 1}_block{block + 1}"
                stride = channels // x.shape[1]
                y = functional.relu(self.convolution(f"{name}_conv1", x, channels, stride))
                y = self.convolution(f"{name}_conv2", y, channels, 1)
                if stride > 1:
                    half = (channels - x.shape[1]) // 2
                    x = functional.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, half, half))
                x = functional.relu(x + y)
        weights = self.parameters["fc.w"].reshape(64, -1)
        return x.mean((2, 3)) @ weights + self.parameters["fc.bias"]

    def step(self, number: int, images: numpy.ndarray, labels: torch.Tensor) -> float:
        run = self.run
        warmup, total = run["warmupSteps"], run["steps"]
        if number < warmup:
            rate = run["rate"] * (number + 1) / warmup
            self.slope = run["sTanhStart"] + (run["sTanh"] - run["sTanhStart"]) * (number + 1) / warmup
        else:
            rate = run["rate"] * (1 + math.cos(math.pi * (number - warmup) / (total - warmup))) / 2
            self.slope = run["sTanh"]
        loss = functional.cross_entropy(
            self.logits(self.tensor(images)), labels, label_smoothing=run["labelSmoothing"]
        )
        for value in self.parameters.values():
            value.grad = None
        loss.backward()
        with torch.no_grad():
            for name, value in self.parameters.items():
                decays = name.rsplit(".", 1)[1] in ("w", "x0")
                gradient = value.grad + (run["weightDecay"] if decays else 0) * value
                velocity = self.velocities[name]
                velocity.mul_(run["momentum"]).add_(gradient)
                value.sub_(rate * velocity)
        return loss.item()

    def tensor(self, images: numpy.ndarray) -> torch.Tensor:
        return torch.tensor(images, dtype=torch.float64).permute(0, 3, 1, 2)

    def accuracy(self, images: numpy.ndarray, labels: numpy.ndarray) -> float:
        self.training = False
        right = 0
        with torch.no_grad():
            for start in range(0, len(labels), 100):
                classes = self.logits(self.tensor(images[start : start + 100])).argmax(1).numpy()
                right += int((classes == labels[start : start + 100]).sum())
        return right / len(labels)


def main() -> None:
    folder = sys.argv[1]
    torch.set_num_threads(1)
    read = lambda name, kind: numpy.fromfile(f"{folder}/{name}.bin", kind)
    pictures = lambda name: normalised(read(name, numpy.uint8).reshape(-1, SIDE, SIDE, 3))
    with open(f"{folder}/run.json") as file:
        run = json.load(file)
    images, labels = pictures("images"), read("labels", numpy.uint8).astype(numpy.int64)
    indices = read("indices", numpy.int32).reshape(run["steps"], run["batch"])
    seen = read("seen", numpy.float32).reshape(run["steps"], run["batch"], SIDE, SIDE, 3)
    judge = Judge(run, read("parameters", numpy.float32))
    pad = run["shift"]
    losses, crops, flips = [], numpy.zeros((2 * pad + 1, 2 * pad + 1), int), 0
    for step, order in enumerate(indices):
        batch = numpy.empty((len(order), SIDE, SIDE, 3), numpy.float32)
        for b, index in enumerate(order):
            row, column, flip = crop_seen(images[index], seen[step, b], pad)
            image = images[index][:, ::-1] if flip else images[index]
            batch[b] = numpy.pad(image, ((pad, pad), (pad, pad), (0, 0)))[row : row + SIDE, column : column + SIDE]
            crops[row, column] += 1
            flips += flip
        losses.append(judge.step(step, batch, torch.tensor(labels[order])))
    accuracy = judge.accuracy(pictures("test-images"), read("test-labels", numpy.uint8))
    torch.cat([value.detach() for value in judge.parameters.values()]).float().numpy().tofile(f"{folder}/learnt.bin")
    averages = {name: [each.tolist() for each in pair] for name, pair in judge.averages.items()}
    result = {"losses": losses, "crops": crops.tolist(), "flips": flips, "accuracy": accuracy, "averages": averages}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
