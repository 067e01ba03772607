/** `flexor train`: trains a network and writes a `.flexor` file. */
import type { Command } from 'commander';
import { describeEngine } from '../../app/training/engine.js';
import { trainNetwork, type Trained, type TrainRequest } from '../../app/training/train.js';
import { FlexorError } from '../../base/errors.js';
import { formatPercent } from '../../base/format.js';
import { engineOptions } from '../options/engine.js';
import { configOptions, refuseBoth } from '../options/training.js';
import { real } from '../options/values.js';
import { printJson, printLine, type Immutable, type Output } from '../terminal/print.js';
import { CHECKPOINT_MINUTES, reporter } from '../terminal/train-reporter.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { train as trainJson } from '../schemas/training.js';

interface Options extends TrainRequest {
  readonly checkpointMinutes?: number;
  readonly json?: boolean;
}

export function define(command: Command): void {
  configOptions(command);
  engineOptions(command);
  command
    .optionsGroup(GROUPS.output)
    .requiredOption('-o, --output <file>', 'model file to write')
    .optionsGroup(GROUPS.start)
    .option('--init <file>', 'start a baseline, or flexor-nearest, from a full-precision model of the same network')
    .option('--distil <file>', 'learn from this model, too, of any network for these images')
    .optionsGroup(GROUPS.runs)
    .option('--checkpoint <file>', 'save the state here after each epoch, every few minutes and on Ctrl-C')
    .option('--checkpoint-minutes <m>', `between saves within an epoch (default: ${CHECKPOINT_MINUTES})`, real(0))
    .option('--resume', 'continue from the checkpoint')
    .optionsGroup(GROUPS.output)
    .option('--no-compact', 'keep stored bits that cannot matter, where the rank of M⊕ is below N_in (flexor compact)')
    .option('--json', 'print the result as JSON');
  addHelp(
    command,
    [],
    [
      'flexor train lenet5 --nin 12 --nout 20 --taps 2 --epochs 6 --seed 1 -o model.flexor',
      'flexor design-xor --nin 12 --nout 20 -o matrix.json && flexor train lenet5 --xor matrix.json -o model.flexor',
      'flexor train lenet5 --dataset digits --epochs 8 -o digits.flexor',
      'flexor train resnet20 --data DIR --nin 16 --nout 20 --epochs 20 -o resnet.flexor --checkpoint resnet.ckpt',
      'flexor train resnet20 --data DIR --weights full --epochs 20 -o full.flexor',
      'flexor train resnet20 --data DIR --weights ttq --init full.flexor --epochs 20 -o ttq.flexor',
      'flexor train resnet20 --data DIR --nin 16 --nout 20 --taps systematic --distil full.flexor --epochs 20 -o taught.flexor',
      'flexor train resnet20 --data DIR --weights flexor-nearest --nin 16 --nout 20 --taps 3 --init full.flexor --lr 0.01 --epochs 5 -o f.flexor',
      'flexor train resnet18 --data DIR --nin 16,14,12,8,18 --nout 20 -o resnet18.flexor --checkpoint resnet18.ckpt',
      'flexor train net.json --dataset cifar10 --nin 10,13 --epochs 20 -o net.flexor',
      'flexor train lenet5 --recipe paper --epochs 30 -o paper.flexor --checkpoint paper.ckpt',
      'flexor train lenet5 --recipe paper --epochs 30 -o paper.flexor --checkpoint paper.ckpt --resume',
    ],
  ).action(async (network: string, options: Options) => {
    refuseBoth(command, options);
    await runTrain(network, options);
  });
}

async function runTrain(network: string, options: Options): Promise<void> {
  if (options.checkpointMinutes !== undefined && options.checkpoint === undefined) {
    throw new FlexorError('usage', '--checkpoint-minutes needs --checkpoint FILE');
  }
  const quiet = options.json === true;
  const trained = await trainNetwork(network, options, (config, choice) => ({
    ...reporter(config, quiet, options.checkpointMinutes),
    onStart: () => {
      if (!quiet) printLine(describeEngine(choice));
    },
  }));
  if (quiet) return printJson(summary(options.output, trained));
  const accuracy = formatPercent(trained.model.provenance.testAccuracy ?? 0);
  printLine(`wrote ${options.output}: ${accuracy} of the test images right`);
}

function summary(
  path: string,
  { choice: { engine, refused }, model, history, bitsPerWeight }: Trained,
): Immutable<Output<typeof trainJson>> {
  const { recipe, testAccuracy, testImages } = model.provenance;
  return {
    schema: 'flexor.train/1',
    model: path,
    bitsPerWeight,
    recipe,
    engine: engine.name,
    engineIdentity: engine.identity,
    enginesRefused: refused,
    epochs: history,
    testAccuracy,
    testImages,
  };
}
