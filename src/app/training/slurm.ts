/**
 * A sweep on a cluster: one task of a Slurm job array a run. The folder's `slurm` holds the script, the recipe as it was
 * submitted, the tasks' logs and the numbers of the jobs. Called again, it gathers the results that are there and submits
 * what is neither finished nor in the queue, so that a task that was killed is continued from its checkpoint.
 */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { FlexorError } from '../../base/errors.js';
import { exists, makeFolder, readText } from '../../base/files.js';
import { readJson } from '../../base/json.js';
import { writeFileAtomic } from '../../base/output.js';
import { packageFile } from '../../base/places.js';
import type { SweepResults } from '../../report/training/types.js';
import { queuedTasks, submitArray } from '../../toolchain/slurm.js';
import type { ParseRun, PlannedRun } from './recipe-file.js';
import { openSweep, writeResults, type OpenSweep, type SweepOptions } from './sweep.js';

export interface SlurmOptions extends SweepOptions {
  /** More options of sbatch. */
  readonly slurmOptions?: readonly string[];
}

export interface SlurmSweep {
  readonly results: SweepResults;
  readonly runs: number;
  readonly finished: number;
  /** Runs that were in the queue already. */
  readonly queued: number;
  /** What was submitted now, in the order in which it can run. */
  readonly submitted: readonly { readonly job: string; readonly runs: number }[];
  /** Runs that had been submitted before and have ended without a result, with their logs. */
  readonly ended: readonly { readonly name: string; readonly seed: number; readonly log: string }[];
}

/** The arrays that were submitted; the numbers of tasks are those of runs. */
const JOBS = z.array(z.strictObject({ job: z.string().regex(/^\d+$/), tasks: z.array(z.number().int().min(1)) }));
type Jobs = z.infer<typeof JOBS>;

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

export async function sweepOnSlurm(path: string, options: SlurmOptions, parse: ParseRun): Promise<SlurmSweep> {
  const place = new SlurmFolder(options.output);
  // The queue before the results: what ends between the two is taken for finished, not for lost.
  const queue = await place.queued();
  const sweep = await openSweep(path, options, parse);
  const { runs, folder } = sweep;
  const isFinished = (run: PlannedRun): boolean => folder.result(run) !== undefined;
  const numbers = runs.map((_, i) => i + 1);
  const open = numbers.filter((n) => !isFinished(runs[n - 1]!));
  const missing = open.filter((n) => !queue.has(n));
  const before = new Set(place.jobs.flatMap(({ tasks }) => tasks));
  const ended = missing
    .filter((n) => before.has(n))
    .map((n) => ({ name: runs[n - 1]!.name, seed: runs[n - 1]!.seed, log: place.log(n) }));
  if (missing.length > 0) place.write(path, options, queue.size);
  const results = await writeResults(sweep, options.output);
  const submitted: { job: string; runs: number }[] = [];
  const waitFor = [...new Set(queue.values())];
  for (const tasks of waves(sweep, missing)) {
    const job = await place.submit(tasks, options, submitted.length === 0 ? [] : waitFor);
    submitted.push({ job, runs: tasks.length });
    waitFor.push(job);
  }
  const finished = runs.length - open.length;
  return { results, runs: runs.length, finished, queued: open.length - missing.length, submitted, ended };
}

/** Runs by number, those first that need no other; each wave needs only runs that are finished or in front of it. */
function waves({ runs, folder }: OpenSweep, numbers: readonly number[]): number[][] {
  const depth = (run: PlannedRun): number => {
    if (folder.result(run) !== undefined) return -1;
    return 1 + Math.max(-1, ...folder.startsFrom(run).map(depth));
  };
  const byDepth = new Map<number, number[]>();
  for (const n of numbers) {
    const at = depth(runs[n - 1]!);
    byDepth.set(at, [...(byDepth.get(at) ?? []), n]);
  }
  return [...byDepth].sort(([a], [b]) => a - b).map(([, tasks]) => tasks);
}

class SlurmFolder {
  readonly jobs: Jobs;
  private readonly folder: string;

  constructor(out: string) {
    this.folder = resolve(out, 'slurm');
    this.jobs = exists(this.file('jobs.json')) ? this.readJobs() : [];
  }

  log(task: number | '%a'): string {
    return this.file(`${task}.log`);
  }

  /** The tasks of this sweep in the queue, with their jobs. */
  async queued(): Promise<Map<number, string>> {
    const ours = new Set(this.jobs.map(({ job }) => job));
    const tasks = (await queuedTasks()).filter(({ job }) => ours.has(job));
    return new Map(tasks.map(({ job, task }) => [task, job]));
  }

  /** Script and recipe. While tasks are in the queue both must stay what they are: the tasks go by the numbers of runs. */
  write(recipe: string, options: SlurmOptions, queued: number): void {
    makeFolder(this.folder);
    const files = { 'recipe.json': readText(recipe), 'task.sh': this.script(options) };
    for (const [name, text] of Object.entries(files)) {
      const path = this.file(name);
      const before = exists(path) ? readText(path) : null;
      if (before === text) continue;
      if (before !== null && queued > 0) {
        throw new FlexorError(
          'usage',
          `${queued} runs of another ${name === 'recipe.json' ? 'recipe' : 'command'} are in the queue for ${resolve(options.output)}; wait for them, end them with scancel, or give another --output`,
        );
      }
      writeFileAtomic(path, text);
    }
  }

  async submit(tasks: readonly number[], options: SlurmOptions, after: readonly string[]): Promise<string> {
    const job = await submitArray({
      ...{ script: this.file('task.sh'), name: 'flexor-sweep', tasks, cpusPerTask: options.threads ?? 1 },
      ...{ log: this.log('%a'), after, options: options.slurmOptions ?? [] },
    });
    this.jobs.push({ job, tasks: [...tasks] });
    writeFileAtomic(this.file('jobs.json'), `${JSON.stringify(this.jobs)}\n`);
    return job;
  }

  private file(name: string): string {
    return join(this.folder, name);
  }

  private readJobs(): Jobs {
    const path = this.file('jobs.json');
    const { success, data } = JOBS.safeParse(readJson(path, 'data'));
    if (success) return data;
    throw new FlexorError('data', `${path}: this is no list of jobs; move it away, if none of them is in the queue`);
  }

  /** One run: the number of the task is that of the run. */
  private script({ output, data, epochs, limit, seeds, engine, threads, precision }: SlurmOptions): string {
    const values = {
      output: resolve(output),
      ...(data === undefined ? {} : { data: resolve(data) }),
      ...{ epochs, limit, seeds: seeds?.join(), engine },
      ...(engine === undefined || engine === 'native' ? { threads: threads ?? 1 } : {}),
      ...(precision === undefined || precision === 'float32' ? {} : { precision }),
    };
    const words = Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, quoted(String(value))],
    );
    const program = [process.execPath, packageFile('lib', 'flexor.js')].map(quoted);
    const recipe = quoted(this.file('recipe.json'));
    return [
      '#!/bin/sh',
      '# Trains one run of a sweep. `flexor sweep --slurm` wrote this file and submits it as a job array.',
      `exec ${[...program, 'sweep', recipe, ...words].join(' ')} --run "$SLURM_ARRAY_TASK_ID"`,
      '',
    ].join('\n');
  }
}
