/** `flexor cosim`: test images through the generated RTL in a Verilog simulator, compared with the integer network. */
import type { Command } from 'commander';
import { FlexorError } from '../base/errors.js';
import { cosimulate } from '../cosim/cosimulate.js';
import { cosimulateIcarus } from '../cosim/icarus.js';
import type { CosimOptions, CosimResult, WeightLoad } from '../cosim/types.js';
import type { IntNetwork } from '../fixed/types.js';
import { loadPacket } from '../rtl/load.js';
import type { Manifest } from '../rtl/types.js';
import { addImageOptions, addLoweringOptions, loadLowered, loadLoweredFor, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweringOptions } from './inputs.js';
import { integer, oneOf } from './options.js';
import { formatCount, formatPercent, formatTable, printJson, printLine } from './print.js';
import { startProgress } from './progress.js';
import { addGenerationOptions, generate, place } from './rtl-options.js';
import type { GenerationOptions } from './rtl-options.js';

const SIMULATORS = ['verilator', 'icarus'] as const;

interface CosimCommandOptions extends ImageOptions, LoweringOptions, GenerationOptions {
  readonly images: number;
  readonly stalls: number;
  readonly seed: number;
  readonly layers?: boolean;
  readonly loadModel?: string;
  readonly trace?: string;
  readonly simulator: (typeof SIMULATORS)[number];
  readonly keep?: string;
  readonly cache?: string;
  readonly json?: boolean;
}

/** Registers the command. */
export function registerCosim(program: Command): void {
  const command = program
    .command('cosim')
    .description('run test images through the RTL and compare every output with the integer network')
    .argument('<model>', 'model file (.flexor)');
  addGenerationOptions(addLoweringOptions(addImageOptions(command, 10)))
    .option(
      '--stalls <percent>',
      'chance of a stall a cycle on both sides; 0 checks the predicted cycles',
      integer(0, 95),
      0,
    )
    .option('--seed <n>', 'seed of stalls and of the random initial register contents', integer(0, 2 ** 32 - 1), 1)
    .option('--layers', "compare every layer's stream, not only logits and class")
    .option(
      '--load-model <file>',
      'with --weights ram: load this model as soon as the first image has begun, and read it back',
    )
    .option('--trace <file>', 'write an FST trace (GTKWave, Surfer)')
    .option('--simulator <name>', SIMULATORS.join(' or '), oneOf(SIMULATORS), 'verilator')
    .option('--keep <dir>', 'write the generated design here and keep it')
    .option('--cache <dir>', 'folder of cached builds (default: FLEXOR_CACHE, else build/cache)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A difference in a value, a stream that is stuck, or (without stalls) a cycle that is not as predicted ends with exit code
1, names the layer, and keeps the folder of the run.

Examples:
  flexor cosim models/lenet5-mnist-0.6.flexor --images 50
  flexor cosim model.flexor --images 20 --stalls 50 --seed 7 --layers
  flexor cosim model.flexor --images 1 --trace out.fst
  flexor cosim tiny.flexor --images 2 --simulator icarus
  flexor cosim a.flexor --weights ram --load-model b.flexor --images 6 --stalls 30`,
    )
    .action(cosim);
}

async function cosim(path: string, options: CosimCommandOptions): Promise<void> {
  if (options.simulator === 'icarus' && options.trace !== undefined) {
    throw new FlexorError('usage', '--trace needs --simulator verilator, got icarus');
  }
  if (options.loadModel !== undefined) checkLoading(options);
  const lowered = loadLowered(path, options);
  const images = loadTestImages(lowered, options);
  const design = generate(lowered.network, options);
  const loads = weightLoads(lowered.network, design.manifest, options);
  const written = place(design, options.keep);
  const result = await run(options, written.folder, lowered.network, images.quantised, loads);
  if (result.passed) written.discard();
  else written.retain();
  const correct = result.frames.filter((image, i) => result.classes[i] === images.labels[image]).length;
  const accuracy = result.frames.length === 0 ? null : correct / result.frames.length;
  if (options.json) {
    const { dataset } = images;
    const { stalls, seed } = options;
    printJson({ model: lowered.model.name, digest: lowered.digest, dataset, stalls, seed, accuracy, ...result });
  } else {
    printResult(result, accuracy, options);
  }
  if (!result.passed) {
    throw new FlexorError('mismatch', `${result.failure}; files of the run: ${result.keptFolder}`);
  }
}

function checkLoading({ weights, simulator }: CosimCommandOptions): void {
  const source = weights?.source ?? 'rom';
  if (source !== 'ram') throw new FlexorError('usage', `--load-model needs --weights ram, got ${source}`);
  if (simulator !== 'verilator') {
    throw new FlexorError('usage', `--load-model needs --simulator verilator, got ${simulator}`);
  }
}

/** The model of --load-model, offered when the first element of the first image has gone in. */
function weightLoads(network: IntNetwork, manifest: Manifest, options: CosimCommandOptions): readonly WeightLoad[] {
  if (options.loadModel === undefined) return [];
  const other = loadLoweredFor(network, options.loadModel, options).network;
  const packet = loadPacket(network, other, manifest.options.fold);
  return [{ network: other, packet, afterBeats: 1 }];
}

async function run(
  options: CosimCommandOptions,
  folder: string,
  network: CosimOptions['network'],
  images: readonly Int32Array[],
  loads: readonly WeightLoad[],
): Promise<CosimResult> {
  const progress = startProgress('co-simulation', images.length);
  try {
    const common = {
      folder,
      network,
      images,
      stalls: options.stalls,
      seed: options.seed,
      layers: options.layers ?? false,
      ...(loads.length === 0 ? {} : { loads }),
      ...(options.cache === undefined ? {} : { cacheDir: options.cache }),
      onProgress: (step: string, done: number): void => progress.update(done, step),
      now: (): number => performance.now(),
    };
    if (options.simulator === 'icarus') return await cosimulateIcarus(common);
    return await cosimulate(options.trace === undefined ? common : { ...common, trace: { path: options.trace } });
  } finally {
    progress.finish();
  }
}

function printResult(result: CosimResult, accuracy: number | null, options: CosimCommandOptions): void {
  const cycles = (n: number | null): string => (n === null ? '–' : formatCount(Math.round(n)));
  const seconds = (n: number | null): string => (n === null ? '–' : `${n.toFixed(1)} s`);
  const images = (n: number): string => `${n} image${n === 1 ? '' : 's'}`;
  const stalls = options.stalls === 0 ? 'no stalls' : `${options.stalls}% stalls, seed ${options.seed}`;
  printLine(`${images(result.images)} in ${result.simulator}, ${stalls}`);
  printLine(
    `${result.mismatches} of ${images(result.images)} ${result.mismatches === 1 || result.images === 1 ? 'differs' : 'differ'} from the simulator ` +
      `(${formatCount(result.valuesCompared)} values compared)`,
  );
  if (accuracy !== null) printLine(`accuracy in RTL: ${formatPercent(accuracy)}\n`);
  printLine(
    formatTable([
      ['cycles', 'predicted', 'measured'],
      ['latency', cycles(result.predictedLatencyCycles), cycles(result.latencyCycles)],
      ['per frame', cycles(result.predictedCyclesPerFrame), cycles(result.cyclesPerFrame)],
    ]),
  );
  const rate = result.cyclesPerSecond === null ? '' : `, ${formatCount(Math.round(result.cyclesPerSecond))} a second`;
  const build = result.buildCached ? 'cached' : seconds(result.buildSeconds);
  printLine(
    `\nbuild ${build}, run ${seconds(result.runSeconds)}: ${formatCount(result.simulatedCycles)} cycles${rate}`,
  );
  for (const frame of result.passed ? result.loadedFrom : []) {
    const counts = frame < result.images ? `counts from frame ${frame}` : 'came after the last frame';
    printLine(`${options.loadModel} ${counts}; all of it was read back`);
  }
  if (options.trace !== undefined) printLine(`trace: ${options.trace}`);
  if (result.repeatCommand !== null) printLine(`repeat: ${result.repeatCommand}`);
}
