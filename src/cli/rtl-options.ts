/** Options of every command that generates hardware: fold, XOR circuits, and what becomes of the design's folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { removeOnInterrupt } from '../base/cleanup.js';
import { DEFAULT_BITS } from '../fixed/lower.js';
import type { IntNetwork } from '../fixed/types.js';
import { generateRtl, writeDesign } from '../rtl/generate.js';
import type { Manifest, RtlDesign } from '../rtl/types.js';
import { DEFAULT_CIRCUIT } from '../xor/hardware-circuit.js';
import type { DepthCap } from '../xor/hardware-circuit.js';
import { addFoldOptions, chosenFold } from './fold-options.js';
import type { FoldOptions } from './fold-options.js';
import type { LoweringOptions } from './inputs.js';
import { integer, wordOr } from './options.js';

export interface GenerationOptions extends FoldOptions {
  readonly xorDepth: DepthCap;
  readonly xorIterations: number;
  readonly xorSeed: number;
  readonly axiLite?: boolean;
}

/** Adds the options of the fold, --axi-lite, --xor-depth, --xor-iterations and --xor-seed. */
export function addGenerationOptions(command: Command): Command {
  const { seed, iterations, depth } = DEFAULT_CIRCUIT;
  return addFoldOptions(command)
    .option('--axi-lite', 'add AXI4-Lite registers: identity, counters of frames and stalls, errors, reset')
    .option(
      '--xor-depth <d>',
      "most XOR gates on a path through M⊕: a number, 'shallow' (balanced trees and one more) or 'free'",
      wordOr(['shallow', 'free'] as const, integer(0, 512)),
      depth,
    )
    .option('--xor-iterations <n>', 'steps of the search for few XOR gates', integer(0, 100_000_000), iterations)
    .option('--xor-seed <n>', 'seed of that search', integer(0, 4_294_967_295), seed);
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
  const temporary = mkdtempSync(join(tmpdir(), 'flexor-'));
  const retain = removeOnInterrupt(temporary);
  const discard = (): void => {
    rmSync(temporary, { recursive: true, force: true });
    retain();
  };
  const folder = join(temporary, 'design');
  writeDesign(design, folder);
  return { folder, manifest, discard, retain };
}
