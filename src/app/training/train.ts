/** Trains a network and writes a `.flexor` file. */
import { FlexorError } from '../../base/errors.js';
import { exists } from '../../base/files.js';
import { shippedFile } from '../../base/places.js';
import { encryptedBitsPerWeight, layerInventory } from '../../model/inventory.js';
import { loadModel } from '../../model/read.js';
import { writeModel } from '../../model/write.js';
import { checkConfig, type TrainConfig } from '../../train/run/config.js';
import type { EngineChoice } from '../../train/engine/engines.js';
import type { StartModel } from '../../train/weights/start.js';
import type { TrainHooks, TrainOptions, TrainResult } from '../../train/run/trainer.js';
import { prepareOutput, saveResult } from '../../base/output.js';
import { configuration, type ConfigFlags } from './configuration.js';
import { chooseSource, loadDataset } from './data.js';
import { chooseNetwork } from './network.js';
import { startEngine, type EngineFlags } from './engine.js';

export interface TrainRequest extends ConfigFlags, EngineFlags {
  /** Model file to write. */
  readonly output: string;
  /** Full-precision model of the same network, from which a baseline or flexor-nearest starts. */
  readonly init?: string;
  /** Full-precision model, of any network for these images, that the run learns from besides the labels. */
  readonly distil?: string;
  /** File for the state after each epoch and when `checkpointDue` of the hooks says so. */
  readonly checkpoint?: string;
  /** Continue from the checkpoint. */
  readonly resume?: boolean;
}

/** A model that a run starts or learns from, with the digest that stands for it in the configuration. */
function startModel(path: string | undefined): (StartModel & { readonly digest: string }) | null {
  return path === undefined ? null : { path, ...loadModel(shippedFile(path)) };
}

export interface Trained extends TrainResult {
  readonly choice: EngineChoice;
  /** Encrypted bits a weight. */
  readonly bitsPerWeight: number;
}

/** Trains and saves; `argument` is a network's name or file, `hooks` makes the hooks of the run once its engine and configuration are known. */
export async function trainNetwork(
  argument: string,
  request: TrainRequest,
  hooks: (config: TrainConfig, choice: EngineChoice) => TrainHooks,
): Promise<Trained> {
  const resume = request.resume === true;
  if (resume && request.checkpoint !== undefined && !exists(request.checkpoint)) {
    throw new FlexorError('usage', `--resume: there is no checkpoint ${request.checkpoint}; start without --resume`);
  }
  if (!resume && request.checkpoint !== undefined && exists(request.checkpoint)) {
    throw new FlexorError(
      'usage',
      `--checkpoint: ${request.checkpoint} holds the state of an earlier run; continue it with --resume, move it away or name another file`,
    );
  }
  for (const path of [request.output, request.checkpoint]) if (path !== undefined) prepareOutput(path);
  const choice = chooseNetwork(argument);
  const source = chooseSource(choice.network, request);
  const start = startModel(request.init);
  const teacher = startModel(request.distil);
  const config = configuration(choice, request, source, {
    init: start?.digest ?? null,
    distil: teacher?.digest ?? null,
  });
  checkConfig(config);
  const [engineChoice, { train }] = await Promise.all([startEngine(request), import('../../train/run/trainer.js')]);
  const dataset = await loadDataset(source, config);
  const files: TrainOptions = {
    ...{ checkpoint: request.checkpoint ?? null, resume },
    ...(start === null ? {} : { init: start }),
    ...(teacher === null ? {} : { distil: teacher }),
  };
  const result = await train(engineChoice.engine, config, dataset, files, hooks(config, engineChoice));
  saveResult(request.output, writeModel(result.model));
  return { ...result, choice: engineChoice, bitsPerWeight: encryptedBitsPerWeight(layerInventory(result.model)) };
}
