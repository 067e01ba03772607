/** Saturation, used codes and extremes of activations, against the plain loops, with every set of kernels. */
import { expect, it } from 'vitest';
import { formatRange } from '../../src/fixed/shapes.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import { calibrator, FIGURES, isRounded, type CalibrationRequest } from '../../src/simulate/calibrate.js';
import { evaluateNode, referenceTrace } from '../../src/simulate/reference.js';
import { inputsOf } from '../../src/graph/order.js';
import { randomImages, randomNetwork } from '../support/random-network.js';
import { KERNELS } from '../support/simulator-kernels.js';

const IMAGES = 3;

/** What every image gives, node by node, with plain loops and no clamp but the network's. */
function expected(network: IntNetwork, images: readonly Int32Array[], requests: readonly CalibrationRequest[]) {
  const names = ['input', ...network.nodes.map(({ name }) => name)];
  const codes = requests.map(() => new Set<number>());
  const figures = images.flatMap((image) => {
    const streams = referenceTrace(network, image);
    return requests.flatMap((request, i) => {
      const node = network.nodes.find(({ name }) => name === request.name)!;
      const inputs = inputsOf(node).map((name) => streams[names.indexOf(name)]!);
      const free =
        isRounded(node) && node.requantiser.output !== null
          ? {
              ...node,
              requantiser: {
                ...node.requantiser,
                output: { ...node.requantiser.output, low: request.low, high: request.high },
              },
            }
          : node;
      const values = Array.from(evaluateNode(free, inputs));
      for (const code of streams[names.indexOf(node.name)]!) codes[i]!.add(code);
      const { low, high } = isRounded(node) ? node.requantiser.output! : formatRange(node.outputTensor.format);
      return [
        Math.min(...values),
        Math.max(...values),
        values.filter((value) => value < low || value > high).length,
        values.filter((value) => value < request.rangeLow || value > request.rangeHigh).length,
      ];
    });
  });
  return { figures, codes: codes.reduce((sum, set) => sum + set.size, 0) };
}

it.each(KERNELS)('%s kernels count what the plain loops count', (_, create) => {
  let saturated = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const network = randomNetwork(seed, { maxBits: 5 });
    const images = randomImages(network, IMAGES, seed);
    const requests = network.nodes
      .slice(0, -1)
      // 22 bits are as many as a twin of three bytes is sure to hold.
      .map((node): CalibrationRequest => ({
        name: node.name,
        low: node.outputTensor.format.signed ? -(2 ** 15) : 0,
        high: 2 ** 15 - 1,
        rangeLow: -0.5,
        rangeHigh: formatRange(node.outputTensor.format).high / 2,
      }));
    const size = images[0]!.length;
    const flat = Int32Array.from(images.flatMap((image) => Array.from(image)));
    expect(flat.length).toBe(IMAGES * size);
    const codes = requests.reduce((sum, { name }) => {
      const node = network.nodes.find((each) => each.name === name)!;
      return sum + 2 ** node.outputTensor.format.bits;
    }, 0);
    const figures = new Float64Array(IMAGES * requests.length * FIGURES);
    const seen = new Uint8Array(codes);
    const measure = calibrator({ network, requests, images: flat, figures, seen }, create());
    for (let image = 0; image < IMAGES; image++) measure(image);
    const right = expected(network, images, requests);
    expect(Array.from(figures), `seed ${seed}`).toEqual(right.figures);
    expect(
      seen.reduce((sum, byte) => sum + byte, 0),
      `seed ${seed}`,
    ).toBe(right.codes);
    saturated += right.figures.filter((_unused, i) => i % FIGURES === 2).reduce((sum, count) => sum + count, 0);
  }
  expect(saturated).toBeGreaterThan(0);
});
