/** Every file of a written design against the model: what it stores, its XOR circuits, its other Verilog. */
import type { IntWeightedNode } from '../../fixed/types.js';
import type { GeneratedDesign } from '../../rtl/generate.js';
import type { WeightedPlan } from '../../rtl/layers/types.js';
import type { Manifest } from '../../rtl/types.js';
import { xorMatrix } from '../../xor/matrix.js';
import type { XorMatrix } from '../../xor/types.js';
import { checkCircuits, moduleFile } from './circuits.js';
import { loadedFiles, packetFault } from './packet.js';
import { checkSources } from './sources.js';
import { checkStored } from './stored.js';
import type { Verification } from './types.js';

/** A plane of a layer: encrypted bits in stored order, one 0/1 an element, and M⊕. */
export interface StoredPlane {
  readonly encrypted: Uint8Array;
  readonly matrix: XorMatrix;
}

/** Planes as an integer network has them. */
export function networkPlanes({ planes }: IntWeightedNode): StoredPlane[] {
  return planes.map(({ nIn, nOut, matrix, encrypted }) => ({ encrypted, matrix: xorMatrix(nIn, nOut, matrix) }));
}

export type FileChecks = Pick<Verification, 'stored' | 'circuits' | 'sources'>;

/** Checks all files of a design. `read` gives a file of its folder, `planesOf` what the model holds for a layer. */
export function checkFiles(
  generated: GeneratedDesign,
  written: Manifest,
  read: (path: string) => string,
  planesOf: (layer: string) => readonly StoredPlane[],
): FileChecks {
  const { design, manifest } = generated;
  const layers = design.plan.layers.filter((layer): layer is WeightedPlan => layer.kind === 'weighted');
  const modules = new Map(manifest.layers.map(({ name, module }) => [name, module]));
  const verilogOf = ({ node }: WeightedPlan): string => read(moduleFile(modules.get(node.name)!));
  const stored = layers.map((layer) => {
    const { name } = layer.node;
    const stream = manifest.weightStreams?.find((each) => each.layer === name)?.file ?? null;
    const slices = planesOf(name).map(({ encrypted }) => encrypted);
    return checkStored(layer, slices, { read, verilog: verilogOf(layer), stream });
  });
  const circuits = checkCircuits(design, (layer) => planesOf(layer).map(({ matrix }) => matrix), read);
  const sources = checkSources(generated, written, read);
  if (manifest.load === undefined) return { stored, circuits, sources };
  const { file, banks } = manifest.load;
  const fault = packetFault(read(file), file, loadedFiles(layers, verilogOf).map(read), banks);
  return { stored, circuits, sources: [...sources, { file, kind: 'other', fault }] };
}
