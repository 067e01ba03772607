/** Where training starts: FleXOR's values for encrypted weights and α; for other weights He's, or those of a trained network. */
import { Random } from '../../base/random.js';
import { isWeighted } from '../../graph/order.js';
import { weightShape, windowSize } from '../../graph/shapes.js';
import type { XorMatrix } from '../../xor/types.js';
import { flexorOp } from './flexor-op.js';
import {
  learnedQuantiser,
  tensorShapes,
  type LayerSpec,
  type NetworkSpec,
  type WeightedSpec,
} from '../networks/network.js';
import { planeCode, type PlaneCode } from './nearest-rule.js';
import { MOMENTS, type OptimiserKind, type Role } from './optimiser.js';
import type { BatchNormParameters, LayerParameters, Parameter, PlaneParameters } from './parameters.js';
import { initialScales, type LatentKind, type LatentWeights, type WeightKind } from './quantisers.js';
import type { StartingLayer } from './start.js';

export interface InitialValues {
  readonly seed: number;
  readonly weights: WeightKind;
  /** q, as in TrainConfig. */
  readonly planes: number;
  /** M⊕ of each plane, by layer group; none where the weights have none. */
  readonly matrices: readonly (readonly XorMatrix[])[];
  /** α of the first plane at the start; each further plane starts at half the one before. Null: 1/sqrt(V). */
  readonly alpha: number | null;
  /** Standard deviation of the encrypted weights. */
  readonly xStd: number;
  readonly optimiser: OptimiserKind;
  /** Layers of a trained network to start from, by name; absent: random values. Not for FleXOR. */
  readonly start?: ReadonlyMap<string, StartingLayer>;
}

/** Parameters of every layer that learns something, by layer name, in network order. */
export function initialParameters(network: NetworkSpec, initial: InitialValues): Map<string, LayerParameters> {
  const shapes = tensorShapes(network);
  return new Map(
    network.layers.flatMap((spec): [string, LayerParameters][] => {
      const step = learnedStep(spec, initial.optimiser);
      if (!isWeighted(spec)) return step === null ? [] : [[spec.name, { ...WITHOUT_WEIGHTS, spec, step }]];
      const input = shapes.get(spec.input)!;
      const start = new LayerStart(spec, windowSize(spec, input), initial);
      return [[spec.name, { spec, shape: weightShape(spec, input), ...start.parts(), step }]];
    }),
  );
}

const WITHOUT_WEIGHTS = { shape: [], weights: null, kept: null, bias: null, batchNorm: null } as const;

/** The step of a learnt quantiser, 0 until the run has seen images (run/steps.ts). */
function learnedStep(spec: LayerSpec, optimiser: OptimiserKind): Parameter | null {
  return learnedQuantiser(spec) === null ? null : parameter(`${spec.name}.step`, new Float32Array(1), optimiser);
}

function parameter(name: string, values: Float32Array, optimiser: OptimiserKind, role: Role = 'scales'): Parameter {
  return {
    name,
    values,
    gradient: new Float32Array(values.length),
    moments: Array.from({ length: MOMENTS[optimiser] }, () => new Float32Array(values.length)),
    role,
  };
}

/** Makes the parameters of one layer. */
class LayerStart {
  private readonly trained: StartingLayer | undefined;

  constructor(
    private readonly spec: WeightedSpec,
    /** V. */
    readonly window: number,
    private readonly initial: InitialValues,
  ) {
    this.trained = initial.start?.get(spec.name);
  }

  parts(): Pick<LayerParameters, 'weights' | 'kept' | 'bias' | 'batchNorm'> {
    const { group, bias, batchNorm } = this.spec;
    const { weights, matrices } = this.initial;
    const kind = group === null ? 'full' : weights;
    return {
      weights:
        kind === 'flexor'
          ? { kind, planes: matrices[group!]!.map((matrix, i) => this.plane(matrix, i)) }
          : this.latent(kind, kind === 'flexor-nearest' ? matrices[group!]!.map(planeCode) : []),
      kept: this.trained?.kept ?? null,
      bias: bias ? this.parameter('bias', this.trained?.bias?.slice() ?? this.perChannel(0)) : null,
      batchNorm: batchNorm ? this.batchNorm() : null,
    };
  }

  private latent(rule: LatentKind, code: readonly PlaneCode[]): LatentWeights<Parameter> {
    // N(0, 2/V) keeps the variance behind a ReLU (He et al., Delving Deep into Rectifiers, 2015).
    const { planes } = this.initial;
    const values =
      this.trained?.values.slice() ??
      this.normals('w', this.window * this.spec.outChannels, Math.sqrt(2 / this.window));
    return {
      kind: 'latent',
      rule,
      channels: this.spec.outChannels,
      planes,
      code,
      latent: this.parameter('w', values, 'weights'),
      scales: initialScales(rule, values, planes, this.spec.batchNorm).map(([part, value]) =>
        this.parameter(part, Float32Array.of(value)),
      ),
      used: rule === 'full' ? values : new Float32Array(values.length),
    };
  }

  private plane(matrix: XorMatrix, i: number): PlaneParameters {
    const op = flexorOp(matrix, this.window * this.spec.outChannels);
    const x = this.normals(`x${i}`, op.slices * op.nIn, this.initial.xStd);
    const alpha = this.perChannel((this.initial.alpha ?? 1 / Math.sqrt(this.window)) / 2 ** i);
    return {
      matrix,
      op,
      x: this.parameter(`x${i}`, x, 'encrypted'),
      alpha: this.parameter(`alpha${i}`, alpha),
      codes: new Float32Array(op.weights),
    };
  }

  private batchNorm(): BatchNormParameters {
    const trained = this.trained?.batchNorm;
    return {
      gamma: this.parameter('gamma', trained?.gamma.slice() ?? this.perChannel(1)),
      beta: this.parameter('beta', trained?.beta.slice() ?? this.perChannel(0)),
      mean: trained?.mean.slice() ?? this.perChannel(0),
      variance: trained?.variance.slice() ?? this.perChannel(1),
    };
  }

  private parameter(part: string, values: Float32Array, role?: Role): Parameter {
    return parameter(`${this.spec.name}.${part}`, values, this.initial.optimiser, role);
  }

  private perChannel(value: number): Float32Array {
    return new Float32Array(this.spec.outChannels).fill(value);
  }

  private normals(part: string, count: number, std: number): Float32Array {
    const random = Random.derive(this.initial.seed, `${this.spec.name}.${part}`);
    return Float32Array.from({ length: count }, () => std * random.normal());
  }
}
