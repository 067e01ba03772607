/**
 * What a co-simulation takes and gives. Values are exact integers; cycles count from the first transfer on s_axis, which
 * is cycle 0. Streams are numbered as in the manifest: 0 is the input, n the output of node n−1.
 */
import type { IntNetwork } from '../fixed/types.js';
import type { Design } from '../rtl/design.js';
import type { FrameTiming } from '../rtl/types.js';
import type { Optimise } from '../toolchain/verilator.js';

/** What the source does wrong on purpose in one frame, to see that the next one starts clean. */
export interface FrameEvent {
  readonly frame: number;
  readonly kind: 'early-last' | 'late-last' | 'wrong-keep' | 'reset';
  /** Beat that carries the early tlast or the wrong tkeep, or before which the reset comes, or how many beats tlast comes late. */
  readonly beat: number;
}

/** Other weights that are loaded in the run, into hardware that can (rtl/load.ts). */
export interface WeightLoad {
  /** What the design computes from then on. */
  readonly network: IntNetwork;
  /** LOAD_COMMAND and the words. */
  readonly packet: Uint32Array;
  /** Transfers on s_axis after which the packet is offered; from which frame it counts, the run tells. */
  readonly afterBeats: number;
}

export interface CosimOptions {
  /** Folder of a written design (manifest.json and all generated files). */
  readonly folder: string;
  /** What was written there. */
  readonly design: Design;
  /** Quantised images, NHWC, within the input format. */
  readonly images: readonly Int32Array[];
  /** Percent of cycles in which either side of the design stalls, 0 to 95; 0 also checks the predicted cycles. */
  readonly stalls: number;
  readonly seed: number;
  /** Compare every stream, not only logits and class. A mismatch turns this on by itself to name the layer. */
  readonly layers: boolean;
  /** FST file to write; from and to are cycles since power-on. */
  readonly trace?: { readonly path: string; readonly from?: number; readonly to?: number };
  /** Default: FLEXOR_CACHE, else build/cache. */
  readonly cacheDir?: string;
  /** Default: run-time where the design is expected to run for more than a few million cycles. */
  readonly optimise?: Optimise;
  /** C++ compilers at once, default 2. */
  readonly jobs?: number;
  readonly events?: readonly FrameEvent[];
  /** In order of afterBeats; behind the last one, the weights are read back and compared. Not together with events. */
  readonly loads?: readonly WeightLoad[];
  /** Default: an hour. */
  readonly timeoutSeconds?: number;
  /** Called when a step begins, and with every finished frame. */
  readonly onProgress?: (step: 'build' | 'run', framesDone: number) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds, for the figures in the result; without it they are null. */
  readonly now?: () => number;
}

/** The first wrong value in time. A wrong class is reported with stream −1. */
export interface Mismatch {
  readonly stream: number;
  /** Node that drives the stream, or 'output' for what only the AXI4-Stream port shows. */
  readonly layer: string;
  readonly frame: number;
  readonly pixel: readonly [y: number, x: number];
  readonly channel: number;
  readonly expected: number;
  /** null where the value was undefined (x or z in Icarus) or never came. */
  readonly actual: number | null;
  /** null where the value never came. */
  readonly cycle: number | null;
}

/**
 * A transfer in another cycle than predicted (only looked for without stalls). `layer` is the one that was early or late:
 * it `gives` on its output stream, or `takes` from its input stream what was offered in time. Where the single transfer
 * is not known, `event` is the begin or the end of a frame.
 */
export interface TimingMismatch {
  /** −1: the AXI4-Stream output. */
  readonly stream: number;
  readonly layer: string;
  readonly frame: number;
  readonly event: 'first' | 'last' | 'gives' | 'takes';
  /** Element of the frame. */
  readonly element: number;
  readonly predicted: number;
  readonly measured: number;
}

export type CosimStatus =
  'passed' | 'mismatch' | 'timing' | 'deadlock' | 'protocol' | 'check' | 'extra-output' | 'cycle-limit' | 'frame-error';

export interface CosimResult {
  readonly passed: boolean;
  readonly status: CosimStatus;
  /** One line that names the layer, null where all is well. */
  readonly failure: string | null;
  readonly simulator: 'verilator' | 'icarus';
  readonly images: number;
  /** Images with a wrong or missing value. */
  readonly mismatches: number;
  /** Values compared. */
  readonly valuesCompared: number;
  readonly firstMismatch: Mismatch | null;
  readonly timingMismatch: TimingMismatch | null;
  /** Per completed frame, in order; `frames[i]` is the image's index. */
  readonly frames: readonly number[];
  readonly logits: readonly (readonly number[])[];
  readonly classes: readonly number[];
  /** Frames lost to a reset that `events` asked for. */
  readonly droppedFrames: number;
  /** Per load, the first frame that its weights counted for. */
  readonly loadedFrom: readonly number[];
  /** Pulses of frame_error_o. */
  readonly frameErrors: { readonly early: number; readonly missing: number; readonly keep: number };
  /** From the first input transfer to the last output transfer of frame 0. */
  readonly latencyCycles: number | null;
  readonly predictedLatencyCycles: number;
  /** Without stalls the last interval between frames, with stalls their mean; null for a single frame. */
  readonly cyclesPerFrame: number | null;
  readonly predictedCyclesPerFrame: number;
  /** Static cycles of the busiest unit over measured cycles per frame. */
  readonly bottleneckUtilisation: number | null;
  readonly streams: readonly { readonly node: string; readonly frames: readonly FrameTiming[] }[];
  readonly output: readonly FrameTiming[];
  readonly simulatedCycles: number;
  readonly cyclesPerSecond: number | null;
  readonly buildCached: boolean;
  readonly buildSeconds: number | null;
  readonly runSeconds: number | null;
  /** Folder with job, images, logs of a failed run; null where it passed and the folder is gone. */
  readonly keptFolder: string | null;
  /** Repeats the failed run by hand. */
  readonly repeatCommand: string | null;
}
