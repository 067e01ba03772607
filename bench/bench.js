/**
 * `npm run bench`: how long the main steps take on this machine, with the built tools (dist/, lib/): commands, generation,
 * folds and schedules, simulation beside onnxruntime, the XOR minimiser beside a published count, building and running the
 * Verilog, a training step beside PyTorch's. Peers that are not installed are left out. Prints a table, or JSON with --json.
 * Every figure of ours is measured here and now; nothing is compared with an earlier run.
 */
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { URL, fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadLowered, loadTestImages } from '../dist/app/inputs.js';
import { temporaryFolder, runCleanups } from '../dist/base/cleanup.js';
import { formatTable } from '../dist/base/table.js';
import { cosimulate } from '../dist/cosim/cosimulate.js';
import { findMnist } from '../dist/data/mnist.js';
import { DEFAULT_BITS } from '../dist/fixed/lower.js';
import { makeDesign } from '../dist/rtl/design.js';
import { generateRtl } from '../dist/rtl/generate.js';
import { cyclesForTarget } from '../dist/rtl/solve/choose.js';
import { NO_BUDGETS } from '../dist/rtl/solve/types.js';
import { writeDesign } from '../dist/rtl/write-design.js';
import { simulateImages } from '../dist/simulate/pool.js';
import { measureSimulators } from './peer/simulator-sides.js';
import { measureCommands } from './rows/commands.js';
import { measureMinimiser } from './rows/minimiser.js';
import { measureSteps } from './rows/training.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GENERATIONS = 7;
const TRAINING_ROUNDS = 3;
/** Shipped models on which the simulator takes turns with its peer. */
const SIMULATED = ['lenet5-mnist-0.6', 'resnet20-cifar10-0.4-systematic'];
/** Frames a second for which ResNet-20 is folded and scheduled: fast, and slow ones that leave most units idle. */
const SCHEDULED_RATES = [1000, 127, 20];
const now = () => performance.now();

const values = readOptions();

/** The options; a wrong one ends the run with one line. */
function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        model: { type: 'string' },
        data: { type: 'string' },
        images: { type: 'string', default: '2000' },
        'rtl-images': { type: 'string', default: '20' },
        steps: { type: 'string', default: '3' },
        python: { type: 'string', default: process.env.FLEXOR_PYTHON ?? '/usr/bin/python3' },
        json: { type: 'boolean', default: false },
      },
    });
    for (const name of ['images', 'rtl-images', 'steps']) {
      if (!/^[1-9]\d*$/.test(values[name]))
        throw new Error(`--${name} must be a positive integer, got ${values[name]}`);
    }
    return values;
  } catch (error) {
    process.stderr.write(`bench: ${error.message}\n`);
    return process.exit(2);
  }
}

/** The 0.6-bit MNIST model where it is shipped, else the first model there is. */
function shippedModel() {
  const models = readdirSync(join(ROOT, 'models')).filter((name) => name.endsWith('.flexor'));
  const name = models.includes('lenet5-mnist-0.6.flexor') ? 'lenet5-mnist-0.6.flexor' : models.sort()[0];
  if (name === undefined) throw new Error('models/ holds no model; name one with --model');
  return join(ROOT, 'models', name);
}

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

/** Seconds of each of several runs. */
function times(count, action) {
  return Array.from({ length: count }, () => {
    const started = now();
    action();
    return (now() - started) / 1000;
  });
}

/**
 * Where nobody said where MNIST is and it is not beside the repository, the built-in digits are measured: speed is the
 * same.
 */
function testImages(lowered, count) {
  if (values.data !== undefined) return loadTestImages(lowered, { images: count, data: values.data });
  const found = findMnist(undefined) !== null;
  return loadTestImages(lowered, { images: count, ...(found ? {} : { dataset: 'digits' }) });
}

function measureGeneration(path) {
  const lowering = times(GENERATIONS, () => loadLowered(path, DEFAULT_BITS));
  const { network } = loadLowered(path, DEFAULT_BITS);
  const generation = times(GENERATIONS, () => generateRtl(makeDesign(network)));
  return {
    runs: GENERATIONS,
    readAndLowerSeconds: median(lowering),
    generateSeconds: median(generation),
    slowestGenerateSeconds: Math.max(...generation),
  };
}

/** Processor seconds from a lowered ResNet-20 to its fold, FIFO depths and cycles, at 100 MHz; null where it is not shipped. */
function measureSchedules() {
  const path = join(ROOT, 'models', 'resnet20-cifar10-0.4-systematic.flexor');
  if (!existsSync(path)) return null;
  const { network } = loadLowered(path, DEFAULT_BITS);
  return SCHEDULED_RATES.map((framesPerSecond) => {
    const goal = { cycles: cyclesForTarget(framesPerSecond, 100), budgets: NO_BUDGETS };
    const before = process.cpuUsage();
    const { cyclesPerFrame } = makeDesign(network, { goal }).prediction;
    const { user, system } = process.cpuUsage(before);
    return { framesPerSecond, cyclesPerFrame, processorSeconds: (user + system) / 1e6 };
  });
}

async function measureSimulator(lowered, images) {
  const workers = availableParallelism();
  const started = now();
  await simulateImages(lowered.network, images.quantised, { workers });
  return { images: images.count, workers, imagesPerSecond: (1000 * images.count) / (now() - started) };
}

/** Images a second of processor time on one thread, by model and by kernels, and the peer's; models that are not shipped are left out. */
async function measureKernels() {
  const rows = [];
  for (const model of SIMULATED) {
    const path = join(ROOT, 'models', `${model}.flexor`);
    if (!existsSync(path)) continue;
    const sides = await measureSimulators(loadLowered(path, DEFAULT_BITS).network);
    rows.push(...sides.map(({ name, rate, ofPeer }) => ({ model, name, imagesPerProcessorSecond: rate, ofPeer })));
  }
  return rows;
}

/** Builds with an empty cache; the run is long enough for the build that simulates fast. */
async function measureRtl(lowered, images, count) {
  const design = makeDesign(lowered.network);
  const work = temporaryFolder('flexor-bench');
  try {
    const folder = join(work.path, 'design');
    writeDesign(generateRtl(design), folder);
    const options = { folder, design, images: images.quantised.slice(0, count), cacheDir: work.path };
    const result = await cosimulate({ ...options, optimise: 'run-time', stalls: 0, seed: 1, layers: false, now });
    if (!result.passed) throw new Error(`the RTL run failed: ${result.failure}`);
    const { buildSeconds, cyclesPerSecond, cyclesPerFrame, predictedCyclesPerFrame, bottleneckUtilisation } = result;
    const { busiest } = design.prediction;
    const cycles = { cyclesPerFrame, predictedCyclesPerFrame, busiestUnit: busiest.unit, bottleneckUtilisation };
    return { images: count, buildSeconds, cyclesPerSecond, ...cycles };
  } finally {
    work.remove();
  }
}

/** What `measure` finds with a folder that is there for so long. */
function inFolder(measure) {
  const work = temporaryFolder('flexor-bench');
  try {
    return measure(work.path);
  } finally {
    work.remove();
  }
}

function table({ commands, generation, schedules, simulator, kernels, minimiser, rtl, training }) {
  const percent = (x) => (x === null ? '–' : `${(100 * x).toFixed(2)}%`);
  return formatTable([
    ['what', 'figure', 'unit', 'how'],
    ...commands.map(({ name, seconds, beside, ratio }) => [
      name,
      seconds.toFixed(2),
      'CPU s',
      beside === null ? '' : `${ratio.toFixed(2)} × ${beside}`,
    ]),
    ['read and lower', generation.readAndLowerSeconds.toFixed(3), 's', `median of ${generation.runs}`],
    ['generate RTL', generation.generateSeconds.toFixed(3), 's', `median of ${generation.runs}`],
    ['generate RTL, slowest', generation.slowestGenerateSeconds.toFixed(3), 's', `of ${generation.runs}`],
    ...(schedules ?? []).map(({ framesPerSecond, cyclesPerFrame, processorSeconds }) => [
      `ResNet-20 at ${framesPerSecond} frames/s`,
      processorSeconds.toFixed(2),
      'CPU s',
      `fold and schedule, ${cyclesPerFrame} cycles a frame`,
    ]),
    [
      'integer simulator',
      simulator.imagesPerSecond.toFixed(0),
      'images/s',
      `${simulator.images} images, ${simulator.workers} threads`,
    ],
    ...kernels.map(({ model, name, imagesPerProcessorSecond, ofPeer }) => [
      `${model}: ${name}`,
      imagesPerProcessorSecond.toFixed(0),
      'images/CPU s',
      ofPeer === null ? 'onnxruntime-node is not installed' : `${ofPeer.toFixed(2)} × onnxruntime, 8 bit`,
    ]),
    [
      'AES MixColumns, XOR gates',
      String(minimiser.gates),
      'gates',
      `${minimiser.ratio.toFixed(2)} × published ${minimiser.published}, in ${minimiser.processorSeconds.toFixed(1)} CPU s`,
    ],
    ['Verilator build', rtl.buildSeconds.toFixed(1), 's', 'empty cache, optimised to run fast'],
    ['Verilator run', (rtl.cyclesPerSecond / 1000).toFixed(1), 'kcycles/s', `${rtl.images} images, one thread`],
    ['cycles a frame', String(rtl.cyclesPerFrame), 'cycles', `${rtl.predictedCyclesPerFrame} predicted`],
    ['bottleneck utilisation', percent(rtl.bottleneckUtilisation), '', `busiest unit: ${rtl.busiestUnit}`],
    ...training.map(({ network, title, milliseconds, ratio }) => [
      `training step, ${network}`,
      milliseconds.toFixed(0),
      'ms',
      ratio === null ? `${title}; no PyTorch` : `${ratio.toFixed(2)} × PyTorch, one thread`,
    ]),
  ]);
}

async function main() {
  const path = values.model ?? shippedModel();
  const step = (text) => process.stderr.write(`bench: ${text}\n`);
  step('commands');
  const commands = inFolder((folder) => measureCommands(ROOT, folder));
  step('generation');
  const generation = measureGeneration(path);
  step('schedule');
  const schedules = measureSchedules();
  const lowered = loadLowered(path, DEFAULT_BITS);
  step('simulator');
  const images = await testImages(lowered, Number(values.images));
  const simulator = await measureSimulator(lowered, images);
  step('simulator and onnxruntime, one thread');
  const kernels = await measureKernels();
  step('XOR minimiser');
  const minimiser = measureMinimiser();
  step('Verilator');
  const rtl = await measureRtl(lowered, images, Number(values['rtl-images']));
  step('training');
  const training = measureSteps(values.python, TRAINING_ROUNDS, Number(values.steps));
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version };
  const measured = { commands, generation, schedules, simulator, kernels, minimiser, rtl, training };
  const result = { model: relative(ROOT, path), machine, ...measured };
  if (values.json) console.log(JSON.stringify(result, null, 2));
  else
    console.log(
      `${result.model} on ${machine.cores} cores of ${machine.processor}, Node ${machine.node}\n\n${table(result)}`,
    );
}

process.once('SIGINT', () => {
  runCleanups();
  process.exit(1);
});
try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
}
