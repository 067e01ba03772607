/**
 * The layer that a sweep's shares refer to: LeNet-5's second convolution with plain 1-bit weights at PE channels and one
 * lane, 5×5 over 14×14×32 to 64 channels, 8-bit activations. Its weights are random: the logic does not depend on them.
 */
import { invariant } from '../../../base/errors.js';
import { sha256 } from '../../../base/files.js';
import { Random } from '../../../base/random.js';
import { DEFAULT_BITS } from '../../../fixed/options.js';
import { verifyNetwork } from '../../../fixed/verify.js';
import type { IntConvNode, IntDenseNode, IntNetwork, IntTensor, Requantiser } from '../../../fixed/types.js';
import { deriveWidths } from '../../../fixed/widths.js';
import { makeDesign } from '../../../rtl/design.js';
import { generateRtl } from '../../../rtl/generate.js';
import type { RtlFiles } from '../../../rtl/types.js';
import { unitArea } from '../../area/measure.js';
import { synthesise } from '../../area/synthesise.js';
import type { SynthesisOptions } from '../../area/synthesise.js';
import type { Resources } from '../../area/types.js';
import { unitsOf } from '../../area/units.js';

const LAYER = 'conv';
export const REFERENCE_TITLE = 'convolution 5×5, 14×14×32 to 64 channels, 8-bit activations, plain 1-bit weights';
/** Channels: PE must divide it. */
export const REFERENCE_CHANNELS = 64;

const INPUT: IntTensor = {
  shape: { height: 14, width: 14, channels: 32 },
  format: { bits: 8, signed: false },
  scale: 1,
};
const HIDDEN: IntTensor = { ...INPUT, shape: { ...INPUT.shape, channels: REFERENCE_CHANNELS } };
const KERNEL = 5;
const BITS = { ...DEFAULT_BITS, layerBits: {} };

/** The layer with PE channels and one lane, in a design of its own. */
export function referenceDesign(pe: number): RtlFiles {
  const fold = { [LAYER]: { pe, simd: 1 } };
  return generateRtl(makeDesign(referenceNetwork(), { fold }));
}

/** What the layer takes, flattened. */
export async function referenceLogic(design: RtlFiles, options: SynthesisOptions): Promise<Resources> {
  const units = unitsOf(design, { plain: null, whole: false, seeds: [] });
  const unit = units.find(({ kind, layer }) => kind === 'layer' && layer === LAYER);
  invariant(unit, 'the reference layer is not among the units of its design');
  return unitArea(await synthesise(unit, options), unit.blackBoxModules, options.rule).resources;
}

/** A dense layer of two classes behind the layer takes its stream. */
function referenceNetwork(): IntNetwork {
  const random = Random.derive(1, 'reference layer of a price sweep');
  const output = { shift: 20, low: 0, high: 255 };
  const conv: IntConvNode = {
    kind: 'conv',
    name: LAYER,
    input: 'input',
    inputTensor: INPUT,
    outputTensor: HIDDEN,
    kernel: [KERNEL, KERNEL],
    stride: [1, 1],
    padding: [2, 2, 2, 2],
    dilation: [1, 1],
    groups: 1,
    ...weights(random, KERNEL * KERNEL * INPUT.shape.channels, REFERENCE_CHANNELS, output),
  };
  const { height, width, channels } = HIDDEN.shape;
  const classes = ['a', 'b'];
  const dense: IntDenseNode = {
    kind: 'dense',
    name: 'dense',
    input: conv.name,
    inputTensor: HIDDEN,
    outputTensor: { shape: { height: 1, width: 1, channels: 2 }, format: { bits: 1, signed: false }, scale: 1 },
    ...weights(random, height * width * channels, classes.length, null),
  };
  const logits = { ...dense, outputTensor: { ...dense.outputTensor, format: dense.widths.scaled } };
  const modelDigest = sha256(REFERENCE_TITLE);
  return verifyNetwork({
    ...{ name: 'reference', modelDigest, bits: BITS, loadable: false, input: INPUT, nodes: [conv, logits], classes },
  });
}

function weights(random: Random, windowSize: number, outChannels: number, output: Requantiser['output']) {
  const codes = Uint8Array.from({ length: windowSize * outChannels }, () => random.below(2));
  const planes = [{ nIn: 1, nOut: 1, matrix: Uint8Array.of(1), encrypted: codes, codes }];
  const requantiser: Requantiser = {
    joined: false,
    multipliers: [Int32Array.from({ length: outChannels }, () => random.between(16_384, 32_767))],
    multiplierBits: BITS.multiplierBits,
    beta: Float64Array.from({ length: outChannels }, () => random.between(-(2 ** 24), 2 ** 24)),
    output,
  };
  const layer = { windowSize, outChannels, planes, residual: null, requantiser };
  return { ...layer, widths: deriveWidths({ name: LAYER, inputFormat: INPUT.format, ...layer }) };
}
