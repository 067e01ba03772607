/** Options of every command that generates hardware: fold, XOR networks, and what becomes of the design's folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { removeOnInterrupt } from '../base/cleanup.js';
import { FlexorError, oneLine } from '../base/errors.js';
import { readFile } from '../base/files.js';
import { DEFAULT_BITS } from '../fixed/lower.js';
import type { IntNetwork } from '../fixed/types.js';
import { generateRtl, writeDesign } from '../rtl/generate.js';
import { cyclesForTarget, foldForCycles } from '../rtl/solve/choose.js';
import type { Fold, Manifest, RtlDesign } from '../rtl/types.js';
import { DEFAULT_NETWORK } from '../xor/hardware-network.js';
import type { DepthCap } from '../xor/hardware-network.js';
import type { LoweringOptions } from './inputs.js';
import { integer, real, wordOr } from './options.js';

export interface GenerationOptions {
  readonly fold?: string;
  readonly targetFps?: number;
  readonly clockMhz?: number;
  readonly xorDepth: DepthCap;
  readonly xorIterations: number;
  readonly xorSeed: number;
  readonly axiLite?: boolean;
}

/** Adds --fold, --target-fps, --clock-mhz, --axi-lite, --xor-depth, --xor-iterations and --xor-seed. */
export function addGenerationOptions(command: Command): Command {
  const { seed, iterations, depth } = DEFAULT_NETWORK;
  return command
    .option('--fold <file>', 'JSON file with {"layer": {"pe": n, "simd": n}}; layers it leaves out get the default')
    .option('--target-fps <n>', 'choose the cheapest fold that reaches so many frames a second', real(1e-3))
    .option('--clock-mhz <n>', 'clock for --target-fps (default: 100)', real(1e-3))
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

const foldSchema = z.record(z.string(), z.strictObject({ pe: z.int().positive(), simd: z.int().positive() }));

/** The fold that the user asks for; null for the default. */
export function chosenFold(
  network: IntNetwork,
  options: Pick<GenerationOptions, 'fold' | 'targetFps' | 'clockMhz'>,
): Fold | null {
  const { fold, targetFps, clockMhz } = options;
  if (fold !== undefined && targetFps !== undefined) {
    throw new FlexorError('usage', '--fold and --target-fps both choose the fold; give one of them');
  }
  if (clockMhz !== undefined && targetFps === undefined) {
    throw new FlexorError('usage', '--clock-mhz only says what --target-fps means; give both');
  }
  if (targetFps !== undefined) return foldForCycles(network, cyclesForTarget(targetFps, clockMhz ?? 100));
  return fold === undefined ? null : readFold(fold);
}

/** Reads a fold file. */
export function readFold(path: string): Fold {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(readFile(path)));
  } catch (error) {
    if (error instanceof FlexorError) throw error;
    throw new FlexorError('fold', `${path}: must be JSON: ${oneLine(error)}`);
  }
  const parsed = foldSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const field = issue.path.length === 0 ? 'the file' : issue.path.join('.');
  throw new FlexorError('fold', `${path}: ${field} must be like {"conv1": {"pe": 8, "simd": 5}}: ${issue.message}`);
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
