/** `flexor simulate`: accuracy of the integer network on test images, without any hardware. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { simulateModel, type SimulatedAccuracy, type SimulateOptions } from '../../app/simulate.js';
import { formatCount, formatPercent } from '../../base/format.js';
import { addImageOptions } from '../options/images.js';
import { addLoweringOptions } from '../options/lowering.js';
import { addPredictionOptions } from '../options/predictions.js';
import { integer } from '../options/values.js';
import { printJson, printLine, printPredictions, printWarnings, type Output } from '../terminal/print.js';
import { startProgress } from '../terminal/progress.js';
import { facts, type Fact } from '../terminal/text.js';
import { addHelp, GROUPS } from '../options/help.js';
import { calibrationText } from '../tables/calibration.js';
import type { simulate as simulateJson } from '../schemas/models.js';

interface Options extends SimulateOptions {
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command.argument('<model>', 'model file (.flexor)');
  addPredictionOptions(addLoweringOptions(addImageOptions(command)), 'the integer logits')
    .optionsGroup(GROUPS.runs)
    .option('--workers <n>', 'threads', integer(1, 256), availableParallelism())
    .optionsGroup(GROUPS.output)
    .option('--dump <dir>', 'write classes, logits and the integers of every layer as .npy, with an index')
    .option('--json', 'print JSON');
  addHelp(
    command,
    [],
    [
      'flexor simulate models/lenet5-mnist-0.6.flexor',
      'flexor simulate model.flexor --images 1000 --activation-bits 4 --json',
      'flexor simulate model.flexor --images 10 --dump integers',
      'flexor simulate model.flexor --data flowers.csv --logits logits.npy --predictions classes.csv',
    ],
  ).action(simulate);
}

async function simulate(path: string, options: Options): Promise<void> {
  const { predictions, ...result } = await simulateModel(path, options, () => performance.now(), startProgress);
  printWarnings(result.warnings);
  if (options.json) {
    printJson<Output<typeof simulateJson>>({
      schema: 'flexor.simulate/1',
      ...result,
      ...(options.predictions === undefined ? {} : { predictions }),
    });
    return;
  }
  printPredictions(options.predictions, predictions);
  printLine(`${facts(simulateFacts(result))}\n`);
  printLine(calibrationText(result.calibration));
}

function simulateFacts(result: Omit<SimulatedAccuracy, 'predictions'>): Fact[] {
  const { activationBits, multiplierBits, workers, seconds, accuracy, correct } = result;
  const speed = formatCount(Math.round(result.imagesPerSecond));
  const right: Fact[] =
    accuracy === null || correct === null
      ? []
      : [['accuracy', `${formatPercent(accuracy)} (${formatCount(correct)} right)`]];
  return [
    ['model', `${result.model} (activations ${activationBits} bits, multipliers ${multiplierBits} bits)`],
    ['data set', `${result.dataset}, ${formatCount(result.images)} test images`],
    ...right,
    ['speed', `${speed} images/s with ${workers} thread${workers === 1 ? '' : 's'}, ${seconds.toFixed(1)} s`],
  ];
}
