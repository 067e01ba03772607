"""Turns the steps of a traced module, one by one, into nodes of the file.

The file's weighted nodes take bias, batch norm, ReLU and quantiser into themselves, in this order; where these stand
elsewhere they become an `activation` node. A step that cannot be taken is written down, and all of them are raised together.
"""
import math
import operator
import re
from typing import Callable, Dict, List, Optional, Sequence, Tuple, Union

import torch
from torch import fx, nn
from torch.nn import functional

from .fileformat import Tensors
from .layers import FleXORConv1d, FleXORConv2d, FleXORLinear
from .quantisers import BipolarQuantiser, LearnedStepQuantiser


class ExportError(ValueError):
    """What the module has and the file cannot say."""


class _Follows(ExportError):
    """A step could not be taken because one before it could not, which has been said."""


class Value:
    """A node of the file while it is gathered, or the network's input (kind `input`)."""

    def __init__(self, kind: str, name: str, inputs: Sequence["Value"], fx_node: fx.Node):
        self.kind, self.name, self.inputs, self.fx_node = kind, name, list(inputs), fx_node
        self.fields: dict = {}
        #: Writes what needs tensors: called with the file's tensors, gives more fields.
        self.weights: Optional[Callable[[Tensors], dict]] = None
        self.batch_norm: Optional[nn.Module] = None
        self.relu = False
        self.clamp: Tuple[Optional[float], Optional[float]] = (None, None)
        self.quantiser: Optional[dict] = None
        self.range: List[float] = []

    def takes_batch_norm(self) -> bool:
        return self.kind in ("conv", "dense") and self.batch_norm is None and not self.relu and self.quantiser is None

    def takes_relu(self) -> bool:
        return self.kind in ("conv", "dense", "add") and not self.relu and self.quantiser is None

    def takes_quantiser(self) -> bool:
        return self.kind in ("conv", "dense", "add", "activation", "input") and self.quantiser is None

    def document_input(self) -> dict:
        return {} if self.quantiser is None else {"quantiser": self.quantiser}

    def document(self, tensors: Tensors) -> dict:
        document = {"kind": self.kind, "name": self.name, "inputs": [each.name for each in self.inputs], **self.fields}
        if self.weights is not None:
            document.update(self.weights(tensors))
        if self.kind in ("conv", "dense", "activation"):
            document["batchNorm"] = _batch_norm(self.name, self.batch_norm, tensors)
        if self.kind == "activation":
            document["clamp"] = list(self.clamp)
        if self.kind in ("conv", "dense", "add"):
            document["relu"] = self.relu
        if self.quantiser is not None:
            document["quantiser"] = self.quantiser
        if self.range:
            document["range"] = self.range
        return document


def _batch_norm(name: str, module: Optional[nn.Module], tensors: Tensors) -> Optional[dict]:
    if module is None:
        return None
    mean, variance = module.running_mean, module.running_var
    gamma = torch.ones_like(mean) if module.weight is None else module.weight
    beta = torch.zeros_like(mean) if module.bias is None else module.bias
    parts = {"gamma": gamma, "beta": beta, "mean": mean, "variance": variance}
    stored = {key: tensors.floats(f"{name}.batchNorm.{key}", value) for key, value in parts.items()}
    return {**stored, "epsilon": float(module.eps)}


class Steps:
    """`take` every node of the graph in order, then `raise_problems`, `file_nodes`, `output`."""

    def __init__(self, traced: fx.GraphModule, values: Dict[fx.Node, torch.Tensor]):
        self.modules = dict(traced.named_modules())
        self.values = values
        self.made: Dict[fx.Node, Value] = {}
        self.order: List[Value] = []
        self.problems: List[str] = []
        self.input: Value
        self.output: Value

    def take(self, node: fx.Node) -> None:
        if node.op not in ("output", "placeholder") and not isinstance(self.values[node], torch.Tensor):
            return  # sizes and shapes, as in x.view(x.size(0), -1): what they lead to is recorded
        try:
            if node.op == "output":
                self._output(node)
            elif node.op == "placeholder":
                if hasattr(self, "input"):
                    raise ExportError("a module of several inputs cannot be taken; give it one")
                self.input = self.made[node] = Value("input", "input", [], node)
            elif node.op == "get_attr":
                raise ExportError("a parameter or buffer that is used by itself has no node; use a layer")
            else:
                self._step(node)
        except _Follows:
            pass
        except ExportError as error:
            self.problems.append(f"{node.target} ({self._what(node)}): {error}")

    def raise_problems(self) -> None:
        if self.problems:
            raise ExportError("\n".join(["these steps cannot be exported:", *self.problems]))

    def file_nodes(self) -> List[Value]:
        for value in self.order:
            if value.kind in ("conv", "dense", "add", "activation"):
                values = self.values[value.fx_node]
                value.range = [float(values.min()), float(values.max())]
        return self.order

    def _what(self, node: fx.Node) -> str:
        return type(self.modules[node.target]).__name__ if node.op == "call_module" else str(getattr(node.target, "__name__", node.target))

    def _any_source(self, argument) -> Value:
        if not isinstance(argument, fx.Node):
            raise ExportError(f"takes {argument!r}, which is no tensor of the network")
        if argument not in self.made:
            raise _Follows(argument.name)
        return self.made[argument]

    def _source(self, argument) -> Value:
        """What gives a step's argument. An image that was flattened has another order here than in the file."""
        source = self._any_source(argument)
        if source.kind != "flatten":
            return source
        if _pixels(self.values[source.inputs[0].fx_node]) > 1:
            raise ExportError("reads a flattened image, which only linear layers can; put it in front of the flattening")
        return source.inputs[0]

    def _alone(self, source: Value) -> bool:
        """Whether one step alone reads this value, so that both can be one node of the file."""
        return all(len(node.users) == 1 for node, value in self.made.items() if value is source)

    def _add(self, kind: str, node: fx.Node, inputs: Sequence[Value], fields: Optional[dict] = None) -> Value:
        value = Value(kind, self._name(kind, node), inputs, node)
        value.fields = fields or {}
        self.made[node] = value
        self.order.append(value)
        return value

    def _name(self, kind: str, node: fx.Node) -> str:
        """The module's name where it is one for Verilog, else the kind and a number; unique."""
        text = str(node.target).replace(".", "_") if node.op == "call_module" else node.name
        text = re.sub(r"\W", "_", text, flags=re.ASCII)[:56]
        text = text if text[:1].isalpha() and text != "input" else f"{kind}{text.lstrip('_')}"
        taken = {value.name for value in self.order}
        return next(name for name in (text, *(f"{text}_{i}" for i in range(2, 5000))) if name not in taken)

    def _into(self, node: fx.Node, value: Value) -> None:
        """The step has gone into the node before it, whose output is now that of the step."""
        value.fx_node = node
        self.made[node] = value

    def _output(self, node: fx.Node) -> None:
        result = node.args[0]
        if not isinstance(result, fx.Node):
            raise ExportError("the module must give one tensor, the logits")
        value = self._source(result)
        if value.kind not in ("conv", "dense"):
            raise ExportError(f"the logits must come from a convolution or a linear layer, got {value.kind}")
        self.output = value

    def _step(self, node: fx.Node) -> None:
        module = self.modules[node.target] if node.op == "call_module" else None
        if module is not None:
            for kinds, take in MODULES:
                if isinstance(module, kinds):
                    return take(self, node, module)
        else:
            for targets, take in FUNCTIONS:
                if node.target in targets:
                    return take(self, node)
        raise ExportError("has no node in a .flexor file; python/README.md lists what has")

    def probabilities(self, node: fx.Node, *_: object) -> None:
        raise ExportError("the hardware gives logits, whose order it does not change: leave it out of the exported module")

    # Weighted layers.

    def convolution(self, node: fx.Node, module: Union[nn.Conv1d, nn.Conv2d, FleXORConv1d, FleXORConv2d]) -> None:
        if isinstance(module, (nn.Conv1d, nn.Conv2d)) and (module.padding_mode != "zeros" or isinstance(module.padding, str)):
            raise ExportError("padding must be a number of pixels of zeros")
        vertical, horizontal = _axes(module.padding, 0)
        value = self._add("conv", node, [self._source(node.args[0])], {
            "outChannels": module.out_channels,
            "kernel": _axes(module.kernel_size, 1),
            "stride": _axes(module.stride, 1),
            "padding": [vertical, horizontal, vertical, horizontal],
            "dilation": _axes(module.dilation, 1),
            "groups": module.groups,
        })
        value.weights = _weights(module, value.name)

    def linear(self, node: fx.Node, module: Union[nn.Linear, FleXORLinear]) -> None:
        source = self._any_source(node.args[0])
        if source.kind == "flatten":
            # A dense node takes an image as it is.
            source = source.inputs[0]
            channels, *pixels = self.values[source.fx_node].shape[1:]
            image = (channels, *_axes(pixels, 1))
            if isinstance(module, FleXORLinear) and module.image != image:
                raise ExportError(
                    f"reads a flattened image {image}: make it FleXORLinear(…, image={image}) and train it so, "
                    "or its slices lie in another order than the hardware's"
                )
        if self.values[node.args[0]].dim() != 2:
            raise ExportError("must read [N, features]; flatten what is before it")
        value = self._add("dense", node, [source], {"outChannels": module.out_features})
        value.weights = _weights(module, value.name)

    # What goes into the node before it, or becomes an activation.

    def batch_norm(self, node: fx.Node, module: nn.Module) -> None:
        if module.running_mean is None:
            raise ExportError("has no running statistics; track_running_stats=True")
        source = self._source(node.args[0])
        if source.takes_batch_norm() and self._alone(source):
            source.batch_norm = module
            return self._into(node, source)
        self._add("activation", node, [source]).batch_norm = module

    def relu(self, node: fx.Node, module: Optional[nn.Module] = None) -> None:
        source = self._source(node.args[0])
        if source.takes_relu() and self._alone(source):
            source.relu = True
            return self._into(node, source)
        self._clamp(node, source, 0.0, None)

    def relu6(self, node: fx.Node, module: Optional[nn.Module] = None) -> None:
        self._clamp(node, self._source(node.args[0]), 0.0, 6.0)

    def hardtanh(self, node: fx.Node, module: nn.Hardtanh) -> None:
        self._clamp(node, self._source(node.args[0]), float(module.min_val), float(module.max_val))

    def _clamp(self, node: fx.Node, source: Value, low: float, high: Optional[float]) -> None:
        alone = source.kind == "activation" and source.clamp == (None, None) and source.quantiser is None and self._alone(source)
        value = source if alone else self._add("activation", node, [source])
        value.clamp = (low, high)
        self._into(node, value)

    def quantise(self, node: fx.Node, module: Union[LearnedStepQuantiser, BipolarQuantiser]) -> None:
        source = self._source(node.args[0])
        own = source.takes_quantiser() and self._alone(source)
        value = source if own else self._add("activation", node, [source])
        value.quantiser = module.quantiser()
        self._into(node, value)

    # Pools and what only moves values.

    def max_pool(self, node: fx.Node, module: Optional[nn.Module] = None) -> None:
        pool = module or _arguments(node, ("kernel_size", "stride", "padding", "dilation", "ceil_mode"))
        if any(each != 1 for each in _list(pool.dilation or 1)) or pool.ceil_mode:
            raise ExportError("must have dilation 1 and ceil_mode=False")
        self._pool("maxPool", node, pool)

    def average_pool(self, node: fx.Node, module: Optional[nn.Module] = None) -> None:
        names = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
        pool = module or _arguments(node, names)
        if pool.ceil_mode or getattr(pool, "divisor_override", None) or pool.count_include_pad is False:
            raise ExportError("must count padding, with ceil_mode=False and no divisor_override")
        self._pool("avgPool", node, pool)

    def _pool(self, kind: str, node: fx.Node, pool) -> None:
        axes = self.values[node.args[0]].dim() - 2
        if axes not in (1, 2):
            raise ExportError("must read [N, C, H, W] or [N, C, L]")

        def numbers(value, missing: int) -> List[int]:
            return _axes([value] * axes if isinstance(value, int) else [int(each) for each in value], missing)

        vertical, horizontal = numbers(pool.padding or 0, 0)
        self._add(kind, node, [self._source(node.args[0])], {
            "kernel": numbers(pool.kernel_size, 1),
            "stride": numbers(pool.stride or pool.kernel_size, 1),
            "padding": [vertical, horizontal, vertical, horizontal],
        })

    def global_average(self, node: fx.Node, module: Optional[nn.Module] = None) -> None:
        size = module.output_size if module is not None else node.args[1]
        if any(each != 1 for each in _list(size)):
            raise ExportError("must average whole images (output size 1)")
        self._whole(node)

    def mean(self, node: fx.Node) -> None:
        axes = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim")
        rank = self.values[node.args[0]].dim()
        if rank not in (3, 4) or sorted(axis % rank for axis in _list(axes)) != list(range(2, rank)):
            raise ExportError("must be the mean over height and width, dim=(2, 3), or over a signal, dim=2")
        self._whole(node)

    def _whole(self, node: fx.Node) -> None:
        size = _axes(self.values[node.args[0]].shape[2:], 1)
        self._add("avgPool", node, [self._source(node.args[0])], {"kernel": size, "stride": size, "padding": [0] * 4})

    def flatten(self, node: fx.Node, module: Optional[nn.Module] = None) -> None:
        before, after = self.values[node.args[0]], self.values[node]
        source = self._any_source(node.args[0])
        if after.dim() != 2 or len(after) != len(before):
            raise ExportError("may only flatten every image into one row")
        self.made[node] = source if before.dim() == 2 else Value("flatten", node.name, [source], node)

    def same(self, node: fx.Node, module: Optional[nn.Module] = None) -> None:
        self.made[node] = self._any_source(node.args[0])

    # Several inputs.

    def add(self, node: fx.Node) -> None:
        if node.kwargs.get("alpha", 1) != 1:
            raise ExportError("must add tensors as they are (alpha=1)")
        inputs = [self._source(argument) for argument in node.args[:2]]
        first, second = (self.values[argument].shape for argument in node.args[:2])
        if first != second:
            raise ExportError(f"must add tensors of one shape, got {list(first)} and {list(second)}")
        self._add("add", node, inputs)

    def concatenate(self, node: fx.Node) -> None:
        axis = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
        if axis not in (1, 1 - self.values[node].dim()):
            raise ExportError("must put channels side by side (dim=1)")
        self._add("concat", node, [self._source(each) for each in node.args[0]])


class _Arguments:
    """Arguments of a call by name; what is not given is None."""

    def __init__(self, given: dict):
        self.given = given

    def __getattr__(self, name: str):
        return self.given.get(name)


def _arguments(node: fx.Node, names: Sequence[str]) -> _Arguments:
    return _Arguments({**dict(zip(names, node.args[1:])), **node.kwargs})


def _pixels(values: torch.Tensor) -> int:
    return math.prod(values.shape[2:])


def _list(value) -> List[int]:
    return [value] if isinstance(value, int) else list(value or [])


def _axes(numbers: Sequence[int], missing: int) -> List[int]:
    """Numbers of height and width; of a signal, which has height 1, `missing` stands for the height."""
    return [missing] * (2 - len(numbers)) + [int(each) for each in numbers]


def _weights(module: nn.Module, name: str) -> Callable[[Tensors], dict]:
    def write(tensors: Tensors) -> dict:
        bias = None if module.bias is None else tensors.floats(f"{name}.bias", module.bias)
        if not isinstance(module, (FleXORConv1d, FleXORConv2d, FleXORLinear)):
            values = tensors.floats(f"{name}.weights", module.weight.reshape(-1))
            return {"bias": bias, "weights": {"encoding": "float", "order": "oihw", "values": values}}
        flexor = module.flexor
        n_out, n_in = flexor.matrix.shape
        ones = set(flexor.matrix.sum(1).tolist())
        planes = [
            {
                "matrix": tensors.matrix(flexor.matrix),
                "encrypted": tensors.bits(f"{name}.encrypted.{i}", flexor.bits(i)),
                "alpha": tensors.floats(f"{name}.alpha.{i}", alpha),
            }
            for i, alpha in enumerate(flexor.alpha)
        ]
        shape = {"nIn": n_in, "nOut": n_out, "nTap": ones.pop() if len(ones) == 1 else None}
        return {"bias": bias, "weights": {"encoding": "xor", "order": "hwio", "q": len(planes), **shape, "planes": planes}}

    return write


MODULES = [
    ((nn.Conv1d, nn.Conv2d, FleXORConv1d, FleXORConv2d), Steps.convolution),
    ((nn.Linear, FleXORLinear), Steps.linear),
    ((nn.BatchNorm1d, nn.BatchNorm2d), Steps.batch_norm),
    ((nn.ReLU6,), Steps.relu6),
    ((nn.ReLU,), Steps.relu),
    ((nn.Hardtanh,), Steps.hardtanh),
    ((LearnedStepQuantiser, BipolarQuantiser), Steps.quantise),
    ((nn.MaxPool1d, nn.MaxPool2d), Steps.max_pool),
    ((nn.AvgPool1d, nn.AvgPool2d), Steps.average_pool),
    ((nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d), Steps.global_average),
    ((nn.Flatten,), Steps.flatten),
    ((nn.Dropout, nn.Dropout2d, nn.Identity), Steps.same),
    ((nn.Softmax, nn.LogSoftmax), Steps.probabilities),
]
FUNCTIONS = [
    ((operator.add, operator.iadd, torch.add, "add", "add_"), Steps.add),
    ((torch.cat,), Steps.concatenate),
    ((torch.relu, torch.relu_, functional.relu, "relu", "relu_"), Steps.relu),
    ((functional.relu6,), Steps.relu6),
    ((torch.flatten, "flatten", "view", "reshape", torch.reshape), Steps.flatten),
    ((functional.max_pool1d, torch.max_pool1d, functional.max_pool2d, torch.max_pool2d), Steps.max_pool),
    ((functional.avg_pool1d, functional.avg_pool2d), Steps.average_pool),
    ((functional.adaptive_avg_pool1d, functional.adaptive_avg_pool2d), Steps.global_average),
    ((torch.mean, "mean"), Steps.mean),
    ((functional.dropout, "contiguous"), Steps.same),
    ((functional.softmax, functional.log_softmax, torch.softmax, torch.log_softmax, "softmax", "log_softmax"),
     Steps.probabilities),
]
