/**
 * What `compare` and `report` share: test images through float software, the integer simulator and the RTL (without and
 * with stalls).
 */
import { FlexorError } from '../base/errors.js';
import { cosimulate } from '../cosim/cosimulate.js';
import type { CosimResult } from '../cosim/types.js';
import { calibrate, type Calibration } from '../report/calibration.js';
import { evaluateImages } from '../report/accuracy.js';
import type { FloatBatch } from '../report/accuracy.js';
import { compareEvaluations } from '../report/comparison.js';
import type { Comparison, RtlRuns } from '../report/comparison.js';
import type { GeneratedDesign } from '../rtl/generate.js';
import { simulateImages } from '../simulate/pool.js';
import type { SimulationBatch } from '../simulate/pool.js';
import { place } from './design.js';
import type { LoweredModel, TestImages } from './inputs.js';
import { withProgress, type StartProgress } from './progress.js';

export interface EvaluationOptions {
  readonly rtlImages: number;
  readonly stalls: number;
  readonly seed: number;
  readonly workers: number;
  readonly keep?: string;
  readonly cache?: string;
}

/** What each way of running the network says of the images; `runs` is null where the RTL was left out. */
export interface Evaluations {
  readonly float: FloatBatch;
  readonly fixed: SimulationBatch;
  readonly runs: RtlRuns | null;
  readonly comparison: Comparison;
  readonly calibration: Calibration;
}

/** Runs all images in software and the first ones through the design, if there is one. */
export async function evaluateAll(
  lowered: LoweredModel,
  images: TestImages,
  generated: GeneratedDesign | null,
  options: EvaluationOptions,
  start: StartProgress,
): Promise<Evaluations> {
  const { workers } = options;
  const { model, network } = lowered;
  const float = await withProgress(start, 'float', images.count, (onProgress) =>
    evaluateImages(model, images.preprocessed, { workers, onProgress }),
  );
  const fixed = await withProgress(start, 'fixed', images.count, (onProgress) =>
    simulateImages(network, images.quantised, { workers, onProgress }),
  );
  const calibration = await withProgress(start, 'calibration', images.count, (onProgress) =>
    calibrate(lowered, images, { workers, onProgress }),
  );
  const rtlImages = images.quantised.slice(0, options.rtlImages);
  const runs = generated === null || rtlImages.length === 0 ? null : await runRtl(generated, rtlImages, options, start);
  const comparison = compareEvaluations(images.labels, float.classes, fixed.classes, runs);
  return { float, fixed, runs, comparison, calibration };
}

/** Both co-simulations. The design stays on disk where one fails. */
async function runRtl(
  generated: GeneratedDesign,
  images: readonly Int32Array[],
  options: EvaluationOptions,
  start: StartProgress,
): Promise<RtlRuns> {
  const written = place(generated, options.keep);
  const run = (stalls: number): Promise<CosimResult> => {
    const label = stalls === 0 ? 'RTL' : `RTL, ${stalls}% stalls`;
    return withProgress(start, label, images.length, (onProgress) =>
      cosimulate({
        folder: written.folder,
        design: generated.design,
        images,
        stalls,
        seed: options.seed,
        layers: false,
        ...(options.cache === undefined ? {} : { cacheDir: options.cache }),
        onProgress: (step, done) => onProgress(done, step),
      }),
    );
  };
  const free = await run(0);
  const stalled = options.stalls === 0 ? null : await run(options.stalls);
  if (free.passed && stalled?.passed !== false) written.discard();
  else written.retain();
  return {
    free,
    stalled: stalled && { result: stalled, stalls: options.stalls, seed: options.seed },
    busiest: written.manifest.prediction.busiest,
  };
}

/** Throws where a run of the RTL found a difference; figures are to be printed before. */
export function throwWhereFailed(runs: RtlRuns | null): void {
  const failed = [runs?.free, runs?.stalled?.result].find((result) => result?.passed === false);
  if (failed) throw new FlexorError('mismatch', `${failed.failure}; files of the run: ${failed.keptFolder}`);
}
