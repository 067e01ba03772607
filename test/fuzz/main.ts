/**
 * `npm run fuzz -- --seed S --inputs N --seconds T --target NAME`: changed files of every kind through everything that reads
 * them. A finding is a crash, an `internal:` error, an error of more than a line, more than 10 s of processor time for an
 * input, or more than 1 GB. Input I of seed S is the same on every run: `--only I` repeats it.
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { FuzzJob, FuzzMessage } from './types.js';

const MOST_SECONDS = 10;
const MOST_BYTES = 1e9;
const LOOK_MS = 50;

interface Finding {
  readonly index: number;
  readonly target: string;
  readonly what: string;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly from: number;
  readonly inputs: number;
  readonly seconds: number;
  readonly targets: readonly string[];
  readonly folder: string;
}

export interface FuzzResult {
  readonly inputs: number;
  readonly findings: readonly Finding[];
  readonly accepted: ReadonlyMap<string, number>;
  readonly refused: ReadonlyMap<string, number>;
}

/** Runs inputs in a thread, and goes on behind one that does not come back. */
export async function fuzz(options: FuzzOptions, say: (line: string) => void): Promise<FuzzResult> {
  const findings: Finding[] = [];
  const accepted = new Map<string, number>();
  const refused = new Map<string, number>();
  const end = options.from + options.inputs;
  const until = options.seconds === Infinity ? Infinity : Date.now() + 1000 * options.seconds;
  let from = options.from;
  while (from < end && Date.now() < until) {
    const current = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
    const { seed, targets, folder } = options;
    const job: FuzzJob = { seed, from, to: end, targets, current, folder, until };
    const next = await runThread(job, (message) => {
      if (message.kind === 'finding') {
        findings.push(message);
        say(`input ${message.index} (${message.target}): ${message.what}`);
      } else if (message.kind === 'done') {
        for (const [name, count] of Object.entries(message.accepted))
          accepted.set(name, (accepted.get(name) ?? 0) + count);
        for (const [name, count] of Object.entries(message.refused))
          refused.set(name, (refused.get(name) ?? 0) + count);
      }
    });
    from = next;
  }
  return { inputs: from - options.from, findings, accepted, refused };
}

/** The index of the input to go on with. */
function runThread(job: FuzzJob, heard: (message: FuzzMessage) => void): Promise<number> {
  return new Promise((done, fail) => {
    const thread = new Worker(new URL('./thread.js', import.meta.url), {
      workerData: job,
      resourceLimits: { maxOldGenerationSizeMb: MOST_BYTES / 1e6 },
    });
    let base = 0;
    let running = -1;
    let startedAt = 0;
    let ended = false;
    const stop = (index: number, what: string): void => {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      heard({ kind: 'finding', index, target: 'input', what });
      void thread.terminate().then(() => done(index + 1));
    };
    const timer = setInterval(() => {
      const index = Atomics.load(job.current, 0);
      const { user, system } = process.cpuUsage();
      if (index !== running) {
        [running, startedAt] = [index, user + system];
        return;
      }
      if (index < 0) return;
      const seconds = (user + system - startedAt) / 1e6;
      if (seconds > MOST_SECONDS) stop(index, `more than ${MOST_SECONDS} s of processor time`);
      const bytes = process.memoryUsage.rss() - base;
      if (bytes > MOST_BYTES) stop(index, `${Math.round(bytes / 1e6)} MB of memory`);
    }, LOOK_MS);
    thread.on('message', (message: FuzzMessage) => {
      if (message.kind === 'ready') base = process.memoryUsage.rss();
      heard(message);
      if (message.kind === 'done') {
        ended = true;
        clearInterval(timer);
        done(Atomics.load(job.current, 0) + 1);
      }
    });
    thread.on('error', (error: NodeJS.ErrnoException) => {
      const index = Atomics.load(job.current, 0);
      if (index < 0) {
        clearInterval(timer);
        fail(error);
      } else stop(index, error.stack ?? error.message);
    });
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      inputs: { type: 'string' },
      seconds: { type: 'string' },
      target: { type: 'string', multiple: true, default: [] },
      only: { type: 'string' },
    },
  });
  const only = values.only === undefined ? undefined : Number(values.only);
  const seconds =
    values.seconds === undefined
      ? values.inputs === undefined && only === undefined
        ? 60
        : Infinity
      : Number(values.seconds);
  const folder = resolve('build', 'fuzz', `inputs-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const options: FuzzOptions = {
    seed: Number(values.seed),
    from: only ?? 0,
    inputs: only === undefined ? Number(values.inputs ?? 2 ** 31 - 1) : 1,
    ...{ seconds, targets: values.target, folder },
  };
  const result = await fuzz(options, (line) => console.log(line));
  const names = [...new Set([...result.accepted.keys(), ...result.refused.keys()])].sort();
  for (const name of names) {
    console.log(`${name.padEnd(14)} ${result.accepted.get(name) ?? 0} taken, ${result.refused.get(name) ?? 0} refused`);
  }
  console.log(`${result.inputs} inputs of seed ${options.seed}, ${result.findings.length} findings`);
  process.exitCode = result.findings.length === 0 ? 0 : 1;
}

await main();
