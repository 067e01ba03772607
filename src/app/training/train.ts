/** Trains a network and writes a `.flexor` file. */
import { FlexorError } from '../../base/errors.js';
import { exists } from '../../base/files.js';
import { shippedFile } from '../../base/places.js';
import { compactModel } from '../../model/compact.js';
import { encryptedBitsPerWeight, layerInventory } from '../../model/inventory.js';
import { loadModel } from '../../model/read.js';
import { writeModel } from '../../model/write.js';
import { checkConfig, type TrainConfig } from '../../train/run/config.js';
import type { EngineChoice } from '../../train/engine/engines.js';
import type { StartModel } from '../../train/weights/start.js';
import type { TrainHooks, TrainOptions, TrainResult } from '../../train/run/trainer.js';
import { prepareOutput, saveResult } from '../../base/output.js';
import { configuration, type ConfigFlags } from './configuration.js';
import { chooseSource, loadDataset, type Source } from './data.js';
import { chooseNetwork } from './network.js';
import { startEngine, type EngineFlags } from './engine.js';

/** The files of a run. */
export interface FileRequest {
  /** Model file to write. */
  readonly output: string;
  /** File for the state after each epoch and when `checkpointDue` of the hooks says so. */
  readonly checkpoint?: string;
  /** Continue from the checkpoint. */
  readonly resume?: boolean;
  /** Write the model without stored bits that cannot matter (`flexor compact`); default: true. */
  readonly compact?: boolean;
}

export interface TrainRequest extends ConfigFlags, EngineFlags, FileRequest {
  /** Full-precision model of the same network, from which a baseline or flexor-nearest starts. */
  readonly init?: string;
  /** Model, of any network for these images, that the run learns from besides the labels. */
  readonly distil?: string;
}

export type MakeHooks = (config: TrainConfig, choice: EngineChoice) => TrainHooks;

/** A model that a run starts or learns from, with the digest that stands for it in the configuration. */
export function startModel(path: string | undefined): (StartModel & { readonly digest: string }) | null {
  return path === undefined ? null : { path, ...loadModel(shippedFile(path)) };
}

export interface Trained extends TrainResult {
  readonly choice: EngineChoice;
  /** Stored bits a weight, of the model as it is written. */
  readonly bitsPerWeight: number;
}

/** What a run trains: a network, from scratch or from a model. */
export interface TrainTask {
  readonly source: Source;
  readonly config: TrainConfig;
  /** The models whose digests are `init` and `distil` of the configuration. */
  readonly init: StartModel | null;
  readonly distil: StartModel | null;
}

/** Trains and saves; `argument` is a network's name or file, `hooks` makes the hooks of the run once its engine and configuration are known. */
export async function trainNetwork(argument: string, request: TrainRequest, hooks: MakeHooks): Promise<Trained> {
  prepareFiles(request);
  const choice = chooseNetwork(argument);
  const source = chooseSource(choice.network, request);
  const init = startModel(request.init);
  const distil = startModel(request.distil);
  const config = configuration(choice, request, source, {
    init: init?.digest ?? null,
    distil: distil?.digest ?? null,
  });
  return runTask({ source, config, init, distil }, request, hooks);
}

/** Checks and makes what a run writes, before anything takes time. */
export function prepareFiles({ output, checkpoint, resume = false }: FileRequest): void {
  if (resume && checkpoint !== undefined && !exists(checkpoint)) {
    throw new FlexorError('usage', `--resume: there is no checkpoint ${checkpoint}; start without --resume`);
  }
  if (!resume && checkpoint !== undefined && exists(checkpoint)) {
    throw new FlexorError(
      'usage',
      `--checkpoint: ${checkpoint} holds the state of an earlier run; continue it with --resume, move it away or name another file`,
    );
  }
  for (const path of [output, checkpoint]) if (path !== undefined) prepareOutput(path);
}

/** Trains and saves. */
export async function runTask(
  { source, config, init, distil }: TrainTask,
  request: FileRequest & EngineFlags,
  hooks: MakeHooks,
): Promise<Trained> {
  checkConfig(config);
  const [engineChoice, { train }] = await Promise.all([startEngine(request), import('../../train/run/trainer.js')]);
  const dataset = await loadDataset(source, config);
  const files: TrainOptions = {
    ...{ checkpoint: request.checkpoint ?? null, resume: request.resume === true },
    ...(init === null ? {} : { init }),
    ...(distil === null ? {} : { distil }),
  };
  const result = await train(engineChoice.engine, config, dataset, files, hooks(config, engineChoice));
  const model = request.compact === false ? result.model : compactModel(result.model);
  saveResult(request.output, writeModel(model));
  return { ...result, model, choice: engineChoice, bitsPerWeight: encryptedBitsPerWeight(layerInventory(model)) };
}
