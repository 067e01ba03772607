/**
 * Everything that a report says, gathered once. Terminal, `--json` and the page print this object and compute no figure of
 * their own, so that they cannot disagree. The field names are those of `flexor report --json`.
 */
import type { DesignTiming } from '../../rtl/timing/timing.js';
import type { EncryptedHistogram } from '../../model/types.js';
import type { Inventory } from '../../model/inventory.js';
import type { FrameTiming, LayerInfo } from '../../rtl/types.js';
import type { XorAlgebra } from '../../xor/properties.js';
import type { XorGate } from '../../xor/circuit.js';
import type { Calibration } from '../calibration.js';
import type { AreaReport } from '../area/types.js';
import type { RtlComparison } from '../comparison.js';
import type { DeviceShare } from '../devices.js';
import type { PriceReport } from '../price/types.js';

/** A share of images with its 95 % Wilson score interval, all 0 to 1. */
export interface Proportion {
  readonly images: number;
  readonly correct: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

export interface AccuracyFigures {
  readonly dataset: string;
  readonly float: Proportion;
  readonly integer: Proportion;
  /** Of the images that the RTL saw; null where it was left out. */
  readonly rtl: Proportion | null;
  /** Images to which float and integer network give the same class. */
  readonly agreeing: number;
  /** Images by true class (rows) and by the class that they were given (columns). */
  readonly confusion: {
    readonly float: readonly (readonly number[])[];
    readonly integer: readonly (readonly number[])[];
  };
}

/** What one evaluation says of one image. */
export interface Decision {
  readonly class: number;
  /** Largest logit minus the second largest, in units of the float network's logits. */
  readonly margin: number;
}

export interface Example {
  /** Index in the test set. */
  readonly image: number;
  readonly label: number;
  readonly float: Decision;
  readonly integer: Decision;
  /** Pixels 0 to 255, NHWC, as base64. */
  readonly pixels: string;
}

export interface ExampleFigures {
  /** The first images to which the two give different classes. */
  readonly disagreeing: readonly Example[];
  /** The images on which the integer network is least sure, among those where both agree. */
  readonly closest: readonly Example[];
}

/** One unit of the pipeline: a layer of the design. */
export interface UnitFigures extends Pick<
  LayerInfo,
  'name' | 'kind' | 'inputs' | 'inputShape' | 'outputShape' | 'inputFormat' | 'outputFormat' | 'weighted'
> {
  /** Static busy cycles a frame. */
  readonly cyclesPerFrame: number;
  /** cyclesPerFrame over the interval between frames. */
  readonly utilisation: number;
  readonly busiest: boolean;
  /** When the first frame leaves the unit, in cycles behind the first input. */
  readonly predicted: FrameTiming;
  /** The same in the RTL; null where it was left out. */
  readonly measured: FrameTiming | null;
}

export interface PipelineFigures {
  readonly units: readonly UnitFigures[];
  readonly predictedCyclesPerFrame: number;
  readonly predictedLatencyCycles: number;
  readonly busiest: { readonly unit: string; readonly cycles: number };
  readonly clockMhz: number;
  /** At that clock, from the predicted cycles. */
  readonly framesPerSecond: number;
  readonly latencyMicroseconds: number;
}

/** A M⊕, with the network of XOR gates that the generated decryptor uses. */
export interface MatrixFigures {
  /** Planes that share it, such as `conv1` or `conv2, plane 1`. */
  readonly planes: readonly string[];
  readonly nIn: number;
  readonly nOut: number;
  /** N_out rows of N_in digits. */
  readonly rows: readonly string[];
  readonly properties: XorAlgebra;
  readonly naiveGates: number;
  /** Signals 0..N_in−1 are the inputs, N_in+g is gate g. */
  readonly gates: readonly XorGate[];
  /** Signal of each output. */
  readonly outputs: readonly number[];
  readonly depth: number;
}

/** The stored bits of a plane. */
export interface PlaneFigures {
  readonly name: string;
  readonly encryptedBits: number;
  /** Encrypted bits that are 1. */
  readonly encryptedOnes: number;
  readonly weightBits: number;
  /** Weight bits that are 1, that is weights of +α. */
  readonly weightOnes: number;
  /** Slices with 0, 1, … N_in ones. */
  readonly onesPerSlice: readonly number[];
  /** Slices that a fair coin would give: binomial, same sum. */
  readonly fairOnesPerSlice: readonly number[];
  /** The trained real-valued weights before sign; null where the file has none. */
  readonly histogram: EncryptedHistogram | null;
}

/** A design on the frontier of cycles and area, by the cost model for UltraScale+. */
export interface FrontierPoint {
  /** A frame. */
  readonly cycles: number;
  /** LUTs, with 32 for a block RAM of 18 kbit or a multiplier. */
  readonly area: number;
  /** Those that serve as memory included. */
  readonly luts: number;
  /** Of 18 kbit. */
  readonly blockRams: number;
  readonly multipliers: number;
  readonly layers: readonly {
    readonly name: string;
    readonly pe: number;
    readonly simd: number;
    /** Static cycles a frame. */
    readonly cycles: number;
  }[];
}

/** How to make the same figures again. */
export interface ReproductionFigures {
  readonly commands: readonly string[];
  /** Tool → version. */
  readonly versions: Readonly<Record<string, string>>;
}

/** One of the figures that stand at the top, ready to print. */
export interface Headline {
  readonly key: string;
  readonly label: string;
  readonly text: string;
  readonly note: string;
}

export interface ModelFigures {
  /** What the figures come to, in sentences. */
  readonly verdict: readonly string[];
  readonly headlines: readonly Headline[];
  readonly inventory: Inventory;
  readonly lowering: { readonly activationBits: number; readonly multiplierBits: number; readonly inputBits: number };
  readonly accuracy: AccuracyFigures;
  readonly rtl: RtlComparison | null;
  readonly calibration: Omit<Calibration, 'warnings'>;
  /** About ranges that do not fit, and data that are not what the model's accuracy was measured on. */
  readonly warnings: readonly string[];
  readonly pipeline: PipelineFigures;
  /** The clock that the paths leave, estimated for UltraScale+ before placement. */
  readonly timing: DesignTiming;
  /** Null where synthesis was left out. */
  readonly area: AreaReport | null;
  readonly price: PriceReport | null;
  /** What the design takes of devices of the target's family; none where synthesis was left out. */
  readonly devices: readonly DeviceShare[];
  /** By rising cycles. */
  readonly frontier: readonly FrontierPoint[];
  readonly matrices: readonly MatrixFigures[];
  readonly planes: readonly PlaneFigures[];
  readonly examples: ExampleFigures;
  readonly reproduction: ReproductionFigures;
}

export interface ReportFigures {
  readonly version: string;
  /** What the models come to beside one another, in sentences; none for a single model. */
  readonly comparison: readonly string[];
  /** In the order of the command line. */
  readonly models: readonly ModelFigures[];
}
