/**
 * The end of a network: its last node must be a layer with weights, whose sums are the logits. An affine map behind it
 * becomes part of it (rounded to float32: logits are compared with each other, not with a step), a quantiser is left out.
 */
import { FlexorError } from '../../base/errors.js';
import type { BatchNorm } from '../../model/types.js';
import type { Builder } from './builder.js';
import { batchNormOf, hasAffine } from './draft.js';
import type { Draft } from './draft.js';

/** Name of the node that gives the logits. */
export function finishLogits(builder: Builder, output: string, notes: string[]): string {
  const source = builder.sources.get(output)!;
  let draft = builder.drafts.get(source.node);
  if (draft === undefined) throw noLayer(builder, 'the input itself is the output');
  if (draft.quantiser !== null) {
    notes.push(`the quantiser of the output is left out: the logits are ${draft.name}'s exact sums`);
    draft.quantiser = null;
  }
  if (draft.kind === 'activation') draft = mergeInto(builder, draft);
  if (draft.kind !== 'conv' && draft.kind !== 'dense') throw noLayer(builder, `it ends in a ${draft.kind} node`);
  if (draft.clamp.some((limit) => limit !== null)) throw noLayer(builder, 'it ends in a ReLU or clamp');
  draft.tensor = output;
  return draft.name;
}

function noLayer({ where }: Builder, reason: string): FlexorError {
  return new FlexorError(
    'unsupported',
    `${where}: the output must come from a dense layer or convolution (softmax, argmax or top-k may follow), but ${reason}`,
  );
}

/** The layer in front of an activation, with the activation's affine map. */
function mergeInto(builder: Builder, last: Draft): Draft {
  const node = last.make({
    bias: null,
    batchNorm: null,
    clamp: [null, null],
    quantiser: null,
    range: { min: 0, max: 0 },
  });
  const before = 'input' in node ? builder.drafts.get(node.input) : undefined;
  const free = before !== undefined && before.quantiser === null && before.clamp.every((limit) => limit === null);
  if (!free || (before.kind !== 'conv' && before.kind !== 'dense')) throw noLayer(builder, 'it ends in an activation');
  if (last.clamp.some((limit) => limit !== null)) throw noLayer(builder, 'it ends in a ReLU or clamp');
  const second = batchNormOf(last);
  if (second !== null) {
    const merged = hasAffine(before) ? composed(batchNormOf(before)!, second) : second;
    const { gamma, beta, mean, variance, epsilon } = merged;
    before.affine = { mean, root: { variance, epsilon }, gamma, beta };
  }
  builder.drafts.delete(last.name);
  for (const [tensor, source] of builder.sources) {
    if (source.node === last.name) builder.sources.set(tensor, { ...source, node: before.name });
  }
  return before;
}

/** Both maps as one. */
function composed(first: BatchNorm, second: BatchNorm): BatchNorm {
  const gain = (bn: BatchNorm, c: number): number => bn.gamma[c]! / Math.sqrt(bn.variance[c]! + bn.epsilon);
  const offset = (bn: BatchNorm, c: number): number => bn.beta[c]! - bn.mean[c]! * gain(bn, c);
  const gains = first.gamma.map((_, c) => gain(first, c) * gain(second, c));
  return {
    gamma: gains,
    beta: gains.map((_, c) => offset(first, c) * gain(second, c) + offset(second, c)),
    mean: new Float32Array(gains.length),
    variance: new Float32Array(gains.length).fill(1),
    epsilon: 0,
  };
}
