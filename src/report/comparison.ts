/**
 * One table of three evaluations of a model: float software, integer simulator, RTL. Accuracy side by side, values that
 * differ, cycles predicted and measured. The field names are those of `flexor compare --json`.
 */
import type { CosimResult } from '../cosim/types.js';
import { accuracyOf } from './accuracy.js';

/** A software evaluation; `accuracyOnRtlImages` covers the images that the RTL saw, so that the columns compare. */
export interface SoftwareFigures {
  /** Null without labels. */
  readonly accuracy: number | null;
  readonly accuracyOnRtlImages: number | null;
}

/** One run of the RTL. */
export interface RtlFigures {
  readonly passed: boolean;
  /** One line that names the layer, null where all is well. */
  readonly failure: string | null;
  readonly images: number;
  /** Images with any output that differs from the simulator's. */
  readonly mismatches: number;
  readonly accuracy: number | null;
  readonly latencyCycles: number | null;
  readonly cyclesPerFrame: number | null;
  readonly bottleneckUtilisation: number | null;
}

/** What a run without stalls adds, and beside it the run with stalls. */
export interface RtlComparison extends RtlFigures {
  readonly predictedLatencyCycles: number;
  readonly predictedCyclesPerFrame: number;
  /** The unit with the most static cycles a frame. */
  readonly busiest: { readonly unit: string; readonly cycles: number };
  readonly stalled: (RtlFigures & { readonly stalls: number; readonly seed: number }) | null;
}

export interface Comparison {
  /** Images of the software figures. */
  readonly images: number;
  readonly float: SoftwareFigures;
  readonly fixed: SoftwareFigures;
  /** Images to which float and integer network give the same class. */
  readonly agreeing: number;
  readonly rtl: RtlComparison | null;
}

/** Results of co-simulation, the first images of the same list. */
export interface RtlRuns {
  readonly free: CosimResult;
  readonly stalled: { readonly result: CosimResult; readonly stalls: number; readonly seed: number } | null;
  readonly busiest: { readonly unit: string; readonly cycles: number };
}

/** Puts the classes of all evaluations side by side. */
export function compareEvaluations(
  labels: ArrayLike<number> | null,
  float: ArrayLike<number>,
  fixed: ArrayLike<number>,
  runs: RtlRuns | null,
): Comparison {
  const rtlImages = runs?.free.images ?? 0;
  const software = (classes: ArrayLike<number>): SoftwareFigures => ({
    accuracy: accuracyOf(classes, labels),
    accuracyOnRtlImages: runs === null ? null : accuracyOf(classes, labels, rtlImages),
  });
  let agreeing = 0;
  for (let i = 0; i < float.length; i++) if (float[i] === fixed[i]) agreeing++;
  return {
    images: float.length,
    float: software(float),
    fixed: software(fixed),
    agreeing,
    rtl: runs === null ? null : compareRtl(labels, runs),
  };
}

function compareRtl(labels: ArrayLike<number> | null, { free, stalled, busiest }: RtlRuns): RtlComparison {
  return {
    ...rtlFigures(free, labels),
    predictedLatencyCycles: free.predictedLatencyCycles,
    predictedCyclesPerFrame: free.predictedCyclesPerFrame,
    busiest,
    stalled:
      stalled === null ? null : { ...rtlFigures(stalled.result, labels), stalls: stalled.stalls, seed: stalled.seed },
  };
}

function rtlFigures(result: CosimResult, labels: ArrayLike<number> | null): RtlFigures {
  const { passed, failure, images, mismatches, latencyCycles, cyclesPerFrame, bottleneckUtilisation } = result;
  const right = result.frames.filter((frame, i) => result.classes[i] === labels?.[frame]).length;
  // A frame that never came out is a wrong answer, not a missing one.
  const accuracy = labels !== null && images > 0 ? right / images : null;
  return { passed, failure, images, mismatches, accuracy, latencyCycles, cyclesPerFrame, bottleneckUtilisation };
}
