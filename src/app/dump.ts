/**
 * Every tensor of the integer network on test images as files: `index.json`, `logits.npy`, `classes.npy` and
 * `layers/NAME.npy` for the input and all layers but the last (docs/numbers.md, Dump).
 */
import { FlexorError } from '../base/errors.js';
import { formatCount } from '../base/format.js';
import { isObject, parseJson } from '../base/json.js';
import { prepareFolder, writeFolder, type FolderKind } from '../base/output-folder.js';
import { encodeNpy, type NpyValues } from '../data/own/npy.js';
import { elementCount } from '../graph/shapes.js';
import type { IntFormat, IntNetwork, IntNode, IntTensor } from '../fixed/types.js';
import { INPUT_NAME, inputsOf, isWeighted } from '../graph/order.js';
import { createSimulator } from '../simulate/simulate.js';
import type { LoweredModel, TestImages } from './inputs.js';
import { withProgress, type StartProgress } from './progress.js';

const INDEX = 'index.json';
const KIND = 'flexor dump 1';

const DUMP: FolderKind = {
  title: 'a dump',
  manifest: INDEX,
  listed: (text) => {
    const index = parsed(text);
    if (!isObject(index) || index['kind'] !== KIND) return null;
    const { files } = index;
    return Array.isArray(files) && files.every((name) => typeof name === 'string') ? files : null;
  },
  unfinished: (files) => indexText({ kind: KIND, unfinished: true, files }),
};

function parsed(text: string): unknown {
  try {
    return parseJson(text, (rule) => new FlexorError('file-system', rule));
  } catch {
    return null;
  }
}

function indexText(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Most bytes of all tensors together: they are held in memory until the folder is written. */
const MOST_BYTES = 2 ** 30;

/** Tries the folder before the work. */
export function prepareDump(folder: string | undefined): void {
  if (folder !== undefined) prepareFolder(folder, DUMP);
}

type Integers = Exclude<NpyValues, BigInt64Array>;

/** A tensor of the dump. */
interface Dumped {
  readonly name: string;
  readonly tensor: IntTensor;
  readonly values: Integers;
}

/** Evaluates the images once more and writes the folder. */
export async function writeDump(
  folder: string,
  { model, digest, network }: LoweredModel,
  images: Pick<TestImages, 'dataset' | 'dataDigest' | 'quantised' | 'count'>,
  start: StartProgress,
): Promise<void> {
  const { count, quantised } = images;
  const tensors = allocate(network, count);
  const logits = new BigInt64Array(count * network.classes.length);
  const classes = new Int32Array(count);
  const simulator = createSimulator(network);
  await withProgress(start, 'dump', count, (onProgress) => {
    for (const [i, image] of quantised.entries()) {
      const streams = simulator.trace(image);
      for (const [n, { tensor, values }] of tensors.entries()) values.set(streams[n]!, i * elementCount(tensor.shape));
      const last = streams.at(-1)!;
      logits.set(
        Array.from(last, (logit) => BigInt(logit)),
        i * last.length,
      );
      classes[i] = last.indexOf(Math.max(...last));
      onProgress(i + 1);
    }
  });
  const files = new Map<string, string | Uint8Array>();
  for (const { name, tensor, values } of tensors) {
    const { height, width, channels } = tensor.shape;
    files.set(fileOf(name), encodeNpy([count, height, width, channels], values));
  }
  files.set('logits.npy', encodeNpy([count, network.classes.length], logits));
  files.set('classes.npy', encodeNpy([count], classes));
  const index = {
    ...{ kind: KIND, model: model.name, modelDigest: digest, bits: network.bits },
    ...{ dataset: images.dataset, dataDigest: images.dataDigest, images: count, classes: network.classes },
    layers: network.nodes.map((node, n) => ({
      ...entry(node.name, node.kind, inputsOf(node), tensors[n + 1]?.tensor, network),
      ...roundingOf(node),
    })),
    input: entry(INPUT_NAME, INPUT_NAME, [], network.input, network),
    files: [...files.keys()].sort(),
  };
  files.set(INDEX, indexText(index));
  writeFolder(folder, files, DUMP);
}

function fileOf(name: string): string {
  return `layers/${name}.npy`;
}

/** What the index says of a tensor; the last one is `logits.npy`. */
function entry(
  name: string,
  kind: string,
  inputs: readonly string[],
  tensor: IntTensor | undefined,
  { nodes }: IntNetwork,
): object {
  const { format, scale, zero = 0 } = tensor ?? nodes.at(-1)!.outputTensor;
  const file = tensor === undefined ? 'logits.npy' : fileOf(name);
  return { name, kind, inputs, file, bits: format.bits, signed: format.signed, scale, zero };
}

/** Whether a layer with a quantiser gives its integer for every sum, which only a search for multipliers finds out. */
function roundingOf(node: IntNode): object {
  const quantised = isWeighted(node) ? node.requantiser.quantised : undefined;
  return quantised === undefined ? {} : { quantised };
}

function allocate({ input, nodes }: IntNetwork, count: number): Dumped[] {
  const tensors = [{ name: INPUT_NAME, tensor: input }].concat(
    nodes.slice(0, -1).map(({ name, outputTensor }) => ({ name, tensor: outputTensor })),
  );
  const bytes = tensors.reduce(
    (sum, { tensor }) => sum + count * elementCount(tensor.shape) * valuesOf(tensor.format, 0).BYTES_PER_ELEMENT,
    0,
  );
  if (bytes > MOST_BYTES) {
    throw new FlexorError(
      'usage',
      `--dump of ${formatCount(count)} images takes ${formatCount(bytes)} bytes, the most are ${formatCount(MOST_BYTES)}; ` +
        'use fewer --images',
    );
  }
  return tensors.map(({ name, tensor }) => ({
    ...{ name, tensor },
    values: valuesOf(tensor.format, count * elementCount(tensor.shape)),
  }));
}

/** The narrowest integers that hold a format. */
function valuesOf({ bits, signed }: IntFormat, count: number): Integers {
  if (bits <= 8) return signed ? new Int8Array(count) : new Uint8Array(count);
  if (bits <= 16) return signed ? new Int16Array(count) : new Uint16Array(count);
  return new Int32Array(count);
}
