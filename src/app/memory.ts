/** The weight memories of a model's design beside those of plain 1-bit weights. */
import { memoryFigures, totalUse, type MemoryTotal } from '../report/memories/figures.js';
import { designOf, type GenerationOptions } from './design.js';
import { loadLowered, type LoweringOptions } from './inputs.js';

export interface MemoryOptions extends LoweringOptions, GenerationOptions {}

export interface ModelMemories {
  readonly model: string;
  readonly digest: string;
  readonly layers: ReturnType<typeof memoryFigures>;
  readonly total: { readonly flexor: MemoryTotal; readonly plain: MemoryTotal };
}

/** Bits, reads and block RAMs of every weighted layer and of all of them. */
export function memoriesOfModel(path: string, options: MemoryOptions): ModelMemories {
  const { model, digest, network } = loadLowered(path, options);
  const layers = memoryFigures(designOf(network, options));
  const total = {
    flexor: totalUse(layers.map(({ flexor }) => flexor)),
    plain: totalUse(layers.map(({ plain }) => plain)),
  };
  return { model: model.name, digest, layers, total };
}
