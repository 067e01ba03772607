/**
 * A training step of LeNet-5 (batch 50) or ResNet-20 (batch 128): ours with FleXOR (or other --weights) on each engine,
 * beside PyTorch's dense one (pytorch_steps.py) where PyTorch is installed. All take turns, a few steps each, so that
 * other work on the machine meets them alike; the first step of a turn is not counted. The ratio is the median over the
 * rounds of (our median) / (PyTorch's faster layout's median). Needs a build (npm run setup).
 *
 *   node bench/training.js [--network lenet5|resnet20] [--threads N] [--rounds N] [--steps N] [--engines native,wasm]
 *     [--weights flexor,flexor-nearest] [--precision float32|bfloat16] [--python FILE] [--json]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { URL, fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatTable } from '../dist/base/table.js';
import { Random } from '../dist/base/random.js';
import { CIFAR10_NORMALISATION, CIFAR10_SHAPE } from '../dist/data/cifar10.js';
import { gatherBatch } from '../dist/data/dataset.js';
import { digits } from '../dist/data/digits.js';
import { createEngine } from '../dist/train/engine/engines.js';
import { buildNetwork } from '../dist/train/networks/networks.js';
import { initialParameters } from '../dist/train/weights/initial.js';
import { recipe } from '../dist/train/run/recipes.js';
import { computeGradients, updateParameters } from '../dist/train/run/step.js';
import { labelTargets } from '../dist/train/run/targets.js';
import { networkMatrices } from '../dist/train/run/xor-choice.js';

const PEER = fileURLToPath(new URL('pytorch_steps.py', import.meta.url));
const LAYOUTS = ['nchw', 'channels_last'];
const WARM_UP_STEPS = 5;

const { values: options } = parseArgs({
  options: {
    network: { type: 'string', default: 'lenet5' },
    threads: { type: 'string', default: String(availableParallelism()) },
    rounds: { type: 'string', default: '15' },
    steps: { type: 'string', default: '8' },
    engines: { type: 'string', default: 'native' },
    weights: { type: 'string', default: 'flexor' },
    precision: { type: 'string', default: 'float32' },
    python: { type: 'string', default: 'python3' },
    json: { type: 'boolean', default: false },
  },
});
const threads = Number(options.threads);
const base = recipe(options.network, 'cosine');

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Digits for LeNet-5; for a residual network noise in the shape of CIFAR-10, which takes as long as photographs. */
function images() {
  if (options.network === 'lenet5') return digits({ train: 400, test: 1 });
  const random = new Random(1);
  const count = 4 * base.batch;
  const pixels = Uint8Array.from({ length: count * 32 * 32 * 3 }, () => random.below(256));
  const split = { images: pixels, labels: Uint8Array.from({ length: count }, (_, i) => i % 10), count };
  const classes = Array.from({ length: 10 }, (_, i) => String(i));
  const shared = { shape: CIFAR10_SHAPE, normalisation: CIFAR10_NORMALISATION, classes };
  return { name: 'noise', ...shared, train: split, test: split };
}

/** A run of ours: `run(steps)` gives the milliseconds of that many steps, from gathering the batch to the optimiser. */
async function ours(name, weights) {
  const config = { ...base, weights };
  const dataset = images();
  const network = buildNetwork(config, dataset);
  const { batch, gradient, sTanh, shift, flip } = config;
  const matrices = networkMatrices(config, network);
  const layers = initialParameters(network, { ...config, matrices });
  const changes = { shift, flip, random: new Random(1) };
  let done = 0;
  const step = (engine) => {
    const started = performance.now();
    const indices = Uint32Array.from({ length: batch }, (_, i) => (done * batch + i) % dataset.train.count);
    const { pixels, labels } = gatherBatch(dataset, dataset.train, indices, changes);
    computeGradients(
      engine,
      network,
      layers,
      { rule: gradient, sTanh, progress: 0 },
      pixels,
      labelTargets(labels, 10, 0),
    );
    updateParameters(engine, layers, config, config.rate, ++done);
    return performance.now() - started;
  };
  const engine = await createEngine(name, { threads, precision: options.precision });
  return {
    title: `${weights}, engine ${engine.identity}`,
    peer: false,
    run: async (steps) => {
      await engine.tf.setBackend(name);
      return Array.from({ length: steps }, () => step(engine));
    },
    end: () => undefined,
  };
}

/** PyTorch's runs, one a layout; none where the interpreter has no PyTorch. */
async function peers() {
  const child = spawn(options.python, [PEER, options.threads, options.network, String(base.batch)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const failed = new Promise((resolve) => child.once('error', () => resolve(null)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await Promise.race([lines.next().then(({ value }) => value), failed])) ?? null;
  const version = await next();
  if (version === null) {
    process.stderr.write(`bench: ${options.python} has no PyTorch (Debian: python3-torch); only our steps are timed\n`);
    return [];
  }
  return LAYOUTS.map((layout, i) => ({
    title: `dense, PyTorch ${version}, ${layout}, ${threads} thread${threads === 1 ? '' : 's'}`,
    peer: true,
    run: async (steps) => {
      child.stdin.write(`${layout} ${steps}\n`);
      return (await next()).split(' ').map(Number);
    },
    end: async () => {
      if (i > 0) return;
      child.stdin.end();
      await once(child, 'close');
    },
  }));
}

async function main() {
  const runs = [];
  for (const name of options.engines.split(',')) {
    for (const weights of options.weights.split(',')) runs.push(await ours(name, weights));
  }
  runs.push(...(await peers()));
  for (const each of runs) await each.run(WARM_UP_STEPS);
  const rounds = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    const times = [];
    for (const each of runs) times.push((await each.run(Number(options.steps) + 1)).slice(1));
    rounds.push(times);
  }
  for (const each of runs) await each.end();
  report(runs, rounds);
}

function report(runs, rounds) {
  const fastestPeer = (times) => Math.min(...runs.flatMap((each, i) => (each.peer ? [median(times[i])] : [])));
  const results = runs.map(({ title, peer }, i) => ({
    title,
    medianMilliseconds: median(rounds.flatMap((times) => times[i])),
    fastestMilliseconds: Math.min(...rounds.flatMap((times) => times[i])),
    ratio: peer || !runs.some((each) => each.peer) ? null : median(rounds.map((t) => median(t[i]) / fastestPeer(t))),
  }));
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version };
  if (options.json) {
    console.log(
      JSON.stringify(
        {
          network: options.network,
          machine,
          threads,
          precision: options.precision,
          rounds: rounds.length,
          steps: Number(options.steps),
          results,
        },
        null,
        2,
      ),
    );
    return;
  }
  console.log(
    `${options.network}, batch ${base.batch}, on ${machine.cores} cores of ${machine.processor}, ${rounds.length} rounds\n`,
  );
  const rows = results.map(({ title, medianMilliseconds, fastestMilliseconds, ratio }) => [
    title,
    medianMilliseconds.toFixed(1),
    fastestMilliseconds.toFixed(1),
    ratio === null ? '' : ratio.toFixed(2),
  ]);
  console.log(formatTable([['step', 'median ms', 'fastest ms', 'of PyTorch'], ...rows]));
}

await main();
