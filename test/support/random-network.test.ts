/** The random networks must be worth running: varied in structure, and their outputs neither constant nor all saturated. */
import { describe, expect, it } from 'vitest';
import { formatRange, inputTensorsOf } from '../../src/fixed/shapes.js';
import { isWeighted } from '../../src/graph/order.js';
import { elementCount } from '../../src/graph/shapes.js';
import { referenceTrace } from '../../src/simulate/reference.js';
import { describeNetwork, randomImages, freshNetwork, randomNetwork } from './random-network.js';

const NETWORKS = Array.from({ length: 150 }, (_, seed) => randomNetwork(seed));
const NODES = NETWORKS.flatMap((network) => network.nodes);

describe('random networks', () => {
  it('repeat from their seed', () => {
    expect(freshNetwork(7)).toEqual(freshNetwork(7));
    expect(describeNetwork(randomNetwork(7))).not.toBe(describeNetwork(randomNetwork(8)));
    expect(randomImages(NETWORKS[7]!, 3, 1)).toEqual(randomImages(NETWORKS[7]!, 3, 1));
  });

  it('cover the structures that hardware must handle', () => {
    const windows = NODES.filter((node) => 'kernel' in node);
    const weighted = NODES.filter(isWeighted);
    expect(new Set(NETWORKS.map((network) => network.nodes.length)).size).toBeGreaterThanOrEqual(8);
    expect(new Set(NODES.map((node) => node.kind)).size).toBe(5);
    for (const k of [1, 3, 5]) expect(windows.some((node) => node.kernel[0] === k && node.kernel[1] === k)).toBe(true);
    expect(windows.some((node) => node.kernel[0] !== node.kernel[1])).toBe(true);
    expect(windows.some((node) => node.stride[0] === 2)).toBe(true);
    expect(windows.some((node) => node.padding[0] !== node.padding[2])).toBe(true);
    expect(new Set(weighted.map((node) => node.planes.length)).size).toBe(8);
    for (const signed of [true, false]) {
      expect(NETWORKS.some((network) => network.input.format.signed === signed)).toBe(true);
      expect(weighted.some((node) => node.requantiser.output && node.outputTensor.format.signed === signed)).toBe(true);
    }
    const bits = new Set(NODES.flatMap(inputTensorsOf).map(({ format }) => format.bits));
    for (let n = 1; n <= 12; n++) expect(bits, 'activation bits').toContain(n);
    expect(NETWORKS.some((network) => network.nodes.at(-1)!.kind === 'conv')).toBe(true);
  });

  it('have groups, dilation and concatenations where asked for', () => {
    const nodes = Array.from({ length: 60 }, (_, seed) => randomNetwork(seed, { spread: true })).flatMap(
      (network) => network.nodes,
    );
    const convs = nodes.filter((node) => node.kind === 'conv');
    const isDepthwise = ({ groups, inputTensor }: (typeof convs)[number]): boolean =>
      groups > 1 && groups === inputTensor.shape.channels;
    expect(convs.some(isDepthwise)).toBe(true);
    expect(convs.some((node) => isDepthwise(node) && node.outChannels > node.groups)).toBe(true);
    expect(convs.some((node) => node.groups > 1 && !isDepthwise(node))).toBe(true);
    expect(convs.some(({ dilation }) => dilation[0] !== dilation[1])).toBe(true);
    expect(convs.some(({ dilation, groups }) => groups > 1 && dilation[0] > 1)).toBe(true);
    const lengths = new Set(nodes.flatMap((node) => (node.kind === 'concat' ? [node.inputs.length] : [])));
    for (const n of [2, 3, 4]) expect(lengths, 'inputs of a concatenation').toContain(n);
    expect(NODES.some((node) => node.kind === 'concat' || (node.kind === 'conv' && node.groups > 1))).toBe(false);
  });

  it('stay small', () => {
    for (const network of NETWORKS) {
      const work = network.nodes
        .filter(isWeighted)
        .reduce((sum, node) => sum + node.windowSize * elementCount(node.outputTensor.shape), 0);
      expect(work, describeNetwork(network)).toBeLessThanOrEqual(210_000);
    }
  });

  it('give outputs that spread over their formats', () => {
    let layers = 0;
    let varied = 0;
    let differing = 0;
    for (const [seed, network] of NETWORKS.entries()) {
      const traces = randomImages(network, 2, seed).map((image) => referenceTrace(network, image));
      const [first, second] = traces.map((streams) => streams.at(-1)!.join());
      if (first !== second) differing++;
      for (const [index, node] of network.nodes.entries()) {
        const stream = traces.flatMap((streams) => Array.from(streams[index + 1]!));
        if (!isWeighted(node) || node.requantiser.output === null || stream.length < 16) continue;
        layers++;
        const { low, high } = formatRange(node.outputTensor.format);
        const inside = stream.filter((y) => y > low && y < high).length;
        const ends = stream.some((y) => y === low) && stream.some((y) => y === high);
        if (high - low === 1 ? ends : inside >= stream.length / 5) varied++;
      }
    }
    expect(differing).toBeGreaterThan(0.95 * NETWORKS.length);
    expect(layers).toBeGreaterThan(100);
    expect(varied).toBeGreaterThan(0.6 * layers);
  });
});
