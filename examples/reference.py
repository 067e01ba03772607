#!/usr/bin/env python3
"""The integer network as an executable specification: lowers a .flexor file by the rules of docs/numbers.md and evaluates it.

Usage: reference.py MODEL DUMP [MODEL DUMP …], where DUMP was written by `flexor simulate MODEL --images N --dump DUMP`.
Takes bits and input integers from the dump, computes every layer with Python's standard library alone, and prints for each
tensor how many integers differ. Exit code 1 where any does. `reference.py MODEL DUMP --print` also prints the logits.

Sections of docs/numbers.md and docs/format.md are named where their rules are applied. Numbers are doubles (IEEE 754) or
integers; fractions are exact. Tensors are flat lists in the order NHWC. Slow: about a million products a second.
"""
import json, math, os, struct, sys
from fractions import Fraction

EXACT = 2.0 ** 52  # |z| stays below this (numbers.md, From real numbers to m, β and sh)


def half_up(x):
    """The nearest integer, halves upwards: floor(x + 1/2) without the error of that sum."""
    whole = math.floor(x)
    return whole + (1 if x - whole >= 0.5 else 0)


# --- The file (format.md, Container, Weights) ---------------------------------------------------------------------------

def read_model(path):
    """The document, its tensors as lists, and 0/1 per bit for packed ones."""
    data = open(path, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header, payload = json.loads(data[8 : 8 + length]), data[8 + length :]
    document = json.loads(header.pop("__metadata__")["flexor"])
    tensors = {}
    for name, entry in header.items():
        raw = payload[slice(*entry["data_offsets"])]
        tensors[name] = list(struct.unpack(f"<{len(raw) // 4}f", raw)) if entry["dtype"] == "F32" else raw
    return document, tensors


def bits_of(raw, count):
    """Bit 8i + j is bit j of byte i."""
    return [raw[i >> 3] >> (i & 7) & 1 for i in range(count)]


def decrypted(plane, weights, n_in, n_out, tensors):
    """Bit r of slice s is the XOR of the slice's encrypted bits i with M⊕[r, i] = 1, and is weight bit s·N_out + r."""
    matrix = tensors[plane["matrix"]]
    taps = [[i for i in range(n_in) if matrix[r * n_in + i]] for r in range(n_out)]
    stored = bits_of(tensors[plane["encrypted"]], -(-weights // n_out) * n_in)
    codes = []
    for s in range(-(-weights // n_out)):
        codes += [sum(stored[s * n_in + i] for i in row) & 1 for row in taps]
    return codes[:weights]


def hwio(values, node, shape):
    """`oihw` weights (format.md, Weights) in the order v·C_out + c."""
    if node["weights"]["order"] == "hwio":
        return values
    height, width, inputs = shape if node["kind"] == "dense" else (*node["kernel"], shape[2] // node.get("groups", 1))
    return [values[((c * inputs + i) * height + y) * width + x]
            for y in range(height) for x in range(width) for i in range(inputs) for c in range(node["outChannels"])]


# --- Weights as integers (numbers.md, Additions and full-precision layers; Quantised tensors and integer weights) ---------

def uniform_channel(weights, clipping, top):
    """Odd integers k and the scale s of least squares: w ≈ s·k."""
    step = max((abs(w) for w in weights), default=0.0) * clipping / top
    if step == 0:
        return [1] * len(weights), 0.0, sum(w ** 2 for w in weights)
    ks = [max(-top, min(top, 2 * math.floor(w / step / 2) + 1)) for w in weights]
    products = squares = error = 0.0
    for w, k in zip(weights, ks):
        products, squares = products + w * k, squares + k * k
    scale = products / squares
    for w, k in zip(weights, ks):
        error += (w - scale * k) * (w - scale * k)
    return ks, scale, error


def float_codes(values, channels, planes):
    """Uniform codes of the best of eight clippings a channel, or greedy codes where their squared error is smaller."""
    top, error = 2 ** planes - 1, 0.0
    joined, scales = [0] * len(values), []
    for c in range(channels):
        tried = [uniform_channel(values[c::channels], f, top) for f in (1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)]
        ks, scale, least = min(tried, key=lambda each: each[2])  # the first of equal ones
        joined[c::channels] = ks
        scales.append(scale)
        error += least
    rest, codes, alphas = list(values), [], []
    for _ in range(planes):
        signs, alpha = [-1 if r < 0 else 1 for r in rest], [0.0] * channels
        for f, r in enumerate(rest):
            alpha[f % channels] += abs(r)
        alpha = [a / (len(values) // channels) for a in alpha]
        rest = [r - alpha[f % channels] if s == 1 else r + alpha[f % channels] for f, (r, s) in enumerate(zip(rest, signs))]
        codes.append(signs)
        alphas.append(alpha)
    greedy = 0.0
    for r in rest:
        greedy += r * r
    return (codes, alphas, None) if greedy < error else ([joined], [scales], top)


def integer_weights(node, shape, float_bits, tensors):
    """Matrices of integers in the order v·C_out + c, a scale a channel for each, and (one joined matrix) Σ 2^i over its planes."""
    weights, channels = node["weights"], node["outChannels"]
    count = window_size(node, shape) * channels
    if weights["encoding"] == "xor":
        codes = [decrypted(p, count, weights["nIn"], weights["nOut"], tensors) for p in weights["planes"]]
        return [[2 * b - 1 for b in bits] for bits in codes], [tensors[p["alpha"]] for p in weights["planes"]], None
    if weights["encoding"] == "ones":
        return [[1] * channels], [[1.0] * channels], None
    if weights["encoding"] == "int":
        planes = [bits_of(tensors[name], count) for name in weights["planes"]]
        low = [sum(plane[f] << i for i, plane in enumerate(planes[:-1])) - (planes[-1][f] << len(planes) - 1) for f in range(count)]
        return [hwio(low, node, shape)], [tensors[weights["scale"]]], 2 ** len(planes) - 1
    return float_codes(hwio(tensors[weights["values"]], node, shape), channels, float_bits)


# --- Shapes and windows (format.md, Nodes) --------------------------------------------------------------------------------

def window_size(node, shape):
    if node["kind"] == "dense":
        return shape[0] * shape[1] * shape[2]
    return node["kernel"][0] * node["kernel"][1] * shape[2] // node.get("groups", 1)


def output_shape(node, shape):
    if node["kind"] == "dense":
        return 1, 1, node["outChannels"]
    dilation, (top, left, bottom, right) = node.get("dilation", [1, 1]), node["padding"]
    sizes = [(size + pad - (k - 1) * d - 1) // stride + 1 for size, pad, k, d, stride
             in zip(shape, (top + bottom, left + right), node["kernel"], dilation, node["stride"])]
    return *sizes, node.get("outChannels", shape[2])


def taps(node, shape, y, x):
    """Where each window element of pixel (y, x) lies, channel 0, and its number; None in the padding."""
    dilation = node.get("dilation", [1, 1])
    for ky in range(node["kernel"][0]):
        for kx in range(node["kernel"][1]):
            row = y * node["stride"][0] + ky * dilation[0] - node["padding"][0]
            column = x * node["stride"][1] + kx * dilation[1] - node["padding"][1]
            inside = 0 <= row < shape[0] and 0 <= column < shape[1]
            yield ky * node["kernel"][1] + kx, (row * shape[1] + column) * shape[2] if inside else None


def sums(node, shape, values, matrix):
    """acc = Σ_v w_v·a_v of every output element (numbers.md, Rules)."""
    channels = node["outChannels"]
    if node["kind"] == "dense":
        return [sum(w * a for w, a in zip(matrix[c::channels], values)) for c in range(channels)]
    groups, (height, width, _) = node.get("groups", 1), output_shape(node, shape)
    inputs, outputs, result = shape[2] // groups, channels // groups, []
    for y in range(height):
        for x in range(width):
            pixel = [0] * channels
            for tap, at in taps(node, shape, y, x):
                for ci in range(shape[2] if at is not None else 0):
                    a, first = values[at + ci], ci // inputs * outputs
                    row = (tap * inputs + ci % inputs) * channels
                    for c in range(first, first + outputs if a else first):
                        pixel[c] += a * matrix[row + c]
            result += pixel
    return result


# --- Number formats (numbers.md, Rules) -----------------------------------------------------------------------------------

class Format:
    """`low` and `high` are the integers of the format; real value = scale·(integer − zero)."""

    def __init__(self, bits, signed, scale, zero=0):
        self.bits, self.signed, self.scale, self.zero = bits, signed, scale, zero
        self.low, self.high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2 ** bits - 1)


def range_format(low, high, bits):
    """Unsigned where the range is never below 0; the largest magnitude becomes the largest integer."""
    magnitude, signed = max(abs(low), abs(high)), low < 0
    largest = 2 ** (bits - 1 if signed else bits) - 1
    return Format(bits, signed, magnitude / largest if magnitude > 0 else 1)


def output_range(node):
    """A ReLU cuts off what the range says below 0."""
    low, high = node["range"]
    return (0, max(0, high)) if node.get("relu") else (low, high)


def fitting(low, high):
    """The narrowest format of an interval of integers."""
    signed = low < 0
    bits = 1
    while not (-(2 ** (bits - 1)) <= low and high < 2 ** (bits - 1) if signed else high < 2 ** bits):
        bits += 1
    return bits, signed


# --- Requantiser (numbers.md, From real numbers to m, β and sh) -----------------------------------------------------------

def rounded(gains, offsets, residual_scale, input_scale, per_real):
    """m, β and m_r at `per_real` integers a real unit."""
    m = [[half_up(g * input_scale * per_real) for g in row] for row in gains]
    return m, [half_up(o * per_real) for o in offsets], 0 if residual_scale is None else half_up(residual_scale * per_real)


def fits(m, beta, m_r, largest_sum, bits, residual_bits):
    """Every m in `bits` signed bits, m_r in 24, and |β| + |m_r|·2^bits + Σ|m|·largest sum < 2^52."""
    def within(x, width):
        limit = min(2 ** (width - 1), 2 ** 31 - 1)
        return -limit <= x < limit
    shortcut = abs(m_r) * 2 ** residual_bits
    return within(m_r, 24) and all(within(x, bits) for row in m for x in row) and all(
        abs(b) + shortcut + sum(abs(row[c]) * largest_sum for row in m) < EXACT for c, b in enumerate(beta))


def hidden(gains, offsets, input_scale, output_scale, largest_sum, bits, residual):
    """The largest shift, at most 48, at which everything fits."""
    for shift in range(48, -1, -1):
        m, beta, m_r = rounded(gains, offsets, residual and residual.scale, input_scale, 2 ** shift / output_scale)
        if fits(m, beta, m_r, largest_sum, bits, residual.bits if residual else 0):
            return m, beta, m_r, shift
    raise SystemExit("the multipliers fit at no shift")


def logits(gains, offsets, input_scale, largest_sum, bits):
    """The largest |m| becomes 2^(M−1) − 1 (without any, the largest |β|); the unit is halved until everything fits."""
    gain = max(abs(g) for row in gains for g in row) * input_scale
    offset = max(abs(o) for o in offsets)
    largest = 2 ** (bits - 1) - 1
    per_real = largest / gain if gain > 0 else largest / offset if offset > 0 else 1
    while True:
        m, beta, m_r = rounded(gains, offsets, None, input_scale, per_real)
        if fits(m, beta, m_r, largest_sum, bits, 0):
            return m, beta, m_r
        per_real /= 2


def requantised(m, beta, m_r, shift, low, high, accs, residual, channels):
    """y = clamp((z + 2^(sh−1)) >> sh, low, high) with z = Σ m·acc + m_r·r + β; z itself where shift is None."""
    result = []
    for at in range(len(accs[0])):
        c = at % channels
        z = beta[c] + sum(row[c] * acc[at] for row, acc in zip(m, accs)) + (m_r * residual[at] if residual else 0)
        if shift is not None:
            z = max(low, min(high, z + (1 << shift - 1 if shift else 0) >> shift))
        result.append(z)
    return result


# --- Quantisers, decided exactly (format.md, Quantisers; numbers.md, Quantised tensors and integer weights) ----------------

def square_root(x):
    """√x; where it is irrational, 640 bits behind the point of its numerator."""
    square = x.numerator * x.denominator
    root = math.isqrt(square)
    if root * root == square:
        return Fraction(root, x.denominator)
    return Fraction(math.isqrt(square << 1280), x.denominator << 640)


def chained(x, stages, c):
    """Bias, batch norm and clamps on an exact value of channel c."""
    for kind, *stage in stages:
        if kind == "clamp":
            low, high = stage
            x = max(x, Fraction(low)) if low is not None else x
            x = min(x, Fraction(high)) if high is not None else x
        elif kind == "bias":
            x += Fraction(stage[0][c])
        else:
            gamma, beta, mean, variance, epsilon = stage
            gain = Fraction(gamma[c]) / square_root(Fraction(variance[c]) + Fraction(epsilon))
            x = x * gain + (Fraction(beta[c]) - gain * Fraction(mean[c]))
    return x


def limits(quantiser):
    if quantiser.get("bipolar"):
        return -1, 1
    bits, narrow = quantiser["bits"], int(quantiser["narrow"])
    return (-(2 ** (bits - 1)) + narrow, 2 ** (bits - 1) - 1) if quantiser["signed"] else (0, 2 ** bits - 1 - narrow)


def quantised(x, quantiser):
    """The integer of a real value. What differs from a step by less than 2^-300 of itself lies on it (square roots)."""
    if quantiser.get("bipolar"):
        return 1 if x >= 0 or abs(x) < Fraction(1, 2 ** 1000) else -1
    at, rounding = x / Fraction(quantiser["scale"]), quantiser["rounding"]
    half = Fraction(math.floor(2 * at + Fraction(1, 2)), 2)
    if at != half and abs(at - half) < abs(half or at) * Fraction(1, 2 ** 300):
        at = half
    low, high = limits(quantiser)
    down, part = math.floor(at), at - math.floor(at)
    if rounding.startswith("half") and part != Fraction(1, 2):
        k = down + (part > Fraction(1, 2))
    else:
        up = {"half-even": down % 2 != 0, "half-up": True, "half-away": at > 0, "half-to-zero": at < 0,
              "floor": False, "ceil": part > 0, "away": part > 0 and at > 0, "to-zero": part > 0 and at < 0}[rounding]
        k = down + up
    return max(low, min(high, k))


def quantised_format(quantiser, one_bit):
    """Format, and factor and offset of the model's integers: k = factor·q + offset (numbers.md, Quantised tensors)."""
    if not quantiser.get("bipolar"):
        return Format(quantiser["bits"], quantiser["signed"], quantiser["scale"]), (1, 0), limits(quantiser)
    if one_bit:
        return Format(1, False, 2 * quantiser["scale"], 0.5), (2, -1), (0, 1)
    return Format(2, True, quantiser["scale"]), (1, 0), (-1, 1)


class Sums:
    """A tensor of integers in the model: value = chain(units[c]·k) with low ≤ k ≤ high.

    Others read its integers where no chain is left to do and it is no layer's sums, which are rounded to their range.
    """

    def __init__(self, units, stages, low, high, bipolar=False, weighted=False):
        self.units, self.stages, self.low, self.high, self.bipolar, self.weighted = units, stages, low, high, bipolar, weighted

    def readable(self):
        return not self.stages and not self.weighted


def ratio(large, small):
    """large/small where that is one power of two up to 2^12 for all channels."""
    return next((2 ** i for i in range(13) if all(a == b * 2 ** i for a, b in zip(large, small))), None)


def add_factors(a, b):
    """How many units of the sum one unit of each input is; None where the units have no common one."""
    if ratio(a.units, b.units):
        return ratio(a.units, b.units), 1
    return (1, ratio(b.units, a.units)) if ratio(b.units, a.units) else None


# --- The network (numbers.md) ---------------------------------------------------------------------------------------------

class Network:
    """Lowers and evaluates node by node. `run` gives every tensor of the integer network by name, the logits last."""

    def __init__(self, path, bits, dumped):
        """`dumped`: what the index of the dump says of every layer. Two things need a search for multipliers and are read there:
        whether a layer with a residual input is exact, and whether steps take a second layer."""
        self.document, self.tensors = read_model(path)
        self.bits, self.nodes, self.dumped = bits, self.document["nodes"], dumped
        self.by_name = {node["name"]: node for node in self.nodes}
        self.readers = {node["name"]: [n for n in self.nodes if node["name"] in n["inputs"]] for node in self.nodes}
        self.shapes = {"input": tuple(self.document["input"]["shape"])}
        self.exact = {"input": self.quantised_sums(self.document["input"].get("quantiser"), self.shapes["input"][2])}
        for node in self.nodes:
            self.shapes[node["name"]] = self.shape_of(node)
            self.exact[node["name"]] = self.exact_of(node)
        self.one_bit, self.shared, self.fusions = self.one_bit_tensors(), self.shared_formats(), self.find_fusions()

    def shape_of(self, node):
        shape = self.shapes[node["inputs"][0]]
        if node["kind"] in ("conv", "dense", "maxPool", "avgPool"):
            return output_shape(node, shape)
        if node["kind"] == "flatten":
            return 1, 1, shape[0] * shape[1] * shape[2]
        if node["kind"] == "subsample":
            (vertical, horizontal), padding = node["stride"], node["channelPadding"]
            return -(-shape[0] // vertical), -(-shape[1] // horizontal), shape[2] + sum(padding)
        if node["kind"] == "concat":
            return *shape[:2], sum(self.shapes[name][2] for name in node["inputs"])
        return shape

    def stages_of(self, node):
        """format.md, order of operations: bias, batch norm, ReLU or clamp."""
        stages = [("bias", self.tensors[node["bias"]])] if node.get("bias") else []
        norm = node.get("batchNorm")
        if norm:
            stages.append(("norm", *(self.tensors[norm[key]] for key in ("gamma", "beta", "mean", "variance")), norm["epsilon"]))
        if node.get("relu"):
            stages.append(("clamp", 0, None))
        if node.get("clamp", [None, None]) != [None, None]:
            stages.append(("clamp", *node["clamp"]))
        return stages

    # Which tensors are integers (numbers.md, Quantised tensors and integer weights)

    def quantised_sums(self, quantiser, channels):
        if not quantiser:
            return None
        return Sums([Fraction(quantiser["scale"])] * channels, [], *limits(quantiser), bool(quantiser.get("bipolar")))

    def exact_of(self, node):
        """Only tensors that stay integers are tracked; sums beyond 2^24 between layers are not."""
        if node.get("quantiser"):
            return self.quantised_sums(node["quantiser"], self.shapes[node["name"]][2])
        sums = self.sums_of(node, [self.exact[name] for name in node["inputs"]])
        small = sums and (max(-sums.low, sums.high) < 2 ** 24 or node["kind"] in ("conv", "dense"))
        return sums if small else None

    def sums_of(self, node, inputs):
        first, kind = inputs[0], node["kind"]
        if first is None:
            return None
        if kind == "activation":
            return Sums(first.units, first.stages + self.stages_of(node), first.low, first.high, first.bipolar, first.weighted)
        if any(each is None or not each.readable() for each in inputs):
            return None
        if kind in ("conv", "dense"):
            weights = node["weights"]
            plain = weights["encoding"] in ("int", "ones") or weights["encoding"] == "xor" and weights["q"] == 1
            if not plain or any(unit != first.units[0] for unit in first.units):
                return None
            (matrix,), (scale,), _ = integer_weights(node, self.shapes[node["inputs"][0]], 1, self.tensors)
            bound = window_size(node, self.shapes[node["inputs"][0]]) * max(map(abs, matrix)) * max(-first.low, first.high)
            return Sums([Fraction(s) * first.units[0] for s in scale], self.stages_of(node), -bound, bound, weighted=True)
        if kind == "avgPool":
            n = node["kernel"][0] * node["kernel"][1]
            return Sums([unit / n for unit in first.units], [], min(0, n * first.low), max(0, n * first.high))
        if kind == "subsample":
            before, after = node["channelPadding"]
            units = [first.units[0]] * before + first.units + [first.units[0]] * after
            padded = before + after > 0
            low, high = (min(first.low, 0), max(first.high, 0)) if padded else (first.low, first.high)
            return Sums(units, [], low, high, first.bipolar and not padded)
        if kind == "concat":
            return Sums(sum((each.units for each in inputs), []), [], min(each.low for each in inputs),
                        max(each.high for each in inputs), all(each.bipolar for each in inputs))
        if kind == "flatten":
            height, width, _ = self.shapes[node["inputs"][0]]
            return Sums(first.units * (height * width), [], first.low, first.high, first.bipolar)
        if kind == "add":
            factors = add_factors(*inputs)
            if factors is None:
                return None
            units = first.units if factors[0] == 1 else inputs[1].units
            low, high = (sum(f * getattr(each, end) for f, each in zip(factors, inputs)) for end in ("low", "high"))
            return Sums(units, self.stages_of(node), low, high)
        return first  # maxPool

    def one_bit_tensors(self):
        """Bipolar tensors of one bit: those that nobody needs a 0 of, which spreads to tensors of the same numbers."""
        names = {name for name, sums in self.exact.items() if sums and sums.bipolar}
        before = -1
        while before != len(names):
            before = len(names)
            for node in self.nodes:
                kind, padding = node["kind"], node.get("channelPadding", node.get("padding", [0]))
                if kind in ("conv", "avgPool", "subsample") and any(padding):
                    names -= set(node["inputs"])
                alike = {node["name"], *node["inputs"]} if kind in ("maxPool", "flatten", "subsample", "concat") else set()
                if not alike <= names:
                    names -= alike
        return names

    # Formats that meet in a concatenation (numbers.md, Rules)

    def rounding_layers(self, name):
        node = self.by_name.get(name)
        if node and node["kind"] in ("maxPool", "subsample", "flatten", "concat"):
            return set().union(*(self.rounding_layers(each) for each in node["inputs"]))
        return {name}

    def shared_formats(self):
        groups = []
        for node in self.nodes:
            if node["kind"] == "concat":
                members = self.rounding_layers(node["name"])
                for group in [group for group in groups if group & members]:
                    groups.remove(group)
                    members |= group
                groups.append(members)
        formats = {}
        for members in groups:
            ranges = [output_range(self.by_name.get(name, self.document["input"])) for name in members]
            bits = self.layer_bits(next(iter(members)))
            shared = range_format(min(low for low, _ in ranges), max(high for _, high in ranges), bits)
            formats.update({name: shared for name in members})
        return formats

    def layer_bits(self, name):
        if name == "input":
            return self.bits["inputBits"]
        return self.bits["layerBits"].get(name, self.bits["activationBits"])

    def find_fusions(self):
        """Addition → the layer whose requantiser adds, and its other input; the later one where both qualify."""
        fusions = {}
        for node in self.nodes:
            if node["kind"] != "add":
                continue
            pair = [self.exact[name] for name in node["inputs"]]
            if all(each and each.readable() for each in pair) and add_factors(*pair):
                continue
            able = [n["name"] for n in self.nodes if n["name"] in node["inputs"] and n["kind"] in ("conv", "dense")
                    and not n["relu"] and not n.get("quantiser") and len(self.readers[n["name"]]) == 1]
            if able:
                fusions[node["name"]] = (able[-1], next(name for name in node["inputs"] if name != able[-1]))
        return fusions

    # Evaluation

    def run(self, image):
        quantiser = self.document["input"].get("quantiser")
        if quantiser:
            form, code, _ = quantised_format(quantiser, "input" in self.one_bit)
        else:
            form, code = self.shared.get("input") or range_format(*self.document["input"]["range"], self.layer_bits("input")), (1, 0)
        # By the model's names: integers, format, and how the model's integers follow from them.
        self.places = {"input": (image, form, code)}
        self.streams, self.formats, self.waiting = {"input": image}, {"input": form}, {}
        fused = {layer for layer, _ in self.fusions.values()}
        for node in self.nodes:
            name, kind = node["name"], node["kind"]
            if name in fused:
                continue  # comes with its addition
            if kind == "flatten" or kind == "activation" and not (
                    node.get("quantiser") or self.stages_of(node) or node["inputs"][0] in self.waiting):
                self.places[name] = self.places[node["inputs"][0]]
                continue
            if "range" not in node:
                self.put(name, name, *self.moved(node))
                continue
            base, stages = self.chain_of(node)
            # Only activations read it, so they are done to its sums, and it is nowhere itself.
            if not node.get("quantiser") and self.readers[name] and all(n["kind"] == "activation" for n in self.readers[name]):
                self.waiting[name] = base, stages
            elif base["kind"] in ("conv", "dense"):
                self.weighted(base, None, stages, node)
            elif base["name"] in self.fusions:
                layer, residual = self.fusions[base["name"]]
                layer = self.by_name[layer]
                self.weighted(layer, residual, self.stages_of(layer) + stages, node)
            else:
                self.elementwise(base, stages, node)
        return self.streams

    def put(self, name, integer_name, values, form, code):
        self.places[name] = values, form, code
        self.streams[integer_name], self.formats[integer_name] = values, form

    def chain_of(self, node):
        if node["kind"] == "activation" and node["inputs"][0] in self.waiting:
            base, stages = self.waiting[node["inputs"][0]]
            return base, stages + self.stages_of(node)
        return node, self.stages_of(node)

    def moved(self, node):
        """Pools, subsample and concatenation (numbers.md, Rules)."""
        places = [self.places[name] for name in node["inputs"]]
        (values, form, code), shape, kind = places[0], self.shapes[node["inputs"][0]], node["kind"]
        height, width, channels = self.shapes[node["name"]]
        if kind == "concat":
            sizes = [self.shapes[name][2] for name in node["inputs"]]
            joined = [v for pixel in range(height * width) for (part, _, _), size in zip(places, sizes)
                      for v in part[pixel * size : (pixel + 1) * size]]
            return joined, form, code
        if kind == "subsample":
            (vertical, horizontal), (before, after) = node["stride"], node["channelPadding"]
            kept = []
            for y in range(height):
                for x in range(width):
                    at = (y * vertical * shape[1] + x * horizontal) * shape[2]
                    kept += [0] * before + values[at : at + shape[2]] + [0] * after
            return kept, form, code
        windows = [[at for _, at in taps(node, shape, y, x) if at is not None] for y in range(height) for x in range(width)]
        join = max if kind == "maxPool" else sum
        result = [join(values[at + c] for at in window) for window in windows for c in range(channels)]
        if kind == "maxPool":
            return result, form, code
        n = node["kernel"][0] * node["kernel"][1]
        summed = Format(*fitting(n * form.low, n * form.high), form.scale / n, n * form.zero)
        return result, summed, (code[0], n * code[1])

    def elementwise(self, base, stages, node):
        """Quantisers, activations and sums behind no layer with weights: a layer whose weights are 1 (numbers.md, Rules)."""
        name, shape = base["name"], self.shapes[base["name"]]
        layer = {"kind": "conv", "name": name, "inputs": base["inputs"][:1], "outChannels": shape[2], "groups": shape[2],
                 "kernel": [1, 1], "stride": [1, 1], "padding": [0] * 4, "weights": {"encoding": "ones"}}
        if base["kind"] == "activation":
            return self.weighted(layer, None, stages, node)
        pair = [self.exact[each] for each in base["inputs"]]
        ratios = add_factors(*pair) if all(each and each.readable() for each in pair) else None
        alone, summed = not node.get("quantiser") and not stages, self.free_name(name + "_sum")
        if not ratios or not alone and summed not in self.dumped:
            return self.weighted(layer, base["inputs"][1], stages, node)
        places = [self.places[each] for each in base["inputs"]]
        counts = [ratio * code[0] for ratio, (_, _, code) in zip(ratios, places)]
        unit = math.gcd(*counts)
        factors = [count // unit for count in counts]
        offset = sum(ratio * code[1] for ratio, (_, _, code) in zip(ratios, places))
        z = [sum(f * v for f, v in zip(factors, each)) for each in zip(*(values for values, _, _ in places))]
        low, high = (sum(f * getattr(form, end) for f, (_, form, _) in zip(factors, places)) for end in ("low", "high"))
        form = Format(*fitting(low, high), places[0][1].scale / factors[0], -offset / unit)
        if alone:
            return self.put(name, name, z, form, (unit, offset))
        self.put(summed, summed, z, form, (unit, offset))
        sums = self.sums_of(base, pair)
        self.shapes[summed], self.exact[summed] = shape, Sums(sums.units, [], sums.low, sums.high)
        layer["inputs"] = [summed]
        return self.weighted(layer, None, stages, node)

    def free_name(self, name):
        return self.free_name(name + "_") if name in self.by_name else name

    def step(self, quantiser, node, value, stages, c):
        """The stored integer of a quantiser's output for chain(value)."""
        _, (factor, shift), _ = quantised_format(quantiser, node["name"] in self.one_bit)
        return (quantised(chained(value, stages, c), quantiser) - shift) // factor

    def quantise(self, quantiser, node, sums, step):
        """step(sum, channel) for every element, each sum once."""
        form, code, _ = quantised_format(quantiser, node["name"] in self.one_bit)
        channels, known, result = self.shapes[node["name"]][2], {}, []
        for at, z in enumerate(sums):
            key = z, at % channels
            if key not in known:
                known[key] = step(*key)
            result.append(known[key])
        return result, form, code

    def weighted(self, layer, residual, stages, node):
        """A convolution or dense layer with the addition and the activations behind it; `node` states the output."""
        values, form, code = self.places[layer["inputs"][0]]
        shape, channels, quantiser = self.shapes[layer["inputs"][0]], layer["outChannels"], node.get("quantiser")
        matrices, alphas, joined = integer_weights(layer, shape, self.bits["floatBits"], self.tensors)
        accs = [sums(layer, shape, values, matrix) for matrix in matrices]
        totals = [[sum(matrix[c::channels]) for c in range(channels)] for matrix in matrices]
        last = node["name"] == self.document["output"]
        exact = self.sums_of(layer, [self.exact[layer["inputs"][0]]])
        if quantiser and exact and not last and not residual:
            # k = factor·q + offset of every element, so Σ w·k = factor·Σ w·q + offset·Σ w.
            def step(z, c):
                return self.step(quantiser, node, exact.units[c] * (code[0] * z + code[1] * totals[0][c]), stages, c)

            second = self.free_name(layer["name"] + "_steps")
            if second in self.dumped:
                ranges = [interval(matrices[0][c::channels], form) for c in range(channels)]
                self.put(layer["name"], layer["name"], *rounded_once(accs[0], ranges, step))
            return self.put(node["name"], second if second in self.dumped else layer["name"], *self.quantise(quantiser, node, accs[0], step))
        if quantiser and exact and residual and self.dumped[layer["name"]]["quantised"] == "exact":
            other, before = self.exact[residual], len(self.stages_of(layer))
            added, _, (factor, offset) = self.places[residual]

            def with_residual(pair, c):
                value = chained(exact.units[c] * (code[0] * pair[0] + code[1] * totals[0][c]), stages[:before], c)
                return self.step(quantiser, node, value + other.units[c] * (factor * pair[1] + offset), stages[before:], c)

            return self.put(node["name"], layer["name"], *self.quantise(quantiser, node, list(zip(accs[0], added)), with_residual))
        gains = [list(alpha) for alpha in alphas]
        offsets = [0.0] * channels
        for alpha, total in zip(alphas, totals):
            for c in range(channels):
                offsets[c] -= alpha[c] * form.scale * form.zero * total[c]
        for kind, *stage in stages:
            if kind == "clamp":
                break  # nothing but clamps and the quantiser follow
            for c in range(channels):
                if kind == "bias":
                    offsets[c] += stage[0][c]
                    continue
                gamma, beta, mean, variance, epsilon = stage
                gain = gamma[c] / math.sqrt(variance[c] + epsilon)
                for row in gains:
                    row[c] *= gain
                offsets[c] = offsets[c] * gain + (beta[c] - gain * mean[c])
        other = self.places[residual] if residual else None
        if other:
            offsets = [o - other[1].scale * other[1].zero for o in offsets]
        largest_sum = window_size(layer, shape) * max(-form.low, form.high) * (joined or 1)
        width, plain = self.bits["multiplierBits"], (1, 0)
        if last:
            m, beta, m_r = logits(gains, offsets, form.scale, largest_sum, width)
            return self.put(node["name"], layer["name"], requantised(m, beta, m_r, None, 0, 0, accs, None, channels), Format(1, True, 0), plain)
        output, out_code, (low, high) = (quantised_format(quantiser, node["name"] in self.one_bit) if quantiser
                                         else (self.shared.get(node["name"]) or range_format(*output_range(node), self.layer_bits(node["name"])), plain, (None, None)))
        low, high = (output.low, output.high) if low is None else (low, high)
        low = max(0, low) if node.get("relu") else low
        for kind, *stage in stages:
            if kind == "clamp":
                low = low if stage[0] is None else max(low, min(high, half_up(stage[0] / output.scale)))
                high = high if stage[1] is None else min(high, max(low, half_up(stage[1] / output.scale)))
        if quantiser:
            added = rounding_offset(quantiser, low) * output.scale
            offsets = [o + added for o in offsets]
        m, beta, m_r, shift = hidden(gains, offsets, form.scale, output.scale, largest_sum, width, other and other[1])
        if quantiser and quantiser.get("rounding") in ("ceil", "away"):
            beta = [b - 1 for b in beta]
        result = requantised(m, beta, m_r, shift, low, high, accs, other and other[0], channels)
        return self.put(node["name"], layer["name"], result, output, out_code)


def interval(weights, form):
    """What Σ w·q lies in, padding included."""
    low = sum(min(w * form.low, w * form.high) for w in weights)
    high = sum(max(w * form.low, w * form.high) for w in weights)
    return min(0, low), max(0, high)


def rounded_once(sums, ranges, step):
    """The first of two roundings of steps that no multiplier gives (numbers.md, Quantised tensors): a of every sum, its format."""
    forms = [first_form(low, high, lambda z, c=c: step(z, c)) for c, (low, high) in enumerate(ranges)]
    bits, _ = fitting(0, max(1, *(form[3] for form in forms)))
    channels, result = len(forms), []
    for at, z in enumerate(sums):
        period, multiplier, addend, _ = forms[at % channels]
        result.append(min(2 ** bits - 1, max(0, (multiplier * z + addend) // period)))
    return result, Format(bits, False, 1), (1, 0)


def first_form(low, high, step):
    """Period, multiplier and addend of a = ⌊(multiplier·z + addend)/period⌋, and the a of the last step."""
    sign, reached, at = (1 if step(high) >= step(low) else -1), [], low
    while step(at) != step(high):
        before, after = at, high
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (before, middle) if step(middle) * sign > step(at) * sign else (middle, after)
        reached += [after] * abs(step(after) - step(at))
        at = after
    start, end = (reached[0] - 1, reached[-1]) if reached else (low, low)
    plain = 1, 1, -start, max(1, end - start)
    sizes = [b - a for a, b in zip(reached, reached[1:])]
    if not sizes or max(sizes) != (max(sizes) + min(sizes)) / 2 + 1:
        return plain
    period, longest = max(sizes) + min(sizes), max(sizes)
    phase = reached[sizes.index(longest)] + max(1, longest // 2) - 1
    addend = phase - period * (((period - 1) * start + phase) // period)
    return period, period - 1, addend, max(1, max(0, ((period - 1) * end + addend) // period))


def rounding_offset(quantiser, low):
    """What turns floor(x + 1/2) into the quantiser's rounding where sums are no exact integers (numbers.md, Quantised tensors)."""
    if quantiser.get("bipolar"):
        return 0.5
    return {"floor": -0.5, "ceil": 0.5, "to-zero": -0.5, "away": 0.5}.get(quantiser["rounding"], 0)


# --- Comparison with a dump (numbers.md, Dump) ----------------------------------------------------------------------------

def read_npy(path):
    """Shape and flat integers of an array that the dump wrote."""
    data = open(path, "rb").read()
    length = struct.unpack("<H", data[8:10])[0]
    header = eval(data[10 : 10 + length], {"__builtins__": {}})
    letter = {"|u1": "B", "|i1": "b", "<u2": "H", "<i2": "h", "<i4": "i", "<i8": "q"}[header["descr"]]
    raw = data[10 + length :]
    return header["shape"], list(struct.unpack(f"<{len(raw) // struct.calcsize(letter)}{letter}", raw))


def compare(model, dump, show):
    """How many integers of the dump differ from what its input gives by these rules; prints a line for each tensor."""
    index = json.load(open(os.path.join(dump, "index.json")))
    entries = index["layers"]
    network = Network(model, index["bits"], {entry["name"]: entry for entry in entries})
    files = {entry["name"]: read_npy(os.path.join(dump, entry["file"]))[1] for entry in [index["input"], *entries]}
    size, differ = len(files["input"]) // max(1, index["images"]), dict.fromkeys(files, 0)
    for i in range(index["images"]):
        streams = network.run(files["input"][i * size : (i + 1) * size])
        assert list(streams) == list(files), f"{dump}: layers {list(files)}, by the rules {list(streams)}"
        for name, values in streams.items():
            stored = files[name][i * len(values) : (i + 1) * len(values)]
            differ[name] += sum(a != b for a, b in zip(values, stored)) + abs(len(values) - len(stored))
        if show:
            print(*streams[entries[-1]["name"]])
    for entry in entries[:-1]:
        form = network.formats[entry["name"]]
        same = (form.bits, form.signed, form.scale, form.zero) == tuple(entry[key] for key in ("bits", "signed", "scale", "zero"))
        differ[entry["name"]] += 0 if same else len(files[entry["name"]])
    for name, count in differ.items():
        print(f"{dump}: {name}: {count} of {len(files[name])} integers differ")
    return sum(differ.values())


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if a != "--print"]
    if not arguments or len(arguments) % 2:
        sys.exit(__doc__)
    pairs = zip(arguments[::2], arguments[1::2])
    sys.exit(1 if sum([compare(model, dump, "--print" in sys.argv) for model, dump in pairs]) else 0)
