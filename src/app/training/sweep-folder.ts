/** The folder of a sweep: a result, a model and, while it trains, a checkpoint of each run. */
import { join } from 'node:path';
import { z } from 'zod';
import { FlexorError } from '../../base/errors.js';
import { exists, readText, remove } from '../../base/files.js';
import { parseJson } from '../../base/json.js';
import { writeFileAtomic } from '../../base/output.js';
import { imagesIdentity, type ImageSource } from '../../data/source.js';
import { loadModel } from '../../model/read.js';
import { saveModel } from '../../model/write.js';
import type { FlexorModel } from '../../model/types.js';
import type { RunResult } from '../../report/training/types.js';
import { checkRun } from '../../train/run/check-run.js';
import { runDifference, type RunIdentity } from '../../train/run/checkpoint.js';
import { commandLine } from '../../train/run/command-line.js';
import type { TrainConfig } from '../../train/run/config.js';
import type { Engine } from '../../train/engine/engine.js';
import type { StartModel } from '../../train/weights/start.js';
import type { TrainHooks, TrainOptions } from '../../train/run/trainer.js';
import { fileName, type PlannedRun } from './recipe-file.js';
import { loadDataset } from './data.js';

interface Images {
  readonly key: string;
  readonly dataset: ImageSource;
  /** `imagesIdentity`. */
  readonly identity: string;
}

/** What the configuration of a run is once the model that it starts from is there. */
type Start = { readonly config: TrainConfig } & Pick<TrainOptions, 'init' | 'distil'>;

const RESULT = z.looseObject({
  config: z.looseObject({}),
  engine: z.string(),
  images: z.string(),
  testAccuracy: z.number(),
  history: z.array(z.looseObject({ epoch: z.number(), loss: z.number(), testAccuracy: z.number() })).min(1),
});

export class SweepFolder {
  private readonly done = new Map<PlannedRun, RunResult>();
  /** Those of the last run: most recipes have one data set. */
  private last: Images | null = null;

  constructor(
    private readonly folder: string,
    private readonly runs: readonly PlannedRun[],
  ) {}

  /** Takes up the results that lie there, and refuses what could only fail later: after hours, perhaps. */
  async takeStock(): Promise<void> {
    for (const run of this.runs) {
      const { dataset } = await this.images(run);
      checkRun(run.config, dataset);
      await this.takeUp(run);
    }
  }

  result(run: PlannedRun): RunResult | undefined {
    return this.done.get(run);
  }

  /** The model of a finished run. */
  model(run: PlannedRun): FlexorModel {
    return loadModel(this.files(run).model).model;
  }

  /** Trains a run, from its checkpoint where there is one. */
  async finish(run: PlannedRun, engine: Engine, hooks: TrainHooks): Promise<void> {
    // The result of a run that starts from another one can be compared once that one is finished.
    await this.takeUp(run);
    if (this.done.has(run)) return;
    const paths = this.files(run);
    const start = this.start(run);
    if (start === null) {
      const open = this.startsFrom(run).find((from) => !this.done.has(from))!;
      throw new FlexorError('usage', `${run.name} starts from ${open.name}, which is not finished; train that first`);
    }
    const { config, ...models } = start;
    const { train } = await import('../../train/run/trainer.js');
    const { dataset, identity: images } = await this.images(run);
    const files: TrainOptions = {
      checkpoint: paths.checkpoint,
      resume: exists(paths.checkpoint),
      howToResume: 'the same command continues',
      ...models,
    };
    const { model, history } = await train(engine, config, dataset, files, hooks);
    const result: RunResult = {
      ...{ name: run.name, seed: run.seed, recipe: commandLine(config), config },
      ...{ engine: engine.identity, images, history, testAccuracy: history.at(-1)!.testAccuracy },
    };
    saveModel(paths.model, model);
    writeFileAtomic(paths.result, `${JSON.stringify(result, null, 2)}\n`);
    remove(paths.checkpoint);
    this.done.set(run, result);
  }

  private files(run: PlannedRun) {
    const stem = join(this.folder, `${fileName(run.name)}-seed${run.seed}`);
    return { result: `${stem}.json`, model: `${stem}.flexor`, checkpoint: `${stem}.ckpt` };
  }

  private async images({ source, config }: PlannedRun): Promise<Images> {
    const key = JSON.stringify([source, config.limit, config.imageSize]);
    if (this.last?.key !== key) {
      const dataset = await loadDataset(source, config);
      this.last = { key, dataset, identity: await imagesIdentity(dataset) };
    }
    return this.last;
  }

  /** The runs whose models this one starts or learns from. */
  startsFrom({ config: { init, distil }, seed }: PlannedRun): PlannedRun[] {
    return this.runs.filter((run) => run.seed === seed && (run.name === init || run.name === distil));
  }

  /** Null where a run that it starts or learns from is not finished. */
  private start(run: PlannedRun): Start | null {
    const { config } = run;
    const from = this.startsFrom(run);
    if (from.some((other) => !this.done.has(other))) return null;
    const load = (name: string): StartModel & { readonly digest: string } => {
      const { model: path } = this.files(from.find((other) => other.name === name)!);
      return { path, ...loadModel(path) };
    };
    const [init, distil] = [config.init, config.distil].map((name) => (name === null ? null : load(name)));
    return {
      config: { ...config, init: init?.digest ?? null, distil: distil?.digest ?? null },
      ...(init ? { init } : {}),
      ...(distil ? { distil } : {}),
    };
  }

  /** Takes up the result of a run, if there is one; the engine may be another than ours. */
  private async takeUp(run: PlannedRun): Promise<void> {
    const path = this.files(run).result;
    const start = this.start(run);
    if (start === null || !exists(path)) return;
    const result = readResult(path);
    const { identity: images } = await this.images(run);
    const wanted: RunIdentity = { config: start.config, engine: result.engine, images };
    const differs = runDifference(result, wanted);
    if (differs !== null) {
      throw new FlexorError(
        'data',
        `${path} is of another run: ${differs}; give another --output or move the file away`,
      );
    }
    this.done.set(run, { ...result, name: run.name, seed: run.seed });
  }
}

function readResult(path: string): RunResult {
  const wrong = new FlexorError(
    'data',
    `${path}: this is no whole result of a run, or one of an earlier version; give another --output or move the file away`,
  );
  const json = parseJson(readText(path), () => wrong);
  if (RESULT.safeParse(json).success) return json as RunResult;
  throw wrong;
}
