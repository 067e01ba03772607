/** The design of a network, from what a user asks for, and what becomes of its folder. */
import { join } from 'node:path';
import { temporaryFolder } from '../base/cleanup.js';
import { DEFAULT_BITS } from '../fixed/lower.js';
import type { IntNetwork } from '../fixed/types.js';
import { generateRtl } from '../rtl/generate.js';
import { writeDesign } from '../rtl/write-design.js';
import type { Manifest, RtlDesign } from '../rtl/types.js';
import type { DepthCap } from '../xor/hardware-circuit.js';
import { chosenFold } from './fold.js';
import type { FoldOptions } from './fold.js';
import type { LoweringOptions } from './inputs.js';

export interface GenerationOptions extends FoldOptions {
  readonly xorDepth: DepthCap;
  readonly xorIterations: number;
  readonly xorSeed: number;
  readonly axiLite?: boolean;
}

/** Generates the design of a network in memory. */
export function generate(network: IntNetwork, options: GenerationOptions & LoweringOptions): RtlDesign {
  const { xorSeed: seed, xorIterations: iterations, xorDepth: depth } = options;
  const xor = { seed, iterations, depth };
  const axiLite = options.axiLite ?? false;
  return generateRtl(network, { fold: chosenFold(network, options), ...bitsOf(options), axiLite, xor });
}

/** What the manifest says of the bits that a network was lowered with. */
function bitsOf({ activationBits, multiplierBits, floatBits, layerBits }: LoweringOptions) {
  return {
    activationBits,
    multiplierBits,
    ...(floatBits === DEFAULT_BITS.floatBits ? {} : { floatBits }),
    ...(layerBits === undefined ? {} : { layerBits }),
  };
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
export function place(design: RtlDesign, keep: string | undefined): WrittenDesign {
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
