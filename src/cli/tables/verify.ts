/** What `flexor verify` says: a table of what is stored, then what is proven and what is sampled. */
import type { ModelVerification, VerifyOptions } from '../../app/verify.js';
import { formatCount, formatPercent } from '../../base/format.js';
import type { CosimResult } from '../../cosim/types.js';
import type { LayerCoverage } from '../../report/verify/vectors.js';
import type { ModuleProof, OwnProof, StoredCheck } from '../../report/verify/types.js';
import { verdict } from '../terminal/colour.js';
import { facts, type Fact } from '../terminal/text.js';
import { formatTable, optional } from './table.js';

export interface StoredTotals {
  readonly encryptedBits: number;
  readonly encryptedChecked: number;
  readonly scales: number;
  readonly storedBits: number;
  readonly wrongBits: number;
}

/** All layers together. */
export function totalsOf(stored: readonly StoredCheck[]): StoredTotals {
  const total = (of: (check: StoredCheck) => number): number => stored.reduce((sum, check) => sum + of(check), 0);
  return {
    encryptedBits: total((check) => check.encryptedBits),
    encryptedChecked: total((check) => check.encryptedChecked),
    scales: total((check) => check.scales),
    storedBits: total((check) => check.storedBits),
    wrongBits: total((check) => check.wrongBits),
  };
}

/** Everything that the command prints. */
export function verifyText(result: ModelVerification, options: VerifyOptions): string {
  const lines = [
    ...provenFacts(result),
    ...moduleFacts(result.proofs, options),
    ...ownFacts(result.ownProofs, options),
    ...sampledFacts(result, options),
  ];
  return [storedTable(result), conclusion(result), facts(lines)].join('\n\n');
}

function storedTable({ stored, circuits, runs }: ModelVerification): string {
  return formatTable(
    [
      'layer',
      'encrypted bits',
      'checked',
      'multipliers and betas',
      optional(1, 'bits read'),
      'wrong',
      'M⊕',
      'observed',
    ],
    stored.map((check) => {
      const own = circuits.filter(({ layers }) => layers.includes(check.layer));
      const seen = runs?.vectors.coverage.find(({ layer }) => layer === check.layer);
      return [
        check.layer,
        ...[check.encryptedBits, check.encryptedChecked, check.scales, check.storedBits, check.wrongBits].map(
          formatCount,
        ),
        own.some(({ fault }) => fault !== null) ? 'differs' : own.map(({ nIn, nOut }) => `${nIn}→${nOut}`).join(', '),
        seen === undefined ? '' : formatPercent(seen.encryptedObserved / seen.encryptedBits),
      ];
    }),
  );
}

function conclusion({ stored }: ModelVerification): string {
  const { encryptedBits, encryptedChecked, wrongBits } = totalsOf(stored);
  const bits = `${formatCount(encryptedChecked)} of ${formatCount(encryptedBits)} encrypted bits`;
  return wrongBits === 0
    ? verdict(true, `every weight bit checked: ${bits} equal the model's`)
    : verdict(false, `${formatCount(wrongBits)} stored bits are wrong; ${bits} were looked at`);
}

function provenFacts({ stored, circuits, sources }: ModelVerification): Fact[] {
  const { scales, storedBits, wrongBits } = totalsOf(stored);
  const wrong = (checks: readonly { readonly fault: string | null }[]): string =>
    String(checks.filter(({ fault }) => fault !== null).length);
  const library = sources.filter(({ kind }) => kind === 'library');
  const scaleText = `${formatCount(scales)} multipliers and betas`;
  return [
    ['proven', `${formatCount(wrongBits)} of ${formatCount(storedBits)} stored bits differ, ${scaleText} among them`],
    ['', `${wrong(circuits)} of ${circuits.length} XOR circuits, read from their Verilog, differ from M⊕`],
    [
      '',
      `${wrong(sources)} of ${sources.length} other files, ${library.length} of them library modules, differ from ` +
        'what this version prints',
    ],
  ];
}

function moduleFacts(proofs: readonly ModuleProof[] | null, { proofs: mode }: VerifyOptions): Fact[] {
  if (proofs === null) return [];
  const listed = (claim: ModuleProof['claim'], heading: string): Fact[] => {
    const modules = proofs.filter((proof) => proof.claim === claim).map(({ module }) => module.slice('flexor_'.length));
    return modules.length === 0 ? [] : [['', `${heading}: ${modules.join(', ')}`]];
  };
  const sets = proofs.reduce((sum, proof) => sum + proof.sets.length, 0);
  const open = proofs.flatMap(({ verdicts }) => verdicts).filter((each) => each === 'failed' || each === 'unknown');
  const how = mode === 'run' ? `run now, ${open.length} not proven` : 'listed, not run (--proofs run, npm run prove)';
  return [
    ['modules', `flexor_… at ${sets} sets of small parameters, ${how}`],
    ...listed('proven', 'proven for all times'),
    ...listed('bounded', 'proven for the first cycles'),
    ...listed('tested', 'only tested'),
  ];
}

const OWN: Readonly<Record<OwnProof['verdict'], string>> = {
  proven: 'proven for all times',
  bounded: 'proven for the first cycles',
  failed: 'not proven',
  unknown: 'no answer in time',
  left: 'not tried',
};

/** How many sets of each module are proven at the parameters of the design, and how many are not. */
function ownFacts(proofs: readonly OwnProof[] | null, { proofSeconds }: VerifyOptions): Fact[] {
  if (proofs === null) return [];
  const rows = (Object.keys(OWN) as OwnProof['verdict'][]).flatMap((verdict): Fact[] => {
    const counts = new Map<string, number>();
    for (const proof of proofs.filter((each) => each.verdict === verdict)) {
      const name = proof.module.slice('flexor_'.length);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const modules = [...counts].sort().map(([name, count]) => (count === 1 ? name : `${name} (${count})`));
    return modules.length === 0 ? [] : [['', `${OWN[verdict]}: ${modules.join(', ')}`]];
  });
  const proven = proofs.filter(({ verdict }) => verdict === 'proven' || verdict === 'bounded').length;
  return [['own', `at parameters of this design ${proven} of ${proofs.length} sets in ${proofSeconds} s`], ...rows];
}

function sampledFacts({ runs }: ModelVerification, { images, stalls, seed }: VerifyOptions): Fact[] {
  if (runs === null) return [['sampled', images === 0 ? 'nothing' : 'nothing: a check before the runs failed']];
  const text = (run: CosimResult, how: string): string =>
    `${run.mismatches} of ${run.images} images differ, ${how}: ${formatCount(run.valuesCompared)} values compared`;
  const { vectors, mutation } = runs;
  const total = (of: (layer: LayerCoverage) => number): number =>
    vectors.coverage.reduce((sum, layer) => sum + of(layer), 0);
  const bits = total(({ encryptedBits }) => encryptedBits);
  const part = (observed: number): string => formatPercent(observed / bits);
  return [
    ['sampled', text(runs.free, 'no stalls')],
    ...(runs.stalled === null ? [] : [['', text(runs.stalled, `${stalls}% stalls, seed ${seed}`)] as const]),
    [
      '',
      `they observe ${part(total(({ encryptedObserved }) => encryptedObserved))} of the encrypted bits (flipping one ` +
        `changes an output of its layer), the first ${vectors.images.length} ${part(vectors.observedByFirst)}`,
    ],
    [
      '',
      `of ${mutation.mutants} flipped bits ${mutation.inStreams} change a stream, ${mutation.inLogits} a logit ` +
        `(seed ${mutation.seed})`,
    ],
  ];
}
