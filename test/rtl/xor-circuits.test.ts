/** XOR circuits of a design: each computes its M⊕, also when read back from the constant that the hardware gets. */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import type { IntNetwork, IntPlane } from '../../src/fixed/types.js';
import { weightedNodes } from '../../src/rtl/fold.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { commonGates, wiring, xorCircuits } from '../../src/rtl/xor-circuits.js';
import { balancedDepth, DEFAULT_CIRCUIT, hardwareCircuit } from '../../src/xor/hardware-circuit.js';
import { randomMatrix, tapMatrix, xorMatrix } from '../../src/xor/matrix.js';
import { computesMatrix } from '../../src/xor/circuit.js';
import type { XorCircuit } from '../../src/xor/circuit.js';
import { randomNetwork } from '../support/random-network.js';

const BUDGET = { ...DEFAULT_CIRCUIT, iterations: 200 };

/** A wiring as signals: outputs, then the inputs of every gate. */
function readWiring(bits: Uint8Array, nIn: number, nOut: number): XorCircuit {
  const signals = Array.from({ length: bits.length / 16 }, (_, at) =>
    bits.subarray(16 * at, 16 * at + 16).reduceRight((value, bit) => 2 * value + bit, 0),
  );
  const pairs = signals.slice(nOut);
  const gates = Array.from({ length: pairs.length / 2 }, (_, g) => [pairs[2 * g]!, pairs[2 * g + 1]!] as const);
  return { nIn, gates, outputs: signals.slice(0, nOut) };
}

/** The network with other planes in its first weighted node. */
function withPlanes(network: IntNetwork, change: (planes: readonly IntPlane[]) => readonly IntPlane[]): IntNetwork {
  const first = weightedNodes(network)[0]!;
  const nodes = network.nodes.map((node) => (node === first ? { ...first, planes: change(first.planes) } : node));
  return { ...network, nodes };
}

test('every plane gets a network of its M⊕, filled up to the gates of the largest plane', () => {
  let filled = 0;
  for (let seed = 0; seed < 25; seed++) {
    const network = randomNetwork(seed);
    const circuits = xorCircuits(network, BUDGET);
    for (const { name, planes } of weightedNodes(network)) {
      const ofLayer = circuits.get(name)!;
      const gates = commonGates(ofLayer);
      planes.forEach(({ nIn, nOut, matrix }, q) => {
        if (ofLayer[q]!.gateCount < gates) filled++;
        const read = readWiring(wiring(ofLayer[q]!, gates), nIn, nOut);
        expect(read.gates.length).toBe(gates);
        expect(computesMatrix(read, xorMatrix(nIn, nOut, matrix))).toBe(true);
      });
    }
  }
  expect(filled).toBeGreaterThan(0);
});

test('equal M⊕ share one network, whatever plane or layer they belong to', () => {
  const plain = randomNetwork(3);
  const network = withPlanes(plain, (planes) => [planes[0]!, planes[0]!]);
  const [a, b] = xorCircuits(network, BUDGET).get(weightedNodes(network)[0]!.name)!;
  expect(a).toBe(b);
});

test('the default is at most one gate deeper than balanced trees; a number caps; free does not', () => {
  for (let seed = 0; seed < 10; seed++) {
    const matrix = randomMatrix(12, 20, new Random(seed));
    const balanced = balancedDepth(matrix);
    const [least, shallow, free] = ([balanced, 'shallow', 'free'] as const).map((depth) =>
      hardwareCircuit(matrix, { ...BUDGET, iterations: 3000, depth }),
    );
    expect(least!.depth).toBeLessThanOrEqual(balanced);
    expect(shallow!.depth).toBeLessThanOrEqual(balanced + 1);
    expect(free!.depth).toBeGreaterThan(balanced + 1);
    expect(free!.gateCount).toBeLessThan(least!.gateCount);
  }
  expect(balancedDepth(tapMatrix(9, 4, 5, new Random(1)))).toBe(3);
});

test('a cap that a row cannot keep names the layer', () => {
  const network = withPlanes(randomNetwork(3), (planes) =>
    planes.map((plane) => ({ ...plane, matrix: new Uint8Array(plane.nIn * plane.nOut).fill(1) })),
  );
  const { name, planes } = weightedNodes(network)[0]!;
  expect(() => xorCircuits(network, { ...BUDGET, depth: 0 })).toThrow(
    `layer ${name}: M⊕: a row with ${planes[0]!.nIn} ones needs a depth of ${Math.ceil(Math.log2(planes[0]!.nIn))}, got a cap of 0`,
  );
});

test('the manifest says how M⊕ was minimised and what came of it', () => {
  const network = randomNetwork(7);
  const { manifest } = generateRtl(makeDesign(network, { xor: BUDGET }));
  expect(manifest.options.xor).toEqual(BUDGET);
  const circuits = xorCircuits(network, BUDGET);
  for (const { name, weighted } of manifest.layers) {
    if (weighted === null) continue;
    const expected = circuits.get(name)!.map(({ gates, naiveGateCount, depth }) => ({
      gates: gates.length,
      naiveGates: naiveGateCount,
      depth,
    }));
    expect(weighted.planes).toMatchObject(expected);
  }
  expect(generateRtl(makeDesign(network)).manifest.options.xor).toEqual(DEFAULT_CIRCUIT);
});
