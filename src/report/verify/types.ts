/** What `flexor verify` finds. A fault is one line that names the layer or module; no fault is null. */
import type { CosimResult } from '../../cosim/types.js';
import type { Verdict } from '../prove/prove.js';
import type { ChosenVectors, MutationScore } from './vectors.js';

/** Whether what a design stores for a layer is what the model holds. */
export interface StoredCheck {
  readonly layer: string;
  /** Bits of the model's slices, and those of them that were found where the design reads them. */
  readonly encryptedBits: number;
  readonly encryptedChecked: number;
  /** Multipliers and betas, and their bits. */
  readonly scales: number;
  readonly scaleBits: number;
  /** All bits of the files and constants that were read, copies and fillers included. */
  readonly storedBits: number;
  /** Stored bits that are wrong. */
  readonly wrongBits: number;
  readonly fault: string | null;
}

/** Whether the Verilog of an XOR circuit computes the M⊕ of the planes that use it. */
export interface CircuitCheck {
  readonly module: string;
  readonly nIn: number;
  readonly nOut: number;
  /** Layers of which planes use it. */
  readonly layers: readonly string[];
  readonly fault: string | null;
}

export type SourceKind = 'library' | 'layer' | 'other';

/** Whether a file is what this version prints. */
export interface SourceCheck {
  readonly file: string;
  readonly kind: SourceKind;
  readonly fault: string | null;
}

/** What is proven of a library module of the design. */
export interface ModuleProof {
  readonly module: string;
  /** `proven` for all times, `bounded` for the first cycles, `tested`: there are only tests. */
  readonly claim: 'proven' | 'bounded' | 'tested';
  readonly cycles: number | null;
  /** Parameters for which it is proven. */
  readonly sets: readonly string[];
  /** What the solver said now for each of them; empty where it was not run. */
  readonly verdicts: readonly Verdict[];
}

/** Of a library module at parameters that the design binds. `left`: not tried, for want of time or of fitting properties. */
export interface OwnProof {
  readonly module: string;
  readonly parameters: string;
  readonly verdict: Verdict | 'left';
  readonly cycles: number | null;
}

/** Co-simulation without stalls, and with; what its images observe. */
export interface SampledRuns {
  readonly vectors: ChosenVectors;
  readonly mutation: MutationScore;
  readonly free: CosimResult;
  readonly stalled: CosimResult | null;
}

export interface Verification {
  readonly stored: readonly StoredCheck[];
  readonly circuits: readonly CircuitCheck[];
  readonly sources: readonly SourceCheck[];
  /** Null where they were left out. */
  readonly proofs: readonly ModuleProof[] | null;
  /** Null where they were not asked for. */
  readonly ownProofs: readonly OwnProof[] | null;
  /** Null where no image was to be run, and where a check before it failed. */
  readonly runs: SampledRuns | null;
}

/** The first fault; null where there is none. */
export function firstFault({ stored, circuits, sources, proofs, ownProofs, runs }: Verification): string | null {
  for (const { fault } of [...stored, ...circuits, ...sources]) if (fault !== null) return fault;
  for (const { module, sets, verdicts } of proofs ?? []) {
    const at = verdicts.findIndex((verdict) => verdict === 'failed' || verdict === 'unknown');
    if (at >= 0) {
      const why = verdicts[at] === 'failed' ? 'a property does not hold' : 'no answer came in time';
      return `module ${module}, ${sets[at]}: ${why}`;
    }
  }
  // No answer in time is none; a property that does not hold is a fault.
  const broken = ownProofs?.find(({ verdict }) => verdict === 'failed');
  if (broken !== undefined) return `module ${broken.module}, ${broken.parameters}: a property does not hold`;
  for (const run of runs === null ? [] : [runs.free, runs.stalled]) {
    if (run?.passed === false) return `${run.failure}; files of the run: ${run.keptFolder}`;
  }
  return null;
}
