/** A model file without stored bits that cannot matter. */
import { invariant } from '../base/errors.js';
import { prepareOutput } from '../base/output.js';
import { shippedFile } from '../base/places.js';
import { compactModel } from '../model/compact.js';
import { planeCodes } from '../model/evaluate-node.js';
import { layerInventory } from '../model/inventory.js';
import { loadModel } from '../model/read.js';
import type { FlexorModel, ModelNode } from '../model/types.js';
import { saveModel } from '../model/write.js';
import { hardwareCircuit } from '../xor/hardware-circuit.js';

/** A layer with codes, before and after. */
export interface CompactedLayer {
  readonly name: string;
  readonly nOut: number;
  readonly nIn: readonly [before: number, after: number];
  readonly storedBits: readonly [before: number, after: number];
  /** Two-input XORs of the circuits of all planes. */
  readonly gates: readonly [before: number, after: number];
}

export interface CompactResult {
  readonly file: string;
  readonly layers: readonly CompactedLayer[];
  readonly storedBits: readonly [before: number, after: number];
  readonly bitsPerWeight: readonly [before: number, after: number];
}

/** Compacts the model of a file into another file. Every decrypted bit is compared before it is written. */
export function compactFile(path: string, output: string): CompactResult {
  prepareOutput(output);
  const { model } = loadModel(shippedFile(path));
  const compacted = compactModel(model);
  const layers = compareLayers(model, compacted);
  saveModel(output, compacted);
  const weights = layers.reduce((sum, layer) => sum + layer.weights, 0);
  const storedBits = both((side) => layers.reduce((sum, layer) => sum + layer.storedBits[side], 0));
  return {
    file: output,
    layers: layers.map(({ name, nOut, nIn, storedBits, gates }) => ({ name, nOut, nIn, storedBits, gates })),
    storedBits,
    bitsPerWeight: [storedBits[0] / weights, storedBits[1] / weights],
  };
}

function both(value: (side: 0 | 1) => number): readonly [number, number] {
  return [value(0), value(1)];
}

function compareLayers(model: FlexorModel, compacted: FlexorModel): (CompactedLayer & { readonly weights: number })[] {
  const sides = [layerInventory(model), layerInventory(compacted)] as const;
  return model.nodes.flatMap((node, i) => {
    const entries = [sides[0][i]!.weighted, sides[1][i]!.weighted] as const;
    if (!entries[0]?.codes || !entries[1]?.codes) return [];
    const codes = [entries[0].codes, entries[1].codes] as const;
    const nodes = [node, compacted.nodes[i]!] as const;
    const { weights } = entries[0];
    checkSameCodes(nodes, weights);
    return [
      {
        name: node.name,
        weights,
        nOut: codes[0].nOut,
        nIn: both((side) => codes[side].nIn),
        storedBits: both((side) => entries[side]!.encryptedBits),
        gates: both((side) => gatesOf(nodes[side])),
      },
    ];
  });
}

function planesOf(node: ModelNode) {
  return 'weights' in node && node.weights.encoding === 'xor' ? node.weights.planes : [];
}

function checkSameCodes([before, after]: readonly [ModelNode, ModelNode], weights: number): void {
  planesOf(before).forEach((plane, p) => {
    const codes = planeCodes(planesOf(after)[p]!, weights);
    const same = planeCodes(plane, weights).every((bit, f) => bit === codes[f]);
    invariant(same, `compaction changed a decrypted bit of ${before.name}`);
  });
}

function gatesOf(node: ModelNode): number {
  return planesOf(node).reduce((sum, { matrix }) => sum + hardwareCircuit(matrix).gateCount, 0);
}
