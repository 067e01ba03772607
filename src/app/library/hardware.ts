/** Hardware for programs that use the library: generate a design, co-simulate it, measure its area. */
import { availableParallelism } from 'node:os';
import { cosimulate as cosimulateFolder } from '../../cosim/cosimulate.js';
import { cosimulateIcarus } from '../../cosim/icarus.js';
import type { CosimOptions, CosimResult } from '../../cosim/types.js';
import type { AreaReport, AreaTarget } from '../../report/area/types.js';
import type { Design } from '../../rtl/design.js';
import { generateRtl, type GeneratedDesign } from '../../rtl/generate.js';
import type { YosysEngine } from '../../toolchain/yosys.js';
import { place } from '../design.js';
import { packaged, type PackageOptions } from '../package.js';
import { silent, type StartProgress } from '../progress.js';
import { libraryFor, measureDesign } from '../synthesis.js';

/**
 * The files of a design: Verilog-2005, memory files, file list and manifest, in memory.
 *
 * @param around - What is put around them: testbench with vectors, scripts for synthesis, diagram, README; null: nothing.
 * @returns `files` maps paths to texts; they depend on the design alone, so two generations are equal byte for byte.
 */
export function generate(design: Design, around: PackageOptions | null = null): GeneratedDesign {
  const generated = generateRtl(design);
  return around === null ? generated : packaged(generated, around);
}

/** How a co-simulation runs; what is left out is 0 % stalls, seed 1, logits and classes only, Verilator. */
export interface CosimulateOptions extends Partial<Omit<CosimOptions, 'folder' | 'design' | 'images' | 'trace'>> {
  readonly simulator?: 'verilator' | 'icarus';
}

/**
 * Runs images through the Verilog of a design and compares every value with the integer network, and without stalls every
 * cycle with the prediction.
 *
 * @param images - One array an image, height × width × channels (NHWC), within the input format.
 * @returns A difference is no error: `passed` is false, `failure` names the layer in one line, and `keptFolder` has the run.
 * @throws FlexorError of code `tool` where Verilator and a C++ compiler, or Icarus, are missing.
 */
export async function cosimulate(
  generated: GeneratedDesign,
  images: readonly Int32Array[],
  { simulator = 'verilator', ...options }: CosimulateOptions = {},
): Promise<CosimResult> {
  const written = place(generated, undefined);
  const run = { stalls: 0, seed: 1, layers: false, ...options };
  const { folder } = written;
  const { design } = generated;
  const result = await (simulator === 'icarus' ? cosimulateIcarus : cosimulateFolder)({
    folder,
    design,
    images,
    ...run,
  });
  if (result.passed) written.discard();
  else written.retain();
  return result;
}

/** How an area is measured; what is left out is target `xcup`, Yosys from npm, no plain network, 1200 s a synthesis. */
export interface MeasureOptions {
  readonly target?: AreaTarget;
  /** Also measure a plain 1-bit network with the same fold. */
  readonly plain?: boolean;
  /** Liberty file of target `asic`; hw/cells/flexor130.lib. */
  readonly liberty?: string;
  readonly yosys?: YosysEngine;
  readonly timeoutSeconds?: number;
  /** Syntheses at once; one for each core. */
  readonly jobs?: number;
  /** Folder of cached results; FLEXOR_CACHE, else build/cache. */
  readonly cache?: string;
  readonly progress?: StartProgress;
}

/**
 * LUTs, flip-flops, memories or gates of a design, layer by layer, by Yosys.
 *
 * @throws FlexorError of code `tool` where Yosys is missing or fails.
 */
export function measureArea(generated: GeneratedDesign, options: MeasureOptions = {}): Promise<AreaReport> {
  const { target = 'xcup', plain = false, liberty, yosys = 'npm', timeoutSeconds = 1200, cache } = options;
  const { jobs = availableParallelism(), progress = silent } = options;
  const library = libraryFor([target], liberty);
  const synthesis = { yosys, timeout: timeoutSeconds, jobs, ...(cache === undefined ? {} : { cache }) };
  return measureDesign(generated, { target, library, plain }, synthesis, progress);
}
