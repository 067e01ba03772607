/** What the stored bits look like: every M⊕ once with its gate network, and how the bits of every plane are spread. */
import { countOnes, unpackBits } from '../../base/bits.js';
import type { CodePlane, FlexorModel } from '../../model/types.js';
import type { IntNetwork, IntPlane } from '../../fixed/types.js';
import { weightedNodes } from '../../rtl/lanes.js';
import { hardwareCircuit } from '../../xor/hardware-circuit.js';
import type { CircuitOptions } from '../../xor/hardware-circuit.js';
import { matrixRows } from '../../xor/matrix-file.js';
import { naiveGateCount } from '../../xor/circuit.js';
import { xorAlgebra } from '../../xor/properties.js';
import type { MatrixFigures, PlaneFigures } from './types.js';

interface NamedPlane {
  readonly name: string;
  readonly plane: CodePlane;
  readonly integer: IntPlane;
}

function namedPlanes(model: FlexorModel, network: IntNetwork): NamedPlane[] {
  const planes = new Map(weightedNodes(network).map((node) => [node.name, node.planes]));
  return model.nodes.flatMap((node) => {
    if (!('weights' in node) || node.weights.encoding !== 'xor') return [];
    const all = node.weights.planes;
    return all.map((plane, i) => ({
      name: all.length === 1 ? node.name : `${node.name}, plane ${i}`,
      plane,
      integer: planes.get(node.name)![i]!,
    }));
  });
}

/** Every different M⊕, minimised as the generator minimised it. */
export function matrixFigures(model: FlexorModel, network: IntNetwork, options: CircuitOptions): MatrixFigures[] {
  const found = new Map<string, { matrix: CodePlane['matrix']; planes: string[] }>();
  for (const { name, plane } of namedPlanes(model, network)) {
    const key = matrixRows(plane.matrix).join(' ');
    const entry = found.get(key) ?? { matrix: plane.matrix, planes: [] };
    entry.planes.push(name);
    found.set(key, entry);
  }
  return [...found.values()].map(({ matrix, planes }) => {
    const { gates, outputs, depth } = hardwareCircuit(matrix, options);
    const { nIn, nOut } = matrix;
    const naiveGates = naiveGateCount(matrix);
    return {
      ...{ planes, nIn, nOut, rows: matrixRows(matrix), properties: xorAlgebra(matrix), naiveGates },
      ...{ gates, outputs, depth },
    };
  });
}

export function planeFigures(model: FlexorModel, network: IntNetwork): PlaneFigures[] {
  return namedPlanes(model, network).map(({ name, plane, integer }) => {
    const { nIn } = plane.matrix;
    const encryptedBits = integer.encrypted.length;
    const slices = encryptedBits / nIn;
    return {
      name,
      encryptedBits,
      encryptedOnes: countOnes(plane.encrypted),
      weightBits: integer.codes.length,
      weightOnes: integer.codes.reduce((sum, bit) => sum + bit, 0),
      onesPerSlice: onesPerSlice(unpackBits(plane.encrypted, encryptedBits), nIn),
      fairOnesPerSlice: binomial(nIn).map((chance) => slices * chance),
      histogram: plane.encryptedHistogram,
    };
  });
}

function onesPerSlice(bits: Uint8Array, nIn: number): number[] {
  const counts = new Array<number>(nIn + 1).fill(0);
  for (let at = 0; at < bits.length; at += nIn) {
    let ones = 0;
    for (let i = at; i < at + nIn; i++) ones += bits[i]!;
    counts[ones]!++;
  }
  return counts;
}

/** Chances of 0 to n ones in n tosses of a fair coin; logarithms, because 2^−512 times a large number is in between. */
function binomial(n: number): number[] {
  let logChance = -n * Math.LN2;
  return Array.from({ length: n + 1 }, (_, k) => {
    if (k > 0) logChance += Math.log((n - k + 1) / k);
    return Math.exp(logChance);
  });
}
