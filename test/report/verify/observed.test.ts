/** Observed bits against their definition: each bit flipped in turn, the layer evaluated by the reference. */
import { expect, test } from 'vitest';
import { isWeighted } from '../../../src/graph/order.js';
import { inputsOf } from '../../../src/graph/order.js';
import { createObserver } from '../../../src/report/verify/observed.js';
import { evaluateNode, referenceTrace } from '../../../src/simulate/reference.js';
import { decrypt, xorMatrix } from '../../../src/xor/matrix.js';
import { randomImages, randomNetwork } from '../../support/random-network.js';

test.each(Array.from({ length: 12 }, (_, i) => 40 + i))('random network %i', (seed) => {
  const network = randomNetwork(seed, { maxLayers: 4, maxSide: 5, maxWork: 4000, spread: seed % 2 === 0 });
  const [image] = randomImages(network, 1, seed);
  const observed = createObserver(network).observe(image!);
  const streams = referenceTrace(network, image!);
  const names = ['input', ...network.nodes.map(({ name }) => name)];
  for (const node of network.nodes.filter(isWeighted)) {
    const inputs = inputsOf(node).map((name) => streams[names.indexOf(name)]!);
    const right = evaluateNode(node, inputs).join();
    node.planes.forEach((plane, q) => {
      const { nIn, nOut, matrix, codes } = plane;
      // Every bit of small planes, else every few.
      const step = Math.ceil(plane.encrypted.length / 60);
      for (let at = 0; at < plane.encrypted.length; at += step) {
        const encrypted = plane.encrypted.map((bit, i) => (i === at ? 1 - bit : bit));
        const flipped = { ...plane, encrypted, codes: decrypt(encrypted, xorMatrix(nIn, nOut, matrix), codes.length) };
        const planes = node.planes.map((each) => (each === plane ? flipped : each));
        const differs = evaluateNode({ ...node, planes }, inputs).join() !== right;
        expect(observed.get(node.name)!.encrypted[q]![at], `${node.name}, plane ${q}, bit ${at}`).toBe(Number(differs));
      }
    });
  }
});
