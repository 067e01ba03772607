/**
 * Job arrays on a cluster that Slurm manages: submits one, and says which tasks are still in the queue. What a task does
 * is the script's business.
 */
import { FlexorError, oneLine } from '../base/errors.js';
import { runTool, type RunResult } from './run.js';
import { findTool } from './tools.js';

export interface JobArray {
  /** Path of the script, which sees the task's number as SLURM_ARRAY_TASK_ID. */
  readonly script: string;
  readonly name: string;
  /** Numbers of the tasks, ascending. */
  readonly tasks: readonly number[];
  readonly cpusPerTask: number;
  /** Where a task's output goes; %a stands for its number. */
  readonly log: string;
  /** Jobs that must have ended, well or not, before a task starts. */
  readonly after: readonly string[];
  /** More options of sbatch; they win over those above. */
  readonly options: readonly string[];
}

/** A task in the queue, waiting or running. */
export interface QueuedTask {
  readonly job: string;
  readonly task: number;
}

/** Numbers as Slurm takes them: 1-3,7. */
export function taskList(tasks: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const task of tasks) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === task - 1) last[1] = task;
    else ranges.push([task, task]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join();
}

/** Submits the array and returns the number of the job. */
export async function submitArray(array: JobArray): Promise<string> {
  const { path } = await findTool('sbatch');
  const { script, name, tasks, cpusPerTask, log, after, options } = array;
  const result = await runTool({
    command: path,
    args: [
      ...['--parsable', `--job-name=${name}`, `--array=${taskList(tasks)}`, `--cpus-per-task=${cpusPerTask}`],
      ...[`--output=${log}`, '--open-mode=append', '--requeue'],
      ...(after.length === 0 ? [] : [`--dependency=afterany:${after.join(':')}`]),
      ...options,
      script,
    ],
    timeoutSeconds: 300,
  });
  // `--parsable` prints the number, with ;CLUSTER behind it where there are several clusters.
  const job = /^(\d+)(?:;|$)/m.exec(result.stdout)?.[1];
  if (result.exitCode !== 0 || job === undefined) throw failure('sbatch', result);
  return job;
}

/** Tasks of the user's job arrays that have not ended. */
export async function queuedTasks(): Promise<QueuedTask[]> {
  const { path } = await findTool('squeue');
  const result = await runTool({
    command: path,
    // Every task on a line of its own: number of the array's job, number of the task.
    args: ['--me', '--array', '--noheader', '--format=%F %K'],
    timeoutSeconds: 300,
  });
  if (result.exitCode !== 0) throw failure('squeue', result);
  return result.stdout
    .split('\n')
    .map((line) => /^(\d+) (\d+)\s*$/.exec(line))
    .filter((match) => match !== null)
    .map(([, job, task]) => ({ job: job!, task: Number(task) }));
}

function failure(tool: string, { exitCode, stdout, stderr }: RunResult): FlexorError {
  const text = `${stderr}${stdout}`.trim();
  return new FlexorError(
    'tool',
    `${tool} ended with exit code ${exitCode}: ${text === '' ? 'no text' : oneLine(text)}`,
  );
}
