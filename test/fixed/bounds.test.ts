/** No intermediate of any layer leaves the width that interval analysis gives it. */
import { expect, it } from 'vitest';
import { formatRange } from '../../src/fixed/shapes.js';
import { inputsOf, isWeighted } from '../../src/graph/order.js';
import type { IntConvNode, IntDenseNode, IntFormat } from '../../src/fixed/types.js';
import { referenceTrace } from '../../src/simulate/reference.js';
import { describeNetwork, randomImages, randomNetwork } from '../support/random-network.js';

/** Every window of a layer's input, padding as 0. */
function windows(node: IntConvNode | IntDenseNode, input: Float64Array): number[][] {
  if (node.kind === 'dense') return [Array.from(input)];
  const { height, width, channels } = node.inputTensor.shape;
  const output = node.outputTensor.shape;
  const at = (y: number, x: number, c: number): number =>
    y < 0 || x < 0 || y >= height || x >= width ? 0 : input[(y * width + x) * channels + c]!;
  return Array.from({ length: output.height * output.width }, (_, p) => {
    const top = Math.floor(p / output.width) * node.stride[0] - node.padding[0];
    const left = (p % output.width) * node.stride[1] - node.padding[1];
    return Array.from({ length: node.windowSize }, (_, v) => {
      const tap = Math.floor(v / channels);
      return at(top + Math.floor(tap / node.kernel[1]), left + (tap % node.kernel[1]), v % channels);
    });
  });
}

function inside(x: number, format: IntFormat): boolean {
  const { low, high } = formatRange(format);
  return x >= low && x <= high;
}

/** Runs one window through the layer as hardware does, with the residual inputs of its channels, and checks every partial result. */
function checkWindow(
  node: IntConvNode | IntDenseNode,
  window: readonly number[],
  residual: Float64Array | null,
  problems: string[],
): void {
  const { widths, requantiser, outChannels } = node;
  const { joined, multipliers } = requantiser;
  const shift = requantiser.output?.shift ?? 0;
  const check = (name: keyof typeof widths, x: number): void => {
    if (!inside(x, widths[name])) problems.push(`${node.name} ${name} ${x}`);
  };
  for (let c = 0; c < outChannels; c++) {
    let z = requantiser.beta[c]! + (shift > 0 ? 2 ** (shift - 1) : 0);
    check('scaled', z);
    if (residual !== null) z += node.residual!.multiplier * residual[c]!;
    check('scaled', z);
    let total = 0;
    for (const [i, plane] of node.planes.entries()) {
      let [selected, sum] = [0, 0];
      for (const [v, a] of window.entries()) {
        if (plane.codes[v * outChannels + c] === 1) selected += a;
        sum += a;
        check('selected', selected);
        check('sum', sum);
      }
      check('dot', 2 * selected - sum);
      total = joined ? total + 2 ** i * (2 * selected - sum) : 2 * selected - sum;
      if (joined && i < node.planes.length - 1) continue;
      check('multiplicand', total);
      z += multipliers[joined ? 0 : i]![c]! * total;
      check('scaled', z);
    }
  }
}

it('holds every intermediate of random networks', () => {
  for (let seed = 1000; seed < 1060; seed++) {
    const network = randomNetwork(seed, { maxWork: 20_000 });
    const problems: string[] = [];
    for (const image of randomImages(network, 2, seed)) {
      const streams = referenceTrace(network, image);
      const byName = new Map(['input', ...network.nodes.map(({ name }) => name)].map((name, s) => [name, streams[s]!]));
      for (const node of network.nodes.filter(isWeighted)) {
        const [input, residual] = inputsOf(node).map((name) => byName.get(name)!);
        for (const [p, window] of windows(node, input!).entries()) {
          const added = residual?.subarray(p * node.outChannels, (p + 1) * node.outChannels) ?? null;
          checkWindow(node, window, added, problems);
        }
      }
    }
    expect(problems, describeNetwork(network)).toEqual([]);
  }
});
