/** A model without stored bits that cannot matter: M⊕ of every plane on as many bits as its rank (xor/compact.ts). */
import { packBits, unpackBits } from '../base/bits.js';
import { inputsOf } from '../graph/order.js';
import { windowSize } from '../graph/shapes.js';
import { compactBits, compactMatrix, type Compaction, rankOf } from '../xor/compact.js';
import { sliceCount } from '../xor/matrix.js';
import type { XorMatrix } from '../xor/types.js';
import { modelShapes } from './shapes.js';
import type { BinaryCodes, FlexorModel } from './types.js';

/** The same network, the same decrypted bits; a model without such bits comes back as it is. */
export function compactModel(model: FlexorModel): FlexorModel {
  const shapes = modelShapes(model);
  const known = new Map<XorMatrix, Map<number, Compaction>>();
  let changed = false;
  const nodes = model.nodes.map((node) => {
    if (!('weights' in node) || node.weights.encoding !== 'xor') return node;
    const weights = windowSize(node, shapes.get(inputsOf(node)[0]!)!) * node.outChannels;
    const compacted = compactCodes(node.weights, weights, known);
    changed ||= compacted !== node.weights;
    return { ...node, weights: compacted };
  });
  return changed ? { ...model, nodes } : model;
}

/** Planes of a layer share N_in: the largest of their ranks. */
function compactCodes(
  codes: BinaryCodes,
  weights: number,
  known: Map<XorMatrix, Map<number, Compaction>>,
): BinaryCodes {
  const nIn = codes.planes[0]!.matrix.nIn;
  const inputs = Math.max(...codes.planes.map(({ matrix }) => rankOf(matrix)));
  if (inputs === nIn) return codes;
  const planes = codes.planes.map((plane) => {
    const { matrix, encrypted } = plane;
    const compaction = compactionOf(matrix, inputs, known);
    const bits = unpackBits(encrypted, sliceCount(weights, matrix) * nIn);
    return {
      ...plane,
      matrix: compaction.matrix,
      encrypted: packBits(compactBits(bits, matrix, compaction, weights)),
    };
  });
  return { ...codes, nominalNIn: codes.nominalNIn ?? nIn, planes };
}

/** One M⊕ that layers share stays one. */
function compactionOf(matrix: XorMatrix, inputs: number, known: Map<XorMatrix, Map<number, Compaction>>): Compaction {
  const ofMatrix = known.get(matrix) ?? new Map<number, Compaction>();
  known.set(matrix, ofMatrix);
  const compaction = ofMatrix.get(inputs) ?? compactMatrix(matrix, inputs);
  ofMatrix.set(inputs, compaction);
  return compaction;
}
