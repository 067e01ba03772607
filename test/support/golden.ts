/**
 * Golden files (test/golden): text that a refactor must not change. FLEXOR_UPDATE_GOLDEN=1 writes them instead of
 * comparing; the change then shows in the diff of the commit. Their networks come from a fixed seed.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { sha256 } from '../../src/base/files.js';
import { Random } from '../../src/base/random.js';
import { DEFAULT_BITS, lower } from '../../src/fixed/lower.js';
import type {
  IntConvNode,
  IntDenseNode,
  IntFormat,
  IntMaxPoolNode,
  IntNetwork,
  IntNode,
  IntPlane,
  IntTensor,
} from '../../src/fixed/types.js';
import { slidingOutput } from '../../src/graph/window.js';
import { isWeighted } from '../../src/graph/order.js';
import { verifyNetwork } from '../../src/fixed/verify.js';
import { deriveWidths } from '../../src/fixed/widths.js';
import { decrypt, sliceCount, tapMatrix } from '../../src/xor/matrix.js';
import { RESIDUAL_NODES, tinyModel } from './tiny-model.js';

const FOLDER = fileURLToPath(new URL('../golden/', import.meta.url));
const UPDATE = process.env['FLEXOR_UPDATE_GOLDEN'] === '1';

/** Compares the files of a case (relative path → text) with the golden ones: the same names, the same bytes. */
export function expectGolden(name: string, files: ReadonlyMap<string, string>): void {
  const folder = join(FOLDER, name);
  if (UPDATE) {
    rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const golden = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  expect([...files.keys()].sort(), `files of ${name}`).toEqual(golden.sort());
  for (const [path, text] of files) expect(text, `${name}/${path}`).toBe(readFileSync(join(folder, path), 'utf8'));
}

/** What the golden networks are lowered with. */
const GOLDEN_BITS = { activationBits: 4, multiplierBits: 10 };

/** A layer of a golden network; the input's shape decides the rest. */
type GoldenLayer =
  | {
      kind: 'conv' | 'maxPool';
      kernel: [number, number];
      stride: [number, number];
      padding: [number, number, number, number];
      weights?: GoldenWeights;
    }
  | { kind: 'dense'; weights: GoldenWeights };

interface GoldenWeights {
  readonly channels: number;
  readonly planes: number;
  readonly nIn: number;
  readonly nOut: number;
  /** null for the last layer. */
  readonly output: IntFormat | null;
}

/** Built from a fixed seed, independent of training and lowering, which may change without a change of the hardware. */
export function goldenNetwork(name: string, input: IntTensor, layers: readonly GoldenLayer[]): IntNetwork {
  const random = new Random(1);
  const nodes: IntNode[] = [];
  let tensor = input;
  layers.forEach((layer, i) => {
    const common = {
      name: `${layer.kind.toLowerCase()}${i + 1}`,
      input: nodes.at(-1)?.name ?? 'input',
      inputTensor: tensor,
    };
    const node = layer.kind === 'maxPool' ? pool(common, layer) : weighted(random, common, layer);
    nodes.push(node);
    tensor = node.outputTensor;
  });
  const classes = Array.from({ length: tensor.shape.channels }, (_, c) => `class${c}`);
  const bits = { ...DEFAULT_BITS, ...GOLDEN_BITS, inputBits: input.format.bits, layerBits: layerBits(nodes) };
  return verifyNetwork({ name, modelDigest: sha256(name), bits, loadable: false, input, nodes, classes });
}

/** Bits of the layers that have others than the rest. */
function layerBits(nodes: readonly IntNode[]): Record<string, number> {
  return Object.fromEntries(
    nodes
      .filter((node) => isWeighted(node) && node.requantiser.output !== null)
      .map(({ name, outputTensor }) => [name, outputTensor.format.bits] as const)
      .filter(([, bits]) => bits !== GOLDEN_BITS.activationBits),
  );
}

type Common = Pick<IntDenseNode, 'name' | 'input' | 'inputTensor'>;

function pool(common: Common, layer: Exclude<GoldenLayer, { kind: 'dense' }>): IntMaxPoolNode {
  const { kernel, stride, padding } = layer;
  const { shape } = common.inputTensor;
  const size = slidingOutput(shape, layer);
  return {
    kind: 'maxPool',
    ...common,
    kernel,
    stride,
    padding,
    outputTensor: { ...common.inputTensor, shape: { ...size, channels: shape.channels } },
  };
}

function weighted(random: Random, common: Common, layer: GoldenLayer): IntConvNode | IntDenseNode {
  const { channels, planes: q, nIn, nOut, output } = layer.weights!;
  const { shape, format } = common.inputTensor;
  const size = layer.kind === 'dense' ? { height: 1, width: 1 } : slidingOutput(shape, layer);
  const taps = layer.kind === 'dense' ? shape.height * shape.width : layer.kernel[0] * layer.kernel[1];
  const windowSize = taps * shape.channels;
  const planes = Array.from({ length: q }, (): IntPlane => {
    const matrix = tapMatrix(nIn, nOut, Math.min(2, nIn), random);
    const encrypted = Uint8Array.from({ length: sliceCount(windowSize * channels, matrix) * nIn }, () =>
      random.below(2),
    );
    return { nIn, nOut, matrix: matrix.bits, encrypted, codes: decrypt(encrypted, matrix, windowSize * channels) };
  });
  const requantiser = {
    joined: false,
    multipliers: planes.map(() => Int32Array.from({ length: channels }, () => random.between(-40, 400))),
    multiplierBits: GOLDEN_BITS.multiplierBits,
    beta: Float64Array.from({ length: channels }, () => random.between(-3000, 3000)),
    output: output && { shift: 9, low: 0, high: 2 ** (output.bits - (output.signed ? 1 : 0)) - 1 },
  };
  const arithmetic = { windowSize, outChannels: channels, planes, residual: null, requantiser };
  const widths = deriveWidths({ name: common.name, inputFormat: format, ...arithmetic });
  const outputTensor = { shape: { ...size, channels }, format: output ?? widths.scaled, scale: 1 };
  const node = { ...common, ...arithmetic, widths, outputTensor };
  if (layer.kind === 'dense') return { kind: 'dense', ...node };
  const { kernel, stride, padding } = layer;
  return { kind: 'conv', ...node, kernel, stride, padding, dilation: [1, 1], groups: 1 };
}

export const CHAIN_FOLD = { conv1: { pe: 2, simd: 2 }, conv3: { pe: 3, simd: 8 }, dense4: { pe: 1, simd: 7 } };
export const SMALLEST_FOLD = { dense1: { pe: 1, simd: 1 } };
const HALF = { pe: 2, simd: 1 };
export const RESIDUAL_FOLD = {
  ...{ conv1: HALF, conv2: HALF, conv3: { pe: 4, simd: 3 }, conv5: { pe: 3, simd: 2 }, conv8: HALF, conv9: HALF },
  dense12: { pe: 1, simd: 1 },
};

/** One of everything: serial window with lanes, pool, two planes, banked window, dense layer with lanes. */
export function chainNetwork(): IntNetwork {
  const input = { shape: { height: 6, width: 6, channels: 1 }, format: { bits: 8, signed: true }, scale: 0.5 };
  const hidden = { bits: 4, signed: false };
  return goldenNetwork('golden-chain', input, [
    {
      ...{ kind: 'conv', kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
      weights: { channels: 4, planes: 1, nIn: 6, nOut: 10, output: hidden },
    },
    { kind: 'maxPool', kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] },
    {
      ...{ kind: 'conv', kernel: [2, 2], stride: [1, 1], padding: [0, 0, 1, 1] },
      weights: { channels: 6, planes: 2, nIn: 3, nOut: 4, output: { bits: 5, signed: true } },
    },
    { kind: 'dense', weights: { channels: 3, planes: 1, nIn: 12, nOut: 20, output: null } },
  ]);
}

/** The smallest network: two binary inputs, two logits. */
export function smallestNetwork(): IntNetwork {
  const input = { shape: { height: 1, width: 1, channels: 2 }, format: { bits: 1, signed: false }, scale: 1 };
  return goldenNetwork('golden-smallest', input, [
    { kind: 'dense', weights: { channels: 2, planes: 1, nIn: 2, nOut: 3, output: null } },
  ]);
}

/** Forks, an identity, an option-A shortcut, a projection and a pool over the whole image, lowered from a float model. */
export function residualNetwork(): IntNetwork {
  const model = { ...tinyModel(1, RESIDUAL_NODES), name: 'golden-residual' };
  return lower(model, sha256('golden residual'), { ...GOLDEN_BITS, floatBits: 2, layerBits: { conv2: 6 } });
}
