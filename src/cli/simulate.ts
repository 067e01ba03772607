/** `flexor simulate`: accuracy of the integer network on test images, without any hardware. */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { accuracyOf, countCorrect } from '../report/accuracy.js';
import { simulateImages } from '../simulate/pool.js';
import { addImageOptions, addLoweringOptions, loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweringOptions } from './inputs.js';
import { integer } from './options.js';
import { formatCount, formatPercent, printJson, printLine } from './print.js';
import { startProgress } from './progress.js';

interface SimulateOptions extends ImageOptions, LoweringOptions {
  readonly workers: number;
  readonly json?: boolean;
}

/** Registers the command. */
export function registerSimulate(program: Command): void {
  const command = program
    .command('simulate')
    .description('run test images through the bit-exact integer network and report its accuracy')
    .argument('<model>', 'model file (.flexor)');
  addLoweringOptions(addImageOptions(command))
    .option('--workers <n>', 'threads', integer(1, 256), availableParallelism())
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  flexor simulate models/lenet5-mnist-0.6.flexor
  flexor simulate model.flexor --images 1000 --activation-bits 4 --json`,
    )
    .action(simulate);
}

async function simulate(path: string, options: SimulateOptions): Promise<void> {
  const lowered = loadLowered(path, options);
  const images = loadTestImages(lowered, options);
  const progress = startProgress('simulate', images.count);
  const started = performance.now();
  const { classes } = await simulateImages(lowered.network, images.quantised, {
    workers: options.workers,
    onProgress: (done) => progress.update(done),
  });
  const seconds = (performance.now() - started) / 1000;
  progress.finish();
  const { activationBits, multiplierBits, inputBits } = options;
  const result = {
    model: lowered.model.name,
    digest: lowered.digest,
    dataset: images.dataset,
    activationBits,
    multiplierBits,
    inputBits,
    images: images.count,
    correct: countCorrect(classes, images.labels),
    accuracy: accuracyOf(classes, images.labels),
    workers: options.workers,
    seconds,
    imagesPerSecond: images.count / seconds,
  };
  if (options.json) {
    printJson(result);
    return;
  }
  printLine(`model      ${result.model} (activations ${activationBits} bits, multipliers ${multiplierBits} bits)`);
  printLine(`data set   ${result.dataset}, ${formatCount(result.images)} test images`);
  printLine(`accuracy   ${formatPercent(result.accuracy)} (${formatCount(result.correct)} right)`);
  const speed = formatCount(Math.round(result.imagesPerSecond));
  printLine(
    `speed      ${speed} images/s with ${result.workers} thread${result.workers === 1 ? '' : 's'}, ${seconds.toFixed(1)} s`,
  );
}
