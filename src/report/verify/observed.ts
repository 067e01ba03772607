/**
 * Which bits of a network's weights a set of images observes: a bit is observed when flipping it alone changes an output of
 * its layer for one of the images. Exact: flipping weight bit b of channel c and element v moves z_c by ∓2·m_c·a_v (∓m_c·a_v
 * in two's complement), and y_c changes where that leaves the interval of z that gives the same y_c (docs/verification.md).
 */
import { isWeighted } from '../../graph/order.js';
import type { IntConvNode, IntDenseNode, IntNetwork, IntPlane } from '../../fixed/types.js';
import { planeWeight, roundingTerm } from '../../fixed/widths.js';
import { createSimulator, type Stream } from '../../simulate/simulate.js';

type Weighted = IntConvNode | IntDenseNode;

/** Of a layer and each plane, one 0/1 for every encrypted bit in stored order, and for every weight bit behind M⊕. */
export interface ObservedLayer {
  readonly encrypted: readonly Uint8Array[];
  readonly weights: readonly Uint8Array[];
}

/** By weighted layer. */
export type Observed = ReadonlyMap<string, ObservedLayer>;

/** Finds what one image observes. Keeps scratch memory, so that threads must not share one. */
export interface Observer {
  observe(image: Int32Array): Observed;
}

export function createObserver(network: IntNetwork): Observer {
  const simulator = createSimulator(network);
  const layers = network.nodes.filter(isWeighted).map((node) => new LayerObserver(node));
  const index = new Map(['input', ...network.nodes.map(({ name }) => name)].map((name, i) => [name, i]));
  return {
    observe(image) {
      const streams = simulator.trace(image);
      const at = (name: string): Stream => streams[index.get(name)!]!;
      return new Map(
        layers.map((layer) => {
          const { input, residual, name } = layer.node;
          return [name, layer.observe(at(input), residual === null ? null : at(residual.input))];
        }),
      );
    },
  };
}

class LayerObserver {
  private readonly window: Float64Array;
  /** Of the current pixel and each channel: Σ m·acc over the planes, and by how much z may fall and rise without a change of y. */
  private readonly z: Float64Array;
  private readonly fall: Float64Array;
  private readonly rise: Float64Array;

  constructor(readonly node: Weighted) {
    this.window = new Float64Array(node.windowSize);
    this.z = new Float64Array(node.outChannels);
    this.fall = new Float64Array(node.outChannels);
    this.rise = new Float64Array(node.outChannels);
  }

  observe(input: Stream, residual: Stream | null): ObservedLayer {
    const { node } = this;
    const seen = node.planes.map(({ codes }) => new Uint8Array(codes.length));
    const joint = node.planes.map(jointBits(node.outChannels));
    const found = node.planes.map(({ encrypted }) => new Uint8Array(encrypted.length));
    const { height, width } = node.outputTensor.shape;
    const groups = node.kind === 'conv' ? node.groups : 1;
    for (let pixel = 0; pixel < height * width; pixel++) {
      for (let group = 0; group < groups; group++) {
        this.fill(input, Math.floor(pixel / width), pixel % width, group);
        const [from, to] = [(group * node.outChannels) / groups, ((group + 1) * node.outChannels) / groups];
        this.margins(pixel, from, to, residual);
        for (const [q, plane] of node.planes.entries()) {
          this.flipWeights(plane, q, from, to, seen[q]!);
          for (const bit of joint[q]!) if (this.flipJoint(plane, q, from, to, bit)) found[q]![bit.at] = 1;
        }
      }
    }
    node.planes.forEach((plane, q) => {
      if (joint[q]!.length === 0) gather(plane, seen[q]!, found[q]!);
    });
    return { encrypted: found, weights: seen };
  }

  /** The window of a pixel, for the channels of a group. */
  private fill(input: Stream, y: number, x: number, group: number): void {
    const { node, window } = this;
    if (node.kind === 'dense') return window.set(input);
    const { kernel, stride, padding, dilation, groups, inputTensor } = node;
    const { height, width, channels } = inputTensor.shape;
    const own = channels / groups;
    let v = 0;
    for (let ky = 0; ky < kernel[0]; ky++) {
      const row = y * stride[0] + ky * dilation[0] - padding[0];
      for (let kx = 0; kx < kernel[1]; kx++) {
        const column = x * stride[1] + kx * dilation[1] - padding[1];
        const inside = row >= 0 && row < height && column >= 0 && column < width;
        const from = (row * width + column) * channels + group * own;
        for (let c = 0; c < own; c++) window[v++] = inside ? input[from + c]! : 0;
      }
    }
  }

  /** What a unit of acc of a plane is worth in z of a channel. */
  private factor(q: number, c: number): number {
    const { requantiser, planes, twosComplement } = this.node;
    const { joined, multipliers } = requantiser;
    return joined ? multipliers[0]![c]! * planeWeight(q, planes.length, twosComplement) : multipliers[q]![c]!;
  }

  /** z of the channels from `from` to `to`, and how far it may move. */
  private margins(pixel: number, from: number, to: number, residual: Stream | null): void {
    const { node, window, z, fall, rise } = this;
    const { outChannels, requantiser, planes, twosComplement } = node;
    const rounding = roundingTerm(requantiser);
    for (let c = from; c < to; c++) {
      z[c] = requantiser.beta[c]! + rounding;
      if (node.residual !== null) z[c]! += node.residual.multiplier * residual![pixel * outChannels + c]!;
    }
    for (const [q, { codes }] of planes.entries()) {
      // Σ b·a with b = ±1 is 2·P − Σa, P = Σ_{b=1} a: a product takes the place of a branch that nothing predicts.
      const selected = new Float64Array(to - from);
      let sum = 0;
      for (let v = 0; v < window.length; v++) {
        const a = window[v]!;
        if (a === 0) continue;
        sum += a;
        const at = v * outChannels + from;
        for (let c = 0; c < selected.length; c++) selected[c]! += a * codes[at + c]!;
      }
      for (let c = from; c < to; c++) {
        const p = selected[c - from]!;
        z[c]! += this.factor(q, c) * (twosComplement ? p : 2 * p - sum);
      }
    }
    const { output } = requantiser;
    for (let c = from; c < to; c++) {
      if (output === null) {
        fall[c] = rise[c] = 0;
        continue;
      }
      const step = 2 ** output.shift;
      const y = Math.min(output.high, Math.max(output.low, Math.floor(z[c]! / step)));
      fall[c] = y === output.low ? -Infinity : y * step - z[c]!;
      rise[c] = y === output.high ? Infinity : (y + 1) * step - 1 - z[c]!;
    }
  }

  /** Marks the weight bits of a plane that change y when flipped alone. */
  private flipWeights({ codes }: IntPlane, q: number, from: number, to: number, seen: Uint8Array): void {
    const { node, window, fall, rise } = this;
    const twice = node.twosComplement ? 1 : 2;
    const worth = Float64Array.from({ length: to - from }, (_, c) => twice * this.factor(q, from + c));
    for (let v = 0; v < window.length; v++) {
      const a = window[v]!;
      if (a === 0) continue;
      const at = v * node.outChannels + from;
      for (let c = 0; c < worth.length; c++) {
        if (seen[at + c] === 1) continue;
        const moved = (1 - 2 * codes[at + c]!) * a * worth[c]!;
        if (moved < fall[from + c]! || moved > rise[from + c]!) seen[at + c] = 1;
      }
    }
  }

  /** Whether flipping an encrypted bit changes y, where it flips several weights of a channel at once. */
  private flipJoint({ codes }: IntPlane, q: number, from: number, to: number, { weights }: JointBit): boolean {
    const { node, window, fall, rise } = this;
    const { outChannels } = node;
    const moved = new Map<number, number>();
    for (const f of weights) {
      const c = f % outChannels;
      if (c < from || c >= to) continue;
      const sign = codes[f] === 1 ? -1 : 1;
      const move = sign * (node.twosComplement ? 1 : 2) * window[Math.floor(f / outChannels)]! * this.factor(q, c);
      moved.set(c, (moved.get(c) ?? 0) + move);
    }
    for (const [c, move] of moved) if (move < fall[c]! || move > rise[c]!) return true;
    return false;
  }
}

interface JointBit {
  /** Place among the encrypted bits. */
  readonly at: number;
  /** Weights that it flips. */
  readonly weights: readonly number[];
}

/** Encrypted bits that flip several weights of one channel: only where a slice is longer than the channels. */
function jointBits(outChannels: number): (plane: IntPlane) => JointBit[] {
  return (plane) => {
    if (plane.nOut <= outChannels) return [];
    return Array.from(plane.encrypted, (_, at) => ({ at, weights: weightsOf(plane, at) }));
  };
}

/** Weights that an encrypted bit flips. */
function weightsOf({ nIn, nOut, matrix, codes }: IntPlane, at: number): number[] {
  const [slice, i] = [Math.floor(at / nIn), at % nIn];
  const weights: number[] = [];
  for (let j = 0; j < nOut; j++) {
    const f = slice * nOut + j;
    if (matrix[j * nIn + i] === 1 && f < codes.length) weights.push(f);
  }
  return weights;
}

/** Each weight that an encrypted bit flips lies in another channel, so it is observed where one of them is. */
function gather(plane: IntPlane, seen: Uint8Array, found: Uint8Array): void {
  const { nIn, nOut, matrix, encrypted } = plane;
  const taps = Array.from({ length: nIn }, (_, i) =>
    Array.from({ length: nOut }, (__, j) => j).filter((j) => matrix[j * nIn + i] === 1),
  );
  for (let at = 0; at < encrypted.length; at++) {
    const first = Math.floor(at / nIn) * nOut;
    if (taps[at % nIn]!.some((j) => seen[first + j] === 1)) found[at] = 1;
  }
}
