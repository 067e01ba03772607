/** The training loop: epochs, batches, checkpoints. Printing, clocks and signals belong to the caller. */
import { onInterrupt, uninterrupted } from '../../base/cleanup.js';
import { FlexorError, invariant } from '../../base/errors.js';
import { Random } from '../../base/random.js';
import type { Batch, DatasetInfo } from '../../data/dataset.js';
import { imagesIdentity, type BatchRequest, type BatchSource, type ImageSource } from '../../data/source.js';
import type { FlexorModel } from '../../model/types.js';
import { checkRun } from './check-run.js';
import { loadCheckpoint, saveCheckpoint, type EpochRecord, type Position } from './checkpoint.js';
import type { TrainConfig } from './config.js';
import type { Engine } from '../engine/engine.js';
import { reestimateBatchNorms } from './batch-norm-statistics.js';
import { accuracy, type Images } from './evaluate.js';
import type { NetworkSpec } from '../networks/network.js';
import { initialParameters } from '../weights/initial.js';
import { buildNetwork } from '../networks/networks.js';
import { allParameters, stateArrays, type Parameter } from '../weights/parameters.js';
import { learningRate, tanhSlope } from './schedule.js';
import { holdSteps, startSteps } from './steps.js';
import { modelStart } from '../weights/model-start.js';
import { startingLayers, type StartModel, type StartingLayer } from '../weights/start.js';
import { checkImages } from './model-images.js';
import { renormalised } from './renorm.js';
import { clipEncrypted, computeGradients, updateParameters } from './step.js';
import { trainingTargets } from './targets.js';
import { makeTeacher, type Teacher } from './teacher.js';
import { calibrationImages, trainedModel, type TrainedNetwork } from './trained-model.js';
import { networkMatrices } from './xor-choice.js';

export interface TrainHooks {
  /** Options and checkpoint are in order; the first step follows. */
  onStart?(): void;
  /** After every step; `step` of `steps` counts over the whole run. */
  onStep?(step: number, steps: number, epoch: number, loss: number): void;
  onEpoch?(record: EpochRecord): void;
  /** True where a checkpoint is due in the middle of an epoch (the caller has the clock). */
  checkpointDue?(): boolean;
  /** A checkpoint could not be written; training goes on. Without it the run ends with the error. */
  onSaveFailed?(error: FlexorError): void;
}

export interface TrainOptions {
  /** File for checkpoints; null: none. */
  readonly checkpoint: string | null;
  /** Continue from that file. */
  readonly resume: boolean;
  /** What a user does to continue, for the line about an interrupt; default: `continue with --resume`. */
  readonly howToResume?: string;
  /** The model whose digest is `init` in the configuration. */
  readonly init?: StartModel;
  /** The model whose digest is `distil` in the configuration. */
  readonly distil?: StartModel;
}

export interface TrainResult {
  readonly model: FlexorModel;
  readonly history: readonly EpochRecord[];
  readonly parameters: readonly Parameter[];
  /** Share of the test images that the model which was encoded has right; null where the run encoded none. */
  readonly originalAccuracy: number | null;
}

/** A run in progress. */
interface Run extends TrainedNetwork {
  readonly teacher: Teacher | null;
  readonly originalAccuracy: number | null;
  readonly stepsPerEpoch: number;
  readonly position: Position;
  save(): void;
}

/** Trains a network; `network` defaults to the one that the configuration names. */
export async function train(
  engine: Engine,
  config: TrainConfig,
  dataset: ImageSource,
  options: TrainOptions,
  hooks: TrainHooks = {},
  network: NetworkSpec = buildNetwork(config, dataset),
): Promise<TrainResult> {
  const run = await prepare(engine, config, dataset, await imagesIdentity(dataset), options, network);
  // Interrupts arrive between steps, where parameters and position agree: an interrupted run loses nothing.
  const release = saveOnInterrupt(run, options);
  hooks.onStart?.();
  try {
    return await runToEnd(run, hooks);
  } finally {
    release();
  }
}

/** Saves on an interrupt and says how to go on; where a step takes too long, the last state that was saved has to do. */
function saveOnInterrupt(run: Run, { checkpoint, howToResume = 'continue with --resume' }: TrainOptions): () => void {
  if (checkpoint === null) return () => undefined;
  const save = (): string => {
    run.save();
    return `the state of the run is in ${checkpoint}; ${howToResume}`;
  };
  const text = `the last state that was saved is in ${checkpoint}; ${howToResume}`;
  return onInterrupt(() => uninterrupted(save), { kind: 'tell', path: checkpoint, text });
}

/** Saves; a checkpoint that cannot be written does not end hours of training where the caller can tell of it. */
function saveOrTell(run: Run, hooks: TrainHooks): void {
  try {
    run.save();
  } catch (error) {
    if (!(error instanceof FlexorError) || hooks.onSaveFailed === undefined) throw error;
    hooks.onSaveFailed(error);
  }
}

async function runToEnd(run: Run, hooks: TrainHooks): Promise<TrainResult> {
  const { engine, config, network, position } = run;
  while (position.epoch < config.epochs) {
    await runEpoch(run, hooks);
    if (config.reestimate > 0) await reestimate(run);
    const testAccuracy = await accuracy(engine, network, run.layers, run.test);
    const record = { epoch: position.epoch + 1, loss: position.lossSum / run.stepsPerEpoch, testAccuracy };
    position.epoch++;
    position.step = 0;
    position.lossSum = 0;
    position.history.push(record);
    saveOrTell(run, hooks);
    hooks.onEpoch?.(record);
  }
  return {
    model: await trainedModel(run),
    history: position.history,
    parameters: allParameters(run.layers.values()),
    originalAccuracy: run.originalAccuracy,
  };
}

async function prepare(
  engine: Engine,
  config: TrainConfig,
  dataset: ImageSource,
  imageSet: string,
  options: TrainOptions,
  network: NetworkSpec,
): Promise<Run> {
  const stepsPerEpoch = checkRun(config, dataset, network);
  const { checkpoint, resume, init, distil } = options;
  invariant((init !== undefined) === (config.init !== null), 'model to start from');
  invariant((distil !== undefined) === (config.distil !== null), 'model to learn from');
  const [images, test] = [limited(dataset.train, config.limit), limited(dataset.test, config.limit)];
  const { start, originalAccuracy } = await startOf(engine, config, network, init, dataset, images, test);
  const layers = initialParameters(network, {
    ...config,
    ...(start === null ? {} : { start }),
    matrices: networkMatrices(config, network),
  });
  const state = stateArrays(layers.values());
  const identity = { config, engine: engine.identity, images: imageSet };
  if (resume && checkpoint === null) throw new FlexorError('usage', '--resume needs --checkpoint FILE');
  const position =
    resume && checkpoint !== null
      ? loadCheckpoint(checkpoint, identity, state)
      : { epoch: 0, step: 0, lossSum: 0, history: [] };
  return {
    engine,
    config,
    dataset,
    train: images,
    test,
    network,
    layers,
    teacher: distil === undefined ? null : makeTeacher(engine, distil, dataset),
    originalAccuracy,
    stepsPerEpoch,
    position,
    save: () => {
      if (checkpoint !== null) saveCheckpoint(checkpoint, identity, position, state);
    },
  };
}

/** What the layers start with; null: random values. A model that is encoded is measured, and its batch norms rewritten. */
async function startOf(
  engine: Engine,
  config: TrainConfig,
  network: NetworkSpec,
  init: StartModel | undefined,
  dataset: DatasetInfo,
  images: Images,
  test: Images,
): Promise<{ start: ReadonlyMap<string, StartingLayer> | null; originalAccuracy: number | null }> {
  if (init === undefined) return { start: null, originalAccuracy: null };
  if (config.encode === undefined) return { start: startingLayers(init, network), originalAccuracy: null };
  checkImages('flexor encode', init, dataset);
  const start = modelStart(init.model, network, config.encode.keep);
  const layers = initialParameters(network, { ...config, weights: 'full', matrices: [], start });
  const originalAccuracy = await accuracy(engine, network, layers, test);
  return { start: await renormalised(engine, network, start, layers, calibrationImages(images)), originalAccuracy };
}

/** The first `limit` images of a split; all, where it has fewer or there is no limit. */
function limited(source: BatchSource, limit: number | null): Images {
  return { source, count: Math.min(limit ?? Infinity, source.count) };
}

/** Batches of an epoch from one step to another. */
function* requests(run: Run, epoch: number, first: number, end: number): Generator<BatchRequest> {
  const { config, stepsPerEpoch, train } = run;
  const { batch, shift, flip, seed } = config;
  const order = Random.derive(seed, `order ${epoch}`).permutation(train.count);
  for (let step = first; step < end; step++) {
    const random = Random.derive(seed, `shift ${epoch * stepsPerEpoch + step}`);
    const indices = order.subarray(step * batch, (step + 1) * batch);
    yield { indices, augmentation: { shift, flip, random } };
  }
}

/** The rest of the current epoch. */
async function runEpoch(run: Run, hooks: TrainHooks): Promise<void> {
  const { position, stepsPerEpoch } = run;
  // Asked for ahead of the position, which moves meanwhile.
  for await (const batch of run.train.source.batches(requests(run, position.epoch, position.step, stepsPerEpoch))) {
    runStep(run, batch, hooks);
    // A turn of the event loop: signals and timers of the caller get their chance.
    await new Promise((resolve) => setImmediate(resolve));
    if (hooks.checkpointDue?.() === true) saveOrTell(run, hooks);
  }
}

/** New statistics of batch norms from the images that the next epoch begins with. Training itself does not use them. */
async function reestimate(run: Run): Promise<void> {
  const { engine, config, network, layers, position, stepsPerEpoch, train } = run;
  const steps = Math.min(stepsPerEpoch, Math.floor(config.reestimate / config.batch));
  const batches = train.source.batches(requests(run, position.epoch + 1, 0, steps));
  await reestimateBatchNorms(engine, network, layers, batches);
}

function runStep(
  { engine, config, dataset, network, layers, teacher, position, stepsPerEpoch }: Run,
  batch: Batch,
  hooks: TrainHooks,
): void {
  const steps = stepsPerEpoch * config.epochs;
  const done = position.epoch * stepsPerEpoch + position.step;
  const rule = { rule: config.gradient, sTanh: tanhSlope(config, done, steps), progress: done / steps };
  const taught = teacher === null ? null : teacher.probabilities(batch.pixels);
  const targets = trainingTargets(batch.labels, dataset.classes.length, config, taught);
  if (done === 0) startSteps(engine, network, layers, batch.pixels);
  const loss = computeGradients(engine, network, layers, rule, batch.pixels, targets);
  if (!Number.isFinite(loss)) {
    throw new FlexorError('data', `the loss became ${loss} at step ${done + 1}; try a lower --lr (now ${config.rate})`);
  }
  updateParameters(engine, layers, config, learningRate(config, done, steps), done + 1);
  if (config.clip !== null) clipEncrypted(layers, config.clip / rule.sTanh);
  holdSteps(layers);
  position.step++;
  position.lossSum += loss;
  hooks.onStep?.(done + 1, steps, position.epoch + 1, loss);
}
