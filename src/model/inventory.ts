/**
 * What a model consists of and the bits that each part takes, for `flexor inspect` and for reports. A M⊕ that several
 * planes share is counted where it is met first, and once in the totals.
 */
import { rankOf } from '../xor/compact.js';
import { isIdentity, sliceCount } from '../xor/matrix.js';
import type { XorMatrix } from '../xor/types.js';
import { FLOAT_BITS } from './compression.js';
import { inputsOf, isWeighted } from '../graph/order.js';
import { elementCount, windowSize } from '../graph/shapes.js';
import type { Shape } from '../graph/types.js';
import { modelShapes } from './shapes.js';
import { commonTaps } from './taps.js';
import { sumUp } from './totals.js';
import type { StoredBits, Totals } from './totals.js';
import type {
  ActivationRange,
  BinaryCodes,
  ConvNode,
  DenseNode,
  EncryptedHistogram,
  FlexorModel,
  IntWeights,
  ModelNode,
  ModelData,
  Provenance,
} from './types.js';

export type ShapeList = readonly [height: number, width: number, channels: number];
export type RangeList = readonly [min: number, max: number];

/** The binary codes of a layer. */
export interface CodesInventory {
  readonly q: number;
  readonly nIn: number;
  readonly nOut: number;
  /** N_in that the layer was trained with: larger than nIn where `flexor compact` made it smaller. */
  readonly nominalNIn: number;
  /** Largest rank of its M⊕: fewer than nIn means that stored bits cannot matter. */
  readonly rank: number;
  /** Ones per row of M⊕, null where rows differ ("random"). */
  readonly nTap: number | null;
  /** Plain binary codes: M⊕ is the identity in every plane, so the encrypted bits are the weight bits. */
  readonly plain: boolean;
  /** Per plane; null where the file has none. */
  readonly encryptedHistograms: readonly (EncryptedHistogram | null)[];
}

export interface WeightedInventory extends StoredBits {
  /** null where the weights are integers or at full precision. */
  readonly codes: CodesInventory | null;
  /** Stored bits / weights; for codes a little above q·N_in/N_out where the last slice is partly used. */
  readonly bitsPerWeight: number;
  readonly bias: boolean;
  readonly batchNorm: boolean;
}

export interface LayerInventory {
  readonly name: string;
  readonly kind: ModelNode['kind'];
  /** Names of the nodes that it reads. */
  readonly inputs: readonly string[];
  /** Of the first one; all inputs of an `add` have one shape. */
  readonly inputShape: ShapeList;
  readonly outputShape: ShapeList;
  readonly kernel: readonly number[] | null;
  readonly stride: readonly number[] | null;
  readonly padding: readonly number[] | null;
  /** Of a convolution. */
  readonly dilation: readonly number[] | null;
  readonly groups: number | null;
  /** Channels of zeros that a `subsample` adds before and behind. */
  readonly channelPadding: readonly number[] | null;
  readonly relu: boolean;
  /** Of the output on training data; null where the node states none. */
  readonly range: RangeList | null;
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
  /** Null where the model says nothing of it. */
  readonly data: ModelData | null;
  readonly provenance: Provenance;
  readonly layers: readonly LayerInventory[];
  readonly totals: Totals;
}

/** Takes stock of a model. */
export function inventory(model: FlexorModel, digest: string): Inventory {
  const layers = layerInventory(model);
  const { shape, preprocessing, range } = model.input;
  return {
    name: model.name,
    digest,
    input: { shape: shapeList(shape), mean: preprocessing.mean, std: preprocessing.std, range: rangeList(range) },
    output: model.output,
    classes: model.classes,
    data: model.data ?? null,
    provenance: model.provenance,
    layers,
    totals: sumUp(layers.flatMap((layer) => layer.weighted ?? [])),
  };
}

/** The part of it that goes layer by layer. */
export function layerInventory(model: FlexorModel): LayerInventory[] {
  const shapes = modelShapes(model);
  const counted = new Set<XorMatrix>();
  return model.nodes.map((node) => {
    const inputs = inputsOf(node);
    const input = shapes.get(inputs[0]!)!;
    const output = shapes.get(node.name)!;
    return {
      name: node.name,
      kind: node.kind,
      inputs,
      inputShape: shapeList(input),
      outputShape: shapeList(output),
      kernel: 'kernel' in node ? node.kernel : null,
      stride: 'stride' in node ? node.stride : null,
      padding: 'padding' in node ? node.padding : null,
      dilation: 'dilation' in node ? node.dilation : null,
      groups: 'groups' in node ? node.groups : null,
      channelPadding: 'channelPadding' in node ? node.channelPadding : null,
      relu: 'relu' in node && node.relu,
      range: 'range' in node ? rangeList(node.range) : null,
      weighted: isWeighted(node) ? weightedInventory(node, input, output, counted) : null,
    };
  });
}

/** Stored and nominal bits a weight, and what would be stored without bits that cannot matter, over the layers with codes. */
export interface StoredRates {
  readonly stored: number;
  /** As trained, before any compaction. */
  readonly nominal: number;
  readonly compacted: number;
  /** Stored bits that `flexor compact` would take away. */
  readonly deadBits: number;
}

/** null where no layer has codes. */
export function storedRates(layers: readonly LayerInventory[]): StoredRates | null {
  let [weights, stored, nominal, compacted] = [0, 0, 0, 0];
  for (const { weighted } of layers) {
    if (weighted === null || weighted.codes === null) continue;
    const { nIn, nominalNIn, rank } = weighted.codes;
    weights += weighted.weights;
    stored += weighted.encryptedBits;
    nominal += (weighted.encryptedBits / nIn) * nominalNIn;
    compacted += (weighted.encryptedBits / nIn) * rank;
  }
  if (weights === 0) return null;
  return {
    stored: stored / weights,
    nominal: nominal / weights,
    compacted: compacted / weights,
    deadBits: stored - compacted,
  };
}

/** Encrypted bits a weight over the layers with binary codes; 32 where there is none. */
export function encryptedBitsPerWeight(layers: readonly LayerInventory[]): number {
  const coded = layers.flatMap(({ weighted }) => (weighted === null || weighted.codes === null ? [] : [weighted]));
  if (coded.length === 0) return FLOAT_BITS;
  const { encryptedBits, weights } = sumUp(coded);
  return encryptedBits / weights;
}

function weightedInventory(
  node: ConvNode | DenseNode,
  input: Shape,
  output: Shape,
  counted: Set<XorMatrix>,
): WeightedInventory {
  const { outChannels, bias, batchNorm } = node;
  const weights = windowSize(node, input) * outChannels;
  const stored =
    node.weights.encoding === 'float'
      ? { codes: null, encryptedBits: 0, floatBits: weights * FLOAT_BITS, matrixBits: 0, alphaBits: 0 }
      : node.weights.encoding === 'int'
        ? intInventory(node.weights, weights)
        : codesInventory(node.weights, weights, outChannels, counted);
  return {
    weights,
    ...stored,
    bitsPerWeight: (stored.encryptedBits + stored.floatBits) / weights,
    biasBits: bias === null ? 0 : outChannels * FLOAT_BITS,
    batchNormBits: batchNorm === null ? 0 : 4 * outChannels * FLOAT_BITS,
    bias: bias !== null,
    batchNorm: batchNorm !== null,
    macs: windowSize(node, input) * elementCount(output),
  };
}

type Codes = Pick<WeightedInventory, 'codes' | 'encryptedBits' | 'floatBits' | 'matrixBits' | 'alphaBits'>;

function codesInventory(
  { planes, nominalNIn }: BinaryCodes,
  weights: number,
  outChannels: number,
  counted: Set<XorMatrix>,
): Codes {
  const matrices = planes.map((plane) => plane.matrix);
  const { nIn, nOut } = matrices[0]!;
  let matrixBits = 0;
  for (const matrix of matrices) {
    if (!counted.has(matrix)) matrixBits += nIn * nOut;
    counted.add(matrix);
  }
  return {
    codes: {
      q: planes.length,
      nIn,
      nOut,
      nominalNIn: nominalNIn ?? nIn,
      rank: Math.max(...[...new Set(matrices)].map(rankOf)),
      nTap: commonTaps(matrices),
      plain: matrices.every(isIdentity),
      encryptedHistograms: planes.map((plane) => plane.encryptedHistogram),
    },
    encryptedBits: matrices.reduce((sum, matrix) => sum + sliceCount(weights, matrix) * nIn, 0),
    floatBits: 0,
    matrixBits,
    alphaBits: planes.length * outChannels * FLOAT_BITS,
  };
}

/** Integers are stored as they are, with a scale for each channel. */
function intInventory({ bits, scale }: IntWeights, weights: number): Codes {
  return {
    codes: null,
    encryptedBits: bits * weights,
    floatBits: 0,
    matrixBits: 0,
    alphaBits: scale.length * FLOAT_BITS,
  };
}

function shapeList({ height, width, channels }: Shape): ShapeList {
  return [height, width, channels];
}

function rangeList({ min, max }: ActivationRange): RangeList {
  return [min, max];
}
