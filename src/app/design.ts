/** The design of a network, from what a user asks for, and what becomes of its folder. */
import { join } from 'node:path';
import { temporaryFolder } from '../base/cleanup.js';
import type { IntNetwork } from '../fixed/types.js';
import { makeDesign, type Design } from '../rtl/design.js';
import { writeDesign } from '../rtl/write-design.js';
import type { Manifest, RtlFiles } from '../rtl/types.js';
import { weightSources } from '../rtl/weight-sources.js';
import type { DepthCap } from '../xor/hardware-circuit.js';
import { foldChoice } from './fold.js';
import type { FoldOptions } from './fold.js';
import type { LoweringOptions } from './inputs.js';

export interface GenerationOptions extends FoldOptions {
  readonly xorDepth: DepthCap;
  readonly xorIterations: number;
  readonly xorSeed: number;
  readonly axiLite?: boolean;
  /** Begins the names of modules and memory files. */
  readonly prefix?: string;
}

/** The design that the user asks for. */
export function designOf(network: IntNetwork, options: GenerationOptions & LoweringOptions): Design {
  const { xorSeed: seed, xorIterations: iterations, xorDepth: depth, axiLite = false, prefix } = options;
  const weights = options.weights === undefined ? {} : weightSources(network, options.weights);
  return makeDesign(network, {
    ...foldChoice(options),
    weights,
    axiLite,
    ...(prefix === undefined ? {} : { prefix }),
    xor: { seed, iterations, depth },
  });
}

/**
 * The same where the fold does not say otherwise without tables of lanes, and with words that are shifted out: for parts that
 * have no distributed RAM and LUTs of four inputs.
 */
export function forSmallLuts(design: Design): Design {
  const layers = Object.entries(design.fold).map(
    ([name, own]) => [name, { tableLanes: 0, decryptor: 'shift', ...own }] as const,
  );
  return makeDesign(design.network, { ...design, fold: Object.fromEntries(layers) });
}

/** A design on disk. One of the two ends its use; an interrupt before that discards it. */
export interface WrittenDesign {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Removes the folder, unless the user asked to keep it. */
  discard(): void;
  /** Leaves the folder, because a run failed that needs it. */
  retain(): void;
}

/** Writes a design to the folder that the user wants to keep, or to a temporary one. */
export function place(design: RtlFiles, keep: string | undefined): WrittenDesign {
  const { manifest } = design;
  if (keep !== undefined) {
    writeDesign(design, keep);
    return { folder: keep, manifest, discard: () => undefined, retain: () => undefined };
  }
  const temporary = temporaryFolder('flexor');
  const folder = join(temporary.path, 'design');
  writeDesign(design, folder);
  return { folder, manifest, discard: temporary.remove, retain: temporary.keep };
}
