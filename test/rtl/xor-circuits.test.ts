/** XOR circuits of a design: each computes its M⊕, also when read back from the Verilog that is generated for it. */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import type { IntNetwork, IntPlane } from '../../src/fixed/types.js';
import { template } from '../../src/base/template.js';
import { weightedNodes } from '../../src/rtl/lanes.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { concatBits } from '../../src/rtl/text.js';
import { xorCircuits } from '../../src/rtl/xor-circuits.js';
import { planeModules, xorModules, xorText, xorView } from '../../src/rtl/xor-modules.js';
import { balancedDepth, DEFAULT_CIRCUIT, hardwareCircuit } from '../../src/xor/hardware-circuit.js';
import { randomMatrix, tapMatrix } from '../../src/xor/matrix.js';
import { randomNetwork } from '../support/random-network.js';

const BUDGET = { ...DEFAULT_CIRCUIT, iterations: 200 };

/** The row of M⊕ that each output of a generated module computes, from its assignments alone. */
function rowsOf(text: string, nIn: number): Uint8Array {
  const signals = new Map<string, Uint8Array>();
  for (let i = 0; i < nIn; i++)
    signals.set(
      `x_i[${i}]`,
      Uint8Array.from({ length: nIn }, (_, k) => (k === i ? 1 : 0)),
    );
  const sum = (expression: string): Uint8Array => {
    const total = new Uint8Array(nIn);
    for (const name of expression.replace(/[()\s]/g, '').split('^'))
      signals.get(name)!.forEach((bit, i) => (total[i]! ^= bit));
    return total;
  };
  const rows: Uint8Array[] = [];
  for (const [, left, right] of text.matchAll(/^ {2}(?:wire|assign) (\S+) = ([^;]*);$/gm)) {
    if (left === 'unused_x') continue;
    if (left!.startsWith('y_o')) rows.push(sum(right!));
    else signals.set(left!, sum(right!));
  }
  return concatBits(...rows);
}

/** The network with other planes in its first weighted node. */
function withPlanes(network: IntNetwork, change: (planes: readonly IntPlane[]) => readonly IntPlane[]): IntNetwork {
  const first = weightedNodes(network)[0]!;
  const nodes = network.nodes.map((node) => (node === first ? { ...first, planes: change(first.planes) } : node));
  return { ...network, nodes };
}

test('every plane gets a module that computes its M⊕; distinct ones get distinct modules, in the order of the layers', () => {
  for (let seed = 0; seed < 25; seed++) {
    const network = randomNetwork(seed);
    const circuits = xorCircuits(network, BUDGET);
    const modules = xorModules(circuits, 'net');
    expect(new Set(modules.map(({ module }) => module)).size).toBe(modules.length);
    for (const { name, planes } of weightedNodes(network)) {
      planeModules(modules, circuits.get(name)!).forEach((module, q) => {
        const { nIn, nOut, matrix } = planes[q]!;
        expect(module).toMatch(new RegExp(`^net_xor_${nIn}_${nOut}(_\\d+)?$`));
        const text = template(
          'xor.v',
          'verilog',
        )(
          xorView(
            modules.find((each) => each.module === module)!,
            '',
          ),
        );
        expect(rowsOf(text, nIn)).toEqual(matrix);
      });
    }
  }
});

test('gates that several signals read have wires of their own, and long sums too', () => {
  // A chain of all 20 inputs, of which the first half is an output as well.
  const gates = Array.from({ length: 19 }, (_, g) => [g === 0 ? 0 : 19 + g, g + 1] as const);
  const text = xorText({ nIn: 20, gates, outputs: [38, 28] });
  expect(text.wires.length).toBeGreaterThan(2);
  for (const { value } of [...text.wires, ...text.outputs]) expect(value.split('^').length).toBeLessThanOrEqual(6);
  expect(xorText({ nIn: 3, gates: [[0, 2]], outputs: [3] })).toEqual({
    wires: [{ name: 'unused_x', value: '^{x_i[1]}' }],
    outputs: [{ index: 0, value: 'x_i[0] ^ x_i[2]' }],
  });
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
  const networks = xorCircuits(network, BUDGET);
  for (const { name, weighted } of manifest.layers) {
    if (weighted === null) continue;
    const expected = networks.get(name)!.map(({ gates, naiveGateCount, depth }) => ({
      gates: gates.length,
      naiveGates: naiveGateCount,
      depth,
    }));
    expect(weighted.planes).toMatchObject(expected);
  }
  expect(generateRtl(makeDesign(network)).manifest.options.xor).toEqual(DEFAULT_CIRCUIT);
});
