/** `flexor compare`: accuracy of float software, integer simulator and RTL side by side, cycles predicted and measured. */
import type { Command } from 'commander';
import { compareModel, type CompareOptions } from '../../app/compare.js';
import { throwWhereFailed } from '../../app/evaluations.js';
import { addGenerationOptions } from '../options/generation.js';
import { addImageOptions } from '../options/images.js';
import { addLoweringOptions } from '../options/lowering.js';
import { addPredictionOptions } from '../options/predictions.js';
import { addEvaluationOptions } from '../options/evaluations.js';
import { comparisonText } from '../tables/compare.js';
import { printJson, printLine, printPredictions, printWarnings, type Output } from '../terminal/print.js';
import { startProgress } from '../terminal/progress.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { compare as compareJson } from '../schemas/hardware.js';

interface Options extends CompareOptions {
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command.argument('<model>', 'model file (.flexor)');
  addPredictionOptions(
    addEvaluationOptions(addGenerationOptions(addLoweringOptions(addImageOptions(command)))),
    'the logits of the integer network',
  )
    .optionsGroup(GROUPS.output)
    .option('--keep <dir>', 'write the generated design here and keep it')
    .optionsGroup(GROUPS.output)
    .option('--json', 'print JSON');
  addHelp(
    command,
    [
      'Reads one model in three ways; flexor report puts several models beside one another.',
      'The RTL runs twice: without stalls, where every cycle must be as predicted, and with random stalls ' +
        '(--stalls 0 leaves the second run out). Any difference ends with exit code 1.',
    ],
    [
      'flexor compare models/lenet5-mnist-0.6.flexor',
      'flexor compare model.flexor --images 1000 --rtl-images 10 --json',
      'flexor compare model.flexor --rtl-images 0 --activation-bits 4 --layer-bits conv1=8,fc1=6',
    ],
  ).action(compare);
}

async function compare(path: string, options: Options): Promise<void> {
  const result = await compareModel(path, options, startProgress);
  const { lowered, images, comparison, runs, predictions, tensors } = result;
  const { warnings: misfits, ...calibration } = result.calibration;
  const { activationBits, multiplierBits, inputBits } = options;
  const { dataset, dataDigest } = images;
  const warnings = [...images.warnings, ...misfits];
  printWarnings(warnings);
  if (options.json) {
    const facts = { model: lowered.model.name, digest: lowered.digest, dataset, dataDigest, warnings };
    const classes = predictions === null ? {} : { predictions };
    printJson<Output<typeof compareJson>>({
      schema: 'flexor.compare/1',
      ...facts,
      activationBits,
      multiplierBits,
      inputBits,
      ...comparison,
      quantisedTensors: tensors,
      calibration,
      ...classes,
    });
  } else {
    printPredictions(options.predictions, predictions);
    printLine(comparisonText(result, options));
  }
  throwWhereFailed(runs);
}
