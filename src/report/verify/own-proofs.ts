/**
 * Proofs of library modules at the very parameters that a design binds, as far as a solver gets in a given time. Sets come from
 * the instances in the design's own Verilog; what these instantiate in turn is proven with them, as part of them.
 */
import { FlexorError } from '../../base/errors.js';
import type { GeneratedDesign } from '../../rtl/generate.js';
import { propertiesOf, provableModules, proveModule } from '../prove/prove.js';
import type { OwnProof } from './types.js';

/** Seconds that the solver gets for one set, and for what comes before it. */
const SECONDS_EACH = 15;
const GRACE_SECONDS = 15;
/** Counters of properties have eight bits: what induction would have to count higher is left. */
const MOST_COUNTED = 200;

export interface OwnProofRun {
  /** Of all proofs together. */
  readonly seconds: number;
  /** Milliseconds. */
  readonly now: () => number;
  readonly onProgress: (done: number, note: string) => void;
}

interface ParameterSet {
  readonly module: string;
  readonly parameters: string;
  /** Product of all numbers, for the order. */
  readonly size: number;
}

/** Library modules that the design's own Verilog instantiates, with each set of parameters once, the smallest first. */
export function ownSets({ files, manifest }: GeneratedDesign): ParameterSet[] {
  const provable = new Set(provableModules());
  const found = new Map<string, ParameterSet>();
  for (const path of manifest.verilog.filter((each) => !/^rtl\/flexor_/.test(each))) {
    const instances = files.get(path)!.matchAll(/^ +(flexor_\w+) #\(\n([\s\S]*?)\n +\) u_/gm);
    for (const [, module, bound] of instances) {
      if (!provable.has(module!)) continue;
      const pairs = [...bound!.matchAll(/\.(\w+)\((.*)\)/g)].map(([, name, value]) => `${name}=${constant(value!)}`);
      const parameters = pairs.join(' ');
      const numbers = [...parameters.matchAll(/=(\d+)(?= |$)/g)].map(([, value]) => Math.max(1, Number(value)));
      const size = numbers.reduce((product, value) => product * value, 1);
      found.set(`${module} ${parameters}`, { module: module!, parameters, size });
    }
  }
  return [...found.values()].sort((a, b) => a.size - b.size || (a.module < b.module ? -1 : 1));
}

/** A concatenation of sized numbers as one number. */
function constant(value: string): string {
  if (!/^\{[\d'dh, a-f]+\}$/.test(value)) return value;
  const parts = [...value.matchAll(/(\d+)'([dh])(\w+)/g)].map(([, bits, base, digits]) => ({
    bits: Number(bits),
    number: BigInt(base === 'h' ? `0x${digits}` : digits!),
  }));
  const joined = parts.reduce((sum, { bits, number }) => (sum << BigInt(bits)) | number, 0n);
  return `${parts.reduce((sum, { bits }) => sum + bits, 0)}'h${joined.toString(16)}`;
}

/** Proves set after set until the time is over; what is left is told. */
export async function proveOwn(generated: GeneratedDesign, run: OwnProofRun): Promise<OwnProof[]> {
  const sets = ownSets(generated);
  const until = run.now() + 1000 * run.seconds;
  const proofs: OwnProof[] = [];
  for (const [i, set] of sets.entries()) {
    run.onProgress(i, set.module);
    const { module, parameters } = set;
    const left = (until - run.now()) / 1000;
    const { verdict, cycles } = !isWithin(set) || left < 1 ? LEFT : await proveSet(set, Math.min(left, SECONDS_EACH));
    proofs.push({ module, parameters, verdict, cycles });
  }
  return proofs;
}

const LEFT = { verdict: 'left', cycles: null } as const;

/** Whether the properties of the module fit these parameters: not those about the words of one small file. */
function isWithin({ module, parameters }: ParameterSet): boolean {
  const { files, bounded, text } = propertiesOf(module);
  if (files.size > 0) return false;
  if (bounded !== null || !text.includes('[7:0] f_')) return true;
  const counts = [...parameters.matchAll(/(\w+)=(\d+)(?= |$)/g)].filter(([, name]) => !/(Bits|Width)$/.test(name!));
  return counts.reduce((product, [, , value]) => product * Math.max(1, Number(value)), 1) <= MOST_COUNTED;
}

async function proveSet(
  { module, parameters }: ParameterSet,
  seconds: number,
): Promise<Pick<OwnProof, 'verdict' | 'cycles'>> {
  try {
    const timeoutSeconds = Math.max(1, Math.round(seconds));
    const [proof] = await proveModule(module, [parameters], { timeoutSeconds, graceSeconds: GRACE_SECONDS });
    return proof!;
  } catch (error) {
    // A large memory takes its time, or more room than there is, before the solver begins.
    if (error instanceof FlexorError && error.code === 'tool') return { verdict: 'unknown', cycles: null };
    throw error;
  }
}
