"""From a PyTorch module to a `.flexor` file: torch.fx traces the module, example images give shapes, ranges of the
activations and reference logits, and every step that the format does not have is named, all at once."""
import math
import re
from typing import Dict, List, Optional, Sequence

import torch
from torch import fx, nn

from . import fileformat
from .layers import FleXORConv1d, FleXORConv2d, FleXORLinear
from .quantisers import BipolarQuantiser, LearnedStepQuantiser
from .steps import ExportError, Steps, Value

#: Example images whose logits the file keeps, so that `flexor` checks that it computes the same.
REFERENCE_IMAGES = 8


def export(module: nn.Module, example_input: torch.Tensor, path: str, *, name: str = "pytorch", mean: Sequence[float] = (0.0,),
           std: Sequence[float] = (1.0,), classes: Optional[Sequence[str]] = None, dataset: str = "own",
           test_accuracy: Optional[float] = None, test_images: Optional[int] = None, seed: Optional[int] = None,
           recipe: str = "flexor.export (PyTorch)", notes: str = "") -> None:
    """Writes a trained module to a `.flexor` file.

    module: built of FleXOR layers, nn.Conv2d, nn.Conv1d, nn.Linear, batch norms, ReLU, Hardtanh, pools, flattening, additions,
    concatenations and the quantisers of this package, sequential or residual. It is evaluated as in `eval()`.
    example_input: float [N, C, H, W], [N, C, L] or [N, C], preprocessed as in training: a few hundred images of the training set.
    Their smallest and largest activations become the ranges of the file, by which activations without a quantiser of
    their own are scaled; the first 8 and their logits are stored for checking.
    mean, std: a number a channel, or one for all: pixels p of 0 to 255 become (p/255 − mean)/std.
    classes: a name a logit. dataset, test_accuracy (0 to 1), test_images, seed, recipe, notes: where the model is from.
    Raises ExportError with a line for each step that cannot be taken, and what to do instead.
    """
    if example_input.dim() not in (2, 3, 4) or len(example_input) == 0 or not example_input.is_floating_point():
        raise ExportError(f"example_input must be floats [N, C, H, W], [N, C, L] or [N, C], got {list(example_input.shape)}")
    was_training = module.training
    module.eval()
    try:
        with torch.no_grad():
            traced = fx.GraphModule(module, _Tracer().trace(module))
            values = _Recorder(traced).record(example_input)
        steps = Steps(traced, values)
        for node in traced.graph.nodes:
            steps.take(node)
        steps.raise_problems()
        logits = values[steps.output.fx_node]
        tensors = fileformat.Tensors()
        nodes = [value.document(tensors) for value in steps.file_nodes()]
    finally:
        module.train(was_training)
    channels = example_input.shape[1]
    count = logits.shape[1]
    names = [str(i) for i in range(count)] if classes is None else [str(each) for each in classes]
    if len(names) != count:
        raise ExportError(f"classes must name the {count} logits, got {len(names)} names")
    image = steps.input.document_input()
    reference = example_input[:REFERENCE_IMAGES]
    document = {
        "formatVersion": 2,
        "name": re.sub(r"[^A-Za-z0-9_.-]", "_", name)[:64],
        "input": {
            "shape": _shape(example_input),
            "mean": _per_channel("mean", mean, channels),
            "std": _per_channel("std", std, channels),
            **image,
            "range": _range(example_input),
        },
        "nodes": nodes,
        "output": steps.output.name,
        "classes": names,
        "provenance": {"recipe": recipe, "seed": seed, "dataset": dataset, "testAccuracy": test_accuracy,
                       "testImages": test_images, "notes": notes},
        "reference": {
            "inputs": tensors.floats("reference.inputs", _channels_last(reference)),
            "logits": tensors.floats("reference.logits", logits[:REFERENCE_IMAGES].reshape(len(reference), count)),
        },
    }
    fileformat.write(path, document, tensors)


class _Tracer(fx.Tracer):
    """Takes our layers whole, as it does those of torch.nn."""

    def is_leaf_module(self, module: nn.Module, name: str) -> bool:
        ours = (FleXORConv1d, FleXORConv2d, FleXORLinear, LearnedStepQuantiser, BipolarQuantiser)
        return isinstance(module, ours) or super().is_leaf_module(module, name)


class _Recorder(fx.Interpreter):
    """Evaluates the module and keeps every value."""

    def record(self, example: torch.Tensor) -> Dict[fx.Node, torch.Tensor]:
        self.values: Dict[fx.Node, torch.Tensor] = {}
        self.run(example)
        return self.values

    def run_node(self, node: fx.Node):
        value = super().run_node(node)
        self.values[node] = value
        return value


def _channels_last(images: torch.Tensor) -> torch.Tensor:
    """[N, H, W, C] of [N, C, H, W]; [N, 1, L, C] of [N, C, L]; [N, 1, 1, C] of [N, C]."""
    images = images.reshape(*images.shape[:2], *[1] * (4 - images.dim()), *images.shape[2:])
    return images.permute(0, 2, 3, 1)


def _shape(example: torch.Tensor) -> List[int]:
    return list(_channels_last(example).shape[1:])


def _range(values: torch.Tensor) -> List[float]:
    return [float(values.min()), float(values.max())]


def _per_channel(name: str, values: Sequence[float], channels: int) -> List[float]:
    listed = [float(value) for value in values]
    if len(listed) == 1:
        listed *= channels
    if len(listed) != channels or not all(map(math.isfinite, listed)):
        raise ExportError(f"{name} must be one number, or one for each of {channels} channels, got {listed}")
    return listed
