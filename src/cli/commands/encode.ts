/** `flexor encode`: makes a FleXOR model of any model. */
import { InvalidArgumentError, type Command } from 'commander';
import { encodeModel, type Encoded, type EncodeRequest } from '../../app/training/encode.js';
import { describeEngine } from '../../app/training/engine.js';
import { FlexorError } from '../../base/errors.js';
import { engineOptions } from '../options/engine.js';
import { addHelp, GROUPS } from '../options/help.js';
import { encodeOptions, refuseBoth } from '../options/training.js';
import { real, sequence } from '../options/values.js';
import type { encode as encodeJson } from '../schemas/training.js';
import { encodeText } from '../tables/encode.js';
import { printJson, printLine, type Immutable, type Output } from '../terminal/print.js';
import { CHECKPOINT_MINUTES, reporter } from '../terminal/train-reporter.js';

interface Options extends EncodeRequest {
  readonly checkpointMinutes?: number;
  readonly json?: boolean;
}

export function define(command: Command): void {
  command.argument('<model>', '.flexor file: imported, exported from PyTorch or trained');
  encodeOptions(command);
  engineOptions(command);
  command
    .optionsGroup(GROUPS.output)
    .requiredOption('-o, --output <file>', 'model file to write')
    .optionsGroup(GROUPS.network)
    .option('--keep <layer,..>', 'layers that keep the weights that they have', sequence(layerName))
    .optionsGroup(GROUPS.schedule)
    .option('--distil <file>', 'learn from this model, too: the one that is encoded, or another for these images')
    .optionsGroup(GROUPS.runs)
    .option('--checkpoint <file>', 'save the state here after each epoch, every few minutes and on Ctrl-C')
    .option('--checkpoint-minutes <m>', `between saves within an epoch (default: ${CHECKPOINT_MINUTES})`, real(0))
    .option('--resume', 'continue from the checkpoint')
    .optionsGroup(GROUPS.output)
    .option('--json', 'print the result as JSON');
  addHelp(
    command,
    [
      'Every layer gets the weights that M⊕ can give and that are nearest to its own; training goes on from there. ' +
        'Topology, preprocessing, quantisers of input and activations, and layers of --keep stay as they are.',
    ],
    [
      'flexor import tfc.onnx --dataset mnist -o tfc.flexor && flexor encode tfc.flexor --nin 12 --nout 20 -o tfc-0.6.flexor',
      'flexor encode model.flexor --data DIR --nin 16 --nout 20 --epochs 3 --keep conv1 -o encoded.flexor',
    ],
  ).action(async (model: string, options: Options) => {
    refuseBoth(command, options);
    await run(model, options);
  });
}

function layerName(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9_]*$/.test(text)) return text;
  throw new InvalidArgumentError('Must be names of layers, with commas.');
}

async function run(path: string, options: Options): Promise<void> {
  if (options.checkpointMinutes !== undefined && options.checkpoint === undefined) {
    throw new FlexorError('usage', '--checkpoint-minutes needs --checkpoint FILE');
  }
  const quiet = options.json === true;
  const encoded = await encodeModel(path, options, (config, choice) => ({
    ...reporter(config, quiet, options.checkpointMinutes),
    onStart: () => {
      if (!quiet) printLine(describeEngine(choice));
    },
  }));
  if (quiet) printJson(summary(options.output, encoded));
  else printLine(encodeText(options.output, encoded));
}

function summary(
  path: string,
  { choice: { engine, refused }, model, history, before, after, layers }: Encoded,
): Immutable<Output<typeof encodeJson>> {
  return {
    schema: 'flexor.encode/1',
    model: path,
    recipe: model.provenance.recipe,
    engine: engine.name,
    engineIdentity: engine.identity,
    enginesRefused: refused,
    epochs: history,
    testImages: model.provenance.testImages,
    before,
    after,
    layers: layers.map(({ name, weights, bits }) => ({ name, weights, bitsBefore: bits[0], bitsAfter: bits[1] })),
  };
}
