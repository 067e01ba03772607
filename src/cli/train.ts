/** `flexor train`: trains a network and writes a `.flexor` file. */
import type { Command } from 'commander';
import { FlexorError } from '../base/errors.js';
import { exists } from '../base/files.js';
import { encryptedBitsPerWeight, layerInventory } from '../model/inventory.js';
import { loadModel } from '../model/read.js';
import { saveModel } from '../model/write.js';
import type { NetworkName } from '../train/networks/networks.js';
import { checkConfig } from '../train/run/config.js';
import type { EngineChoice } from '../train/engine/engines.js';
import type { TrainHooks, TrainOptions, TrainResult } from '../train/run/trainer.js';
import { describeEngine, engineOptions, startEngine, type EngineFlags } from './engine-options.js';
import { real } from './options.js';
import { prepareOutput } from './output-file.js';
import { formatPercent, printJson, printLine } from './print.js';
import { chooseSource, loadDataset } from './train-data.js';
import { configOptions, configuration, refuseBoth, type ConfigFlags } from './train-options.js';
import { CHECKPOINT_MINUTES, reporter } from './train-reporter.js';

interface Options extends ConfigFlags, EngineFlags {
  readonly out: string;
  readonly init?: string;
  readonly checkpoint?: string;
  readonly checkpointMinutes?: number;
  readonly resume?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  flexor train lenet5 --nin 12 --nout 20 --taps 2 --epochs 6 --seed 1 --out model.flexor
  flexor design-xor --nin 12 --nout 20 -o matrix.json && flexor train lenet5 --xor matrix.json --out model.flexor
  flexor train lenet5 --dataset digits --epochs 8 --out digits.flexor
  flexor train resnet20 --data DIR --nin 16 --nout 20 --epochs 20 --out resnet.flexor --checkpoint resnet.ckpt
  flexor train resnet20 --data DIR --weights full --epochs 20 --out full.flexor
  flexor train resnet20 --data DIR --weights ttq --init full.flexor --epochs 20 --out ttq.flexor
  flexor train resnet20 --data DIR --weights flexor-nearest --nin 16 --taps 3 --init full.flexor --lr 0.01 --epochs 5 --out f.flexor
  flexor train resnet18 --data DIR --nin 16,14,12,8,18 --out resnet18.flexor --checkpoint resnet18.ckpt
  flexor train lenet5 --recipe paper --epochs 30 --out paper.flexor --checkpoint paper.ckpt
  flexor train lenet5 --recipe paper --epochs 30 --out paper.flexor --checkpoint paper.ckpt --resume`;

export function registerTrain(program: Command): void {
  const command = program.command('train').description('train a network with FleXOR and write a .flexor file');
  configOptions(command);
  engineOptions(command);
  command
    .requiredOption('-o, --out <file>', 'model file to write')
    .option('--init <file>', 'start a baseline, or flexor-nearest, from a full-precision model of the same network')
    .option('--checkpoint <file>', 'save the state here after each epoch, every few minutes and on Ctrl-C')
    .option('--checkpoint-minutes <m>', `between saves within an epoch (default: ${CHECKPOINT_MINUTES})`, real(0))
    .option('--resume', 'continue from the checkpoint')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (network: NetworkName, options: Options) => {
      refuseBoth(command, options);
      await runTrain(network, options);
    });
}

async function runTrain(network: NetworkName, options: Options): Promise<void> {
  const resume = options.resume === true;
  if (resume && options.checkpoint !== undefined && !exists(options.checkpoint)) {
    throw new FlexorError('usage', `--resume: there is no checkpoint ${options.checkpoint}; start without --resume`);
  }
  if (options.checkpointMinutes !== undefined && options.checkpoint === undefined) {
    throw new FlexorError('usage', '--checkpoint-minutes needs --checkpoint FILE');
  }
  for (const path of [options.out, options.checkpoint]) if (path !== undefined) prepareOutput(path);
  const source = chooseSource(network, options);
  const { init } = options;
  const start = init === undefined ? null : loadModel(init);
  const config = configuration(network, options, source.name, start?.digest ?? null);
  checkConfig(config);
  const [choice, { train }] = await Promise.all([startEngine(options), import('../train/run/trainer.js')]);
  const dataset = loadDataset(source, config);
  const quiet = options.json === true;
  const hooks: TrainHooks = {
    ...reporter(config, quiet, options.checkpointMinutes),
    onStart: () => {
      if (!quiet) printLine(describeEngine(choice));
    },
  };
  const files: TrainOptions = {
    ...{ checkpoint: options.checkpoint ?? null, resume },
    ...(init === undefined || start === null ? {} : { init: { path: init, model: start.model } }),
  };
  const result = await train(choice.engine, config, dataset, files, hooks);
  saveModel(options.out, result.model);
  if (quiet) printJson(summary(options.out, choice, result));
  else
    printLine(
      `wrote ${options.out}: ${formatPercent(result.model.provenance.testAccuracy ?? 0)} of the test images right`,
    );
}

function summary(path: string, { engine, refused }: EngineChoice, { model, history }: TrainResult): unknown {
  const { recipe, testAccuracy, testImages } = model.provenance;
  return {
    model: path,
    bitsPerWeight: encryptedBitsPerWeight(layerInventory(model)),
    recipe,
    engine: engine.name,
    engineIdentity: engine.identity,
    enginesRefused: refused,
    epochs: history,
    testAccuracy,
    testImages,
  };
}
