/** Everything that determines a training run; two runs with equal configurations give equal bits on equal engines. */
import { FlexorError } from '../../base/errors.js';
import { hasBatchNorm, networkName, type NetworkChoice } from '../networks/networks.js';
import { groupRates } from '../networks/rates.js';
import type { GradientRule } from '../weights/flexor-op.js';
import type { OptimiserSpec } from '../weights/optimiser.js';
import { KINDS_WITH_PLANES, KINDS_WITH_XOR, type WeightKind } from '../weights/quantisers.js';
import type { SlopeSpec } from './schedule.js';

/** How M⊕ is made: N_tap ones per row, random rows, no encryption at all, systematic, or given (rows as strings of 0 and 1). */
export type XorChoice =
  | { readonly kind: 'taps'; readonly taps: number }
  | { readonly kind: 'random' | 'identity' | 'systematic' }
  | { readonly kind: 'given'; readonly rows: readonly string[] };

/** One value for all layer groups of a network, or one for each. */
export type PerGroup<T> = T | readonly T[];

export interface TrainConfig extends NetworkChoice, SlopeSpec, OptimiserSpec {
  /** E.g. `mnist` or `digits`. */
  readonly dataset: string;
  /** Data of the user's own: the file's or folder's name, and how it is read; absent for built-in data sets. */
  readonly own?: { readonly data: string; readonly label?: string; readonly imageSize?: readonly [number, number] };
  readonly weights: WeightKind;
  /** Digest of the full-precision model that weights, biases and batch norms start from; null: random weights. */
  readonly init: string | null;
  /** Set where the run encodes a model (`flexor encode`), whose digest is `init`; `keep` are layers that keep their weights. */
  readonly encode?: { readonly keep: readonly string[] };
  readonly nIn: PerGroup<number>;
  readonly nOut: PerGroup<number>;
  readonly xor: PerGroup<XorChoice>;
  /** M⊕ is the best of this many draws (xor-choice.ts); 1 takes the first, as the paper does. */
  readonly xorTries: number;
  /** q: binary planes per layer, or bits of dsq and qil. */
  readonly planes: number;
  readonly batch: number;
  readonly seed: number;
  readonly gradient: GradientRule;
  /** Encrypted weights are held within ±clip/S_tanh, the S_tanh of the step; null: not at all. */
  readonly clip: number | null;
  /** Standard deviation of the encrypted weights at the start. */
  readonly xStd: number;
  /** α at the start; null: 1/sqrt(V) of the layer. */
  readonly alpha: number | null;
  /** Training images are moved by up to this many pixels each way. */
  readonly shift: number;
  /** Every second training image is mirrored. */
  readonly flip: boolean;
  /** ε: share of the target that all classes have alike; 0: none. */
  readonly labelSmoothing: number;
  /** Digest of the model that is learnt from besides the labels; null: none. */
  readonly distil: string | null;
  /** Share of that model's probabilities in the target; 0 without one. */
  readonly distilShare: number;
  /** After every epoch batch norms take their statistics anew over this many training images; 0: not at all. */
  readonly reestimate: number;
  /** Use only the first so many images of each split; null: all. */
  readonly limit: number | null;
  /** Height and width of ImageNet's images; absent for other data sets. */
  readonly imageSize?: number;
}

function isList<T>(value: PerGroup<T>): value is readonly T[] {
  return Array.isArray(value);
}

/** What M⊕ of a layer group is drawn from. */
export interface GroupXor {
  readonly nIn: number;
  readonly nOut: number;
  readonly xor: XorChoice;
  /** Binary planes, each with an M⊕ of its own. */
  readonly planes: number;
}

export function groupXor({ nIn, nOut, xor, planes, described }: TrainConfig, group: number): GroupXor {
  const of = <T>(value: PerGroup<T>): T => (isList(value) ? value[group]! : value);
  const stated = described === undefined ? undefined : groupRates(described)?.[group]?.planes;
  return { nIn: of(nIn), nOut: of(nOut), xor: of(xor), planes: stated ?? planes };
}

/** Whether a network file states planes of layers. */
function statesPlanes({ described }: TrainConfig): boolean {
  return described !== undefined && (groupRates(described) ?? []).some((rate) => rate?.planes !== undefined);
}

/** Length of each list that gives layer groups values of their own, with the option that it came from. */
export function groupLists({ nIn, nOut, xor }: TrainConfig): { readonly option: string; readonly length: number }[] {
  return [
    ...(isList(nIn) ? [{ option: '--nin', length: nIn.length }] : []),
    ...(isList(nOut) ? [{ option: '--nout', length: nOut.length }] : []),
    ...(isList(xor) ? [{ option: '--taps', length: xor.length }] : []),
  ];
}

/** Refuses values that make no sense together. */
export function checkConfig(config: TrainConfig): void {
  const rules: readonly (readonly [boolean, string])[] = [
    [config.epochs >= 1, `--epochs must be at least 1, got ${config.epochs}`],
    [config.batch >= 1, `--batch must be at least 1, got ${config.batch}`],
    [config.rate > 0, `--lr must be above 0, got ${config.rate}`],
    [config.sTanh > 0, `--stanh must be above 0, got ${config.sTanh}`],
    [config.planes >= 1 && config.planes <= 8, `--planes must be 1 to 8, got ${config.planes}`],
    [
      config.planes === 1 || KINDS_WITH_PLANES.includes(config.weights),
      `--planes goes with --weights ${KINDS_WITH_PLANES.join(', ')}; leave it out, got ${config.planes} with ${config.weights}`,
    ],
    [
      config.weights !== 'qil' || (config.planes >= 2 && hasBatchNorm(config)),
      `--weights qil needs --planes 2 or more and a network with batch norms, got ${config.planes} on ${networkName(config)}`,
    ],
    [
      config.weights === 'flexor' || !statesPlanes(config),
      `${networkName(config)} states planes of layers, which go with --weights flexor, got ${config.weights}`,
    ],
    [config.clip === null || config.clip > 0, `--clip must be above 0, got ${config.clip}`],
    [config.xStd > 0, `--x-std must be above 0, got ${config.xStd}`],
    [config.sTanhStart > 0, `--stanh-start must be above 0, got ${config.sTanhStart}`],
    [config.momentum >= 0 && config.momentum < 1, `--momentum must be from 0 to below 1, got ${config.momentum}`],
    [
      config.init === null || config.weights !== 'flexor',
      '--init goes with --weights flexor-nearest, full or a baseline: it says nothing about encrypted weights; leave it out',
    ],
    [
      config.labelSmoothing >= 0 && config.labelSmoothing < 1,
      `--label-smoothing must be from 0 to below 1, got ${config.labelSmoothing}`,
    ],
    [
      (config.distil === null) === (config.distilShare === 0),
      `--distil-share is the share of the model of --distil: give both, the share above 0, got ${config.distilShare}`,
    ],
    [
      config.reestimate === 0 || config.reestimate >= config.batch,
      `--bn-reestimate takes a batch of ${config.batch} images or more, got ${config.reestimate}`,
    ],
    [
      config.reestimate === 0 || hasBatchNorm(config),
      `--bn-reestimate is for networks with batch norm, which ${networkName(config)} has not; leave it out`,
    ],
    [
      config.optimiser !== 'adam' || config.weightDecay === 0,
      `--weight-decay goes with --optimiser sgd or nesterov, got ${config.weightDecay} with adam`,
    ],
    [
      config.schedule !== 'step' || config.halvings.length > 0,
      '--schedule step needs --halve-at: fractions of the run, like 0.5,0.75',
    ],
    [
      config.own !== undefined || config.dataset !== 'imagenet' || config.shift === 0,
      `--shift is for small images: those of ImageNet are cropped and scaled at random; leave it out, got ${config.shift}`,
    ],
    ...(KINDS_WITH_XOR.includes(config.weights) ? groupRules(config) : []),
  ];
  for (const [holds, message] of rules) if (!holds) throw new FlexorError('usage', message);
}

function groupRules(config: TrainConfig): (readonly [boolean, string])[] {
  const [first, ...others] = groupLists(config);
  const other = others.find(({ length }) => length !== first!.length);
  if (other !== undefined) {
    const [a, b] = [`${first!.option} has ${first!.length} values`, `${other.option} ${other.length}`];
    return [[false, `${a}, ${b}: give one, or one for each layer group`]];
  }
  return Array.from({ length: first?.length ?? 1 }, (_, group) => matrixRules(groupXor(config, group))).flat();
}

function matrixRules({ xor, nIn, nOut }: GroupXor): (readonly [boolean, string])[] {
  return [
    [
      xor.kind !== 'taps' || xor.taps <= nIn,
      `--taps must not exceed --nin (N_tap ≤ N_in), got N_tap ${xor.kind === 'taps' && xor.taps} with N_in ${nIn}`,
    ],
    [
      xor.kind !== 'identity' || nIn === nOut,
      `--taps identity stores every weight bit as it is: N_in must equal N_out, got ${nIn} and ${nOut}`,
    ],
    [
      xor.kind !== 'systematic' || (nIn >= 2 && nIn <= nOut),
      `--taps systematic begins with N_in rows of one tap: N_in must be from 2 to N_out, got ${nIn} and ${nOut}`,
    ],
  ];
}
