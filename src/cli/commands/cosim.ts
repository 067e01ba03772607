/** `flexor cosim`: test images through the generated RTL in a Verilog simulator, compared with the integer network. */
import type { Command } from 'commander';
import { cosimulateModel, SIMULATORS, type CosimRequest } from '../../app/cosim.js';
import { FlexorError } from '../../base/errors.js';
import { addGenerationOptions } from '../options/generation.js';
import { addImageOptions } from '../options/images.js';
import { addLoweringOptions } from '../options/lowering.js';
import { addPredictionOptions } from '../options/predictions.js';
import { integer, oneOf } from '../options/values.js';
import { cosimText } from '../tables/cosim.js';
import { printJson, printLine, printPredictions, printWarnings, type Output } from '../terminal/print.js';
import { startProgress } from '../terminal/progress.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { cosim as cosimJson } from '../schemas/hardware.js';

interface CosimOptions extends CosimRequest {
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command.argument('<model>', 'model file (.flexor)');
  addPredictionOptions(addGenerationOptions(addLoweringOptions(addImageOptions(command, 10))), "the RTL's logits")
    .optionsGroup(GROUPS.runs)
    .option(
      '--stalls <percent>',
      'chance of a stall a cycle on both sides; 0 checks the predicted cycles',
      integer(0, 95),
      0,
    )
    .option('--seed <n>', 'seed of stalls and of the random initial register contents', integer(0, 2 ** 32 - 1), 1)
    .option('--random <n>', 'run n random images in the place of test images', integer(1, 1_000_000))
    .option('--layers', "compare every layer's stream, not only logits and class")
    .option(
      '--load-model <file>',
      'with --weights ram or ram-single: load this model as soon as the first image has begun, and read it back',
    )
    .optionsGroup(GROUPS.output)
    .option('--trace <file>', 'write an FST trace (GTKWave, Surfer)')
    .optionsGroup(GROUPS.runs)
    .option('--simulator <name>', SIMULATORS.join(' or '), oneOf(SIMULATORS), 'verilator')
    .optionsGroup(GROUPS.output)
    .option('--keep <dir>', 'write the generated design here and keep it')
    .option('--cache <dir>', 'folder of cached builds (default: FLEXOR_CACHE, else build/cache)')
    .optionsGroup(GROUPS.output)
    .option('--json', 'print JSON');
  addHelp(
    command,
    [
      'A difference in a value, a stream that is stuck, or (without stalls) a cycle that is not as predicted ' +
        'ends with exit code 1, names the layer, and keeps the folder of the run.',
    ],
    [
      'flexor cosim models/lenet5-mnist-0.6.flexor --images 50',
      'flexor cosim model.flexor --images 20 --stalls 50 --seed 7 --layers',
      'flexor cosim model.flexor --images 1 --trace out.fst',
      'flexor cosim model.flexor --random 5 --stalls 30',
      'flexor cosim tiny.flexor --images 2 --simulator icarus',
      'flexor cosim a.flexor --weights ram --load-model b.flexor --images 6 --stalls 30',
    ],
  ).action(cosim);
}

async function cosim(path: string, options: CosimOptions): Promise<void> {
  const request = { ...options, now: () => performance.now() };
  const { lowered, images, result, accuracy, predictions } = await cosimulateModel(path, request, startProgress);
  printWarnings(images.warnings);
  if (options.json) {
    const { dataset, dataDigest, warnings } = images;
    const { stalls, seed } = options;
    const facts = { model: lowered.model.name, digest: lowered.digest, dataset, dataDigest, warnings };
    printJson<Output<typeof cosimJson>>({
      schema: 'flexor.cosim/1',
      ...facts,
      stalls,
      seed,
      accuracy,
      ...result,
      ...(predictions === null ? {} : { predictions }),
    });
  } else {
    printPredictions(options.predictions, predictions);
    printLine(cosimText(result, accuracy, options));
  }
  if (!result.passed) {
    throw new FlexorError('mismatch', `${result.failure}; files of the run: ${result.keptFolder}`);
  }
}
