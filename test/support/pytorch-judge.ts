/**
 * A training run of ours beside the same run in PyTorch (pytorch_judge.py). The trainer runs as `flexor train` calls it;
 * what the judge is told are first values, order of the images, and what training saw of them, which it checks.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlexorError } from '../../src/base/errors.js';
import type { Batch, PixelDataset } from '../../src/data/dataset.js';
import { inMemory, type BatchSource, type ImageSource } from '../../src/data/source.js';
import { checkRun } from '../../src/train/run/check-run.js';
import type { TrainConfig } from '../../src/train/run/config.js';
import type { Engine } from '../../src/train/engine/engine.js';
import { initialParameters } from '../../src/train/weights/initial.js';
import { buildNetwork } from '../../src/train/networks/networks.js';
import { allParameters } from '../../src/train/weights/parameters.js';
import { warmupSteps } from '../../src/train/run/schedule.js';
import { train, type TrainResult } from '../../src/train/run/trainer.js';
import { networkMatrices } from '../../src/train/run/xor-choice.js';
import { rowTaps } from '../../src/xor/matrix.js';

const JUDGE = new URL('pytorch_judge.py', import.meta.url).pathname;
/** Debian's python3-torch belongs to this interpreter. */
const PYTHON = process.env.FLEXOR_PYTHON ?? '/usr/bin/python3';

export interface Verdict {
  /** Of each step. */
  readonly losses: readonly number[];
  /** How often each crop was seen, by row and column of the padded image. */
  readonly crops: readonly (readonly number[])[];
  readonly flips: number;
  /** On the test images after the last step, 0 to 1. */
  readonly accuracy: number;
  /** Moving averages of mean and (unbiased) variance of each batch norm, by layer. */
  readonly averages: Readonly<Record<string, readonly [mean: number[], variance: number[]]>>;
  /** What was learnt, parameter after parameter. */
  readonly learnt: Float32Array;
}

export interface OurRun {
  readonly losses: readonly number[];
  readonly result: TrainResult;
  /** The first values, in the order of the result's parameters. */
  readonly first: readonly Float32Array[];
}

/** A source that keeps what it was asked for and what it gave. */
function recorded(source: BatchSource, indices: Uint32Array[], batches: Batch[]): BatchSource {
  return {
    count: source.count,
    async *batches(requests) {
      const asked = [...requests];
      let next = 0;
      for await (const batch of source.batches(asked)) {
        // The trainer alone changes images: evaluation and digests take them as they are.
        if (asked[next]!.augmentation !== null) {
          indices.push(asked[next]!.indices.slice());
          batches.push(batch);
        }
        next++;
        yield batch;
      }
    },
  };
}

/** Trains with the engine and leaves in `folder` what the judge needs. A ResNet of small images with one M⊕ or none. */
export async function ourRun(
  engine: Engine,
  config: TrainConfig,
  dataset: PixelDataset,
  folder: string,
): Promise<OurRun> {
  const source = inMemory(dataset);
  const [indices, batches, losses]: [Uint32Array[], Batch[], number[]] = [[], [], []];
  const watched: ImageSource = { ...source, train: recorded(source.train, indices, batches) };
  const options = { checkpoint: null, resume: false };
  const result = await train(engine, config, watched, options, {
    onStep: (_step, _steps, _epoch, l) => losses.push(l),
  });
  const bytes = (arrays: readonly (Float32Array | Uint32Array)[]): Buffer =>
    Buffer.concat(arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));
  const write = (name: string, content: Uint8Array): void => writeFileSync(join(folder, `${name}.bin`), content);
  const network = buildNetwork(config, dataset);
  const matrices = networkMatrices(config, network);
  const parameters = allParameters(initialParameters(network, { ...config, matrices }).values());
  write('parameters', bytes(parameters.map(({ values }) => values)));
  write('images', dataset.train.images);
  write('labels', dataset.train.labels);
  write('test-images', dataset.test.images);
  write('test-labels', dataset.test.labels);
  write('indices', bytes(indices));
  write('seen', bytes(batches.map(({ pixels }) => pixels)));
  const steps = checkRun(config, source) * config.epochs;
  const run = {
    ...{ steps, batch: config.batch, blocks: config.network === 'resnet32' ? 5 : 3, shift: config.shift },
    ...{ rate: config.rate, momentum: config.momentum, weightDecay: config.weightDecay },
    ...{ warmupSteps: warmupSteps(config, steps), sTanh: config.sTanh, sTanhStart: config.sTanhStart },
    ...{ nIn: matrices[0]?.[0]!.nIn, taps: matrices[0] === undefined ? [] : rowTaps(matrices[0][0]!) },
    labelSmoothing: config.labelSmoothing,
    parameters: parameters.map(({ name, values }) => [name, values.length]),
  };
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run));
  return { losses, result, first: parameters.map(({ values }) => values) };
}

/** The same run in PyTorch, on one thread. */
export function verdict(folder: string): Verdict {
  try {
    const told = JSON.parse(execFileSync(PYTHON, [JUDGE, folder], { encoding: 'utf8' })) as Verdict;
    const { buffer, byteOffset, byteLength } = readFileSync(join(folder, 'learnt.bin'));
    return { ...told, learnt: new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)) };
  } catch (error) {
    throw new FlexorError(
      'tool',
      `PyTorch's run failed (needs Debian's python3-torch, python3-numpy): ${String(error)}`,
    );
  }
}
