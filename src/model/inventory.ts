/**
 * What a model consists of and the bits that each part takes, for `flexor inspect` and for reports. A M⊕ that several
 * planes share is counted where it is met first, and once in the totals.
 */
import { isIdentity, sliceCount } from '../xor/matrix.js';
import type { XorMatrix } from '../xor/types.js';
import { FLOAT_BITS } from './compression.js';
import { elements, inferShapes, windowSize } from './shapes.js';
import { commonTaps } from './taps.js';
import { sumUp } from './totals.js';
import type { StoredBits, Totals } from './totals.js';
import type {
  ActivationRange,
  ConvNode,
  DenseNode,
  EncryptedHistogram,
  FlexorModel,
  ModelNode,
  Provenance,
  Shape,
} from './types.js';

type ShapeList = readonly [height: number, width: number, channels: number];
type RangeList = readonly [min: number, max: number];

export interface WeightedInventory extends StoredBits {
  readonly q: number;
  readonly nIn: number;
  readonly nOut: number;
  /** Ones per row of M⊕, null where rows differ ("random"). */
  readonly nTap: number | null;
  /** Plain binary codes: M⊕ is the identity in every plane, so the encrypted bits are the weight bits. */
  readonly plain: boolean;
  /** encryptedBits / weights; a little above q·N_in/N_out where the last slice is partly used. */
  readonly bitsPerWeight: number;
  readonly bias: boolean;
  readonly batchNorm: boolean;
  readonly relu: boolean;
  readonly range: RangeList;
  /** Per plane; null where the file has none. */
  readonly encryptedHistograms: readonly (EncryptedHistogram | null)[];
}

export interface LayerInventory {
  readonly name: string;
  readonly kind: ModelNode['kind'];
  readonly input: string;
  readonly inputShape: ShapeList;
  readonly outputShape: ShapeList;
  readonly kernel: readonly number[] | null;
  readonly stride: readonly number[] | null;
  readonly padding: readonly number[] | null;
  readonly weighted: WeightedInventory | null;
}

export interface Inventory {
  readonly name: string;
  readonly digest: string;
  readonly input: {
    readonly shape: ShapeList;
    readonly mean: readonly number[];
    readonly std: readonly number[];
    readonly range: RangeList;
  };
  readonly output: string;
  readonly classes: readonly string[];
  readonly provenance: Provenance;
  readonly layers: readonly LayerInventory[];
  readonly totals: Totals;
}

/** Takes stock of a model. */
export function inventory(model: FlexorModel, digest: string): Inventory {
  const shapes = inferShapes(model);
  const counted = new Set<XorMatrix>();
  const layers = model.nodes.map((node): LayerInventory => {
    const input = shapes.get(node.input)!;
    const output = shapes.get(node.name)!;
    const slides = node.kind === 'conv' || node.kind === 'maxPool';
    return {
      name: node.name,
      kind: node.kind,
      input: node.input,
      inputShape: shapeList(input),
      outputShape: shapeList(output),
      kernel: slides ? node.kernel : null,
      stride: slides ? node.stride : null,
      padding: slides ? node.padding : null,
      weighted: node.kind === 'conv' || node.kind === 'dense' ? weightedInventory(node, input, output, counted) : null,
    };
  });
  const { shape, preprocessing, range } = model.input;
  return {
    name: model.name,
    digest,
    input: { shape: shapeList(shape), mean: preprocessing.mean, std: preprocessing.std, range: rangeList(range) },
    output: model.output,
    classes: model.classes,
    provenance: model.provenance,
    layers,
    totals: sumUp(layers.flatMap((layer) => layer.weighted ?? [])),
  };
}

function weightedInventory(
  node: ConvNode | DenseNode,
  input: Shape,
  output: Shape,
  counted: Set<XorMatrix>,
): WeightedInventory {
  const { outChannels, bias, batchNorm, relu, range } = node;
  const { planes } = node.weights;
  const matrices = planes.map((plane) => plane.matrix);
  const { nIn, nOut } = matrices[0]!;
  const weights = windowSize(node, input) * outChannels;
  const encryptedBits = matrices.reduce((sum, matrix) => sum + sliceCount(weights, matrix) * nIn, 0);
  let matrixBits = 0;
  for (const matrix of matrices) {
    if (!counted.has(matrix)) matrixBits += nIn * nOut;
    counted.add(matrix);
  }
  return {
    q: planes.length,
    nIn,
    nOut,
    nTap: commonTaps(matrices),
    plain: matrices.every(isIdentity),
    weights,
    encryptedBits,
    bitsPerWeight: encryptedBits / weights,
    matrixBits,
    alphaBits: planes.length * outChannels * FLOAT_BITS,
    biasBits: bias === null ? 0 : outChannels * FLOAT_BITS,
    batchNormBits: batchNorm === null ? 0 : 4 * outChannels * FLOAT_BITS,
    bias: bias !== null,
    batchNorm: batchNorm !== null,
    relu,
    range: rangeList(range),
    macs: windowSize(node, input) * elements(output),
    encryptedHistograms: planes.map((plane) => plane.encryptedHistogram),
  };
}

function shapeList({ height, width, channels }: Shape): ShapeList {
  return [height, width, channels];
}

function rangeList({ min, max }: ActivationRange): RangeList {
  return [min, max];
}
