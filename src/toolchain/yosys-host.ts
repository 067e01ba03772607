/**
 * Processes that run scripts on the WebAssembly build of Yosys, one script after another. Compiling Yosys to machine code
 * takes 1.2 s of processor time, and what of it is used is compiled when it is first called: seven syntheses of a small
 * design took 39 s in processes of their own and 22 s in one. Every script gets a new instance of Yosys.
 *
 * A process that waits does not keep this one alive, and ends with it, because its standard input ends.
 */
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { FlexorError } from '../base/errors.js';
import { openOutput } from '../base/files.js';
import { parseJson } from '../base/json.js';
import { exitCodeOf, MAX_CAPTURED, notStarted, startProcess, Stopper } from './run.js';
import type { Limits } from './run.js';

/** What to run: a script in a folder with everything that it reads, and the files that it writes there. */
export interface HostJob {
  readonly folder: string;
  readonly script: string;
  readonly outputs: readonly string[];
}

export interface HostResult {
  readonly exitCode: number;
  /** At most the last `MAX_CAPTURED` characters of what was printed. */
  readonly text: string;
}

/**
 * Has V8's optimising compiler take only what runs for long: Yosys has so much code that it costs more than it saves
 * elsewhere (a synthesis of 10 s of processor time took 4.6 s with this, one of 34 s took 26 s).
 */
const TIERING = '--wasm-tiering-budget=2000000000';

/** Resident memory above which a process serves no further script, since V8 gives back late what an instance held. */
const MOST_BYTES = 2 ** 30;

/** Begins the line that ends the output of a script. */
const END = '\u0001flexor end ';

/**
 * The process: maps the job's folder into Yosys's virtual file system, runs the script, writes the outputs back. A string,
 * so that it runs from src/ and from dist/ alike.
 */
const HOST = `
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
setFlagsFromString('${TIERING}');
const { runYosys } = await import(process.argv[1]);
const tree = (folder) => Object.fromEntries(readdirSync(folder, { withFileTypes: true }).map((entry) =>
  [entry.name, entry.isDirectory() ? tree(folder + '/' + entry.name) : readFileSync(folder + '/' + entry.name)]));
const print = (bytes) => { if (bytes) process.stdout.write(bytes); };
for await (const line of createInterface({ input: process.stdin })) {
  const { folder, script, outputs } = JSON.parse(line);
  let exitCode = 0;
  try {
    const files = await runYosys(['-s', script], tree(folder), { stdout: print, stderr: print });
    for (const path of outputs) {
      const content = path.split('/').reduce((within, name) => within?.[name], files);
      if (content !== undefined) writeFileSync(folder + '/' + path, content);
    }
  } catch (error) {
    exitCode = 1;
    print('\\n' + (typeof error?.code === 'number' ? 'ERROR: exit code ' + error.code : String(error)));
  }
  const reusable = exitCode === 0 && process.memoryUsage.rss() < ${MOST_BYTES};
  print('\\n${END}' + JSON.stringify({ exitCode, reusable }) + '\\n');
  if (!reusable) break;
}
`;

interface End {
  readonly exitCode: number;
  readonly reusable: boolean;
}

/** Processes that wait, by the address of the Yosys that they run. */
const waiting = new Map<string, ChildProcess[]>();

/**
 * Runs a script to its end on a process that waits, or on a new one. `bundle`: the address of Yosys. Errors: as of
 * `runTool`.
 */
export function runOnHost(
  bundle: string,
  job: HostJob,
  limits: Omit<Limits, 'command' | 'title'>,
): Promise<HostResult> {
  const named = { ...limits, command: process.execPath, title: 'yosys' };
  if (limits.signal?.aborted) return Promise.reject(notStarted(named));
  const host = takeHost(bundle) ?? startHost(bundle);
  return new Promise((resolve, reject) => {
    const log = limits.logFile === undefined ? null : openOutput(limits.logFile, 'a');
    const stop = new Stopper(host, named);
    const output = new Output((text) => {
      try {
        log?.write(text);
      } catch (error) {
        stop.fail(error as FlexorError);
      }
    });
    const settle = (finish: () => void): void => {
      host.removeAllListeners();
      for (const stream of [host.stdout!, host.stderr!]) stream.removeAllListeners('data');
      stop.release();
      log?.close();
      finish();
    };
    const ended = ({ exitCode, reusable }: End): void => {
      // What is being ended cannot be used again.
      if (stop.reason !== null) return;
      settle(() => {
        if (reusable) giveBack(bundle, host);
        resolve({ exitCode, text: output.text });
      });
    };
    host.stdout!.on('data', (text: string) => output.take(text, ended));
    host.stderr!.on('data', (text: string) => output.take(text, ended));
    host.once('error', (error) =>
      settle(() => reject(new FlexorError('tool', `cannot start yosys: ${error.message}`, { cause: error }))),
    );
    host.once('close', (code, signal) =>
      settle(() => {
        if (stop.reason !== null) reject(stop.reason);
        else resolve({ exitCode: exitCodeOf(code, signal), text: output.text });
      }),
    );
    hold(host, true);
    host.stdin!.write(`${JSON.stringify(job)}\n`);
  });
}

/** What a host prints, line by line, up to the line that ends the output of a script. */
class Output {
  text = '';
  private partial = '';

  constructor(private readonly log: (text: string) => void) {}

  take(text: string, ended: (end: End) => void): void {
    const lines = (this.partial + text).split('\n');
    this.partial = lines.pop()!;
    const at = lines.findIndex((line) => line.startsWith(END));
    const printed = lines.slice(0, at < 0 ? lines.length : at).map((line) => `${line}\n`);
    this.log(printed.join(''));
    this.text = (this.text + printed.join('')).slice(-MAX_CAPTURED);
    if (at < 0) return;
    ended(
      parseJson(lines[at]!.slice(END.length), (rule) => new FlexorError('tool', `the end of yosys ${rule}`)) as End,
    );
  }
}

function takeHost(bundle: string): ChildProcess | undefined {
  const host = waiting.get(bundle)?.pop();
  const alive = host === undefined || (host.exitCode === null && host.signalCode === null);
  return alive ? host : takeHost(bundle);
}

function startHost(bundle: string): ChildProcess {
  const args = ['--input-type=module', '-e', HOST, bundle];
  const host = startProcess({ command: process.execPath, args, title: 'yosys', stdin: '' });
  host.stdout!.setEncoding('utf8');
  host.stderr!.setEncoding('utf8');
  return host;
}

function giveBack(bundle: string, host: ChildProcess): void {
  hold(host, false);
  const hosts = waiting.get(bundle) ?? [];
  waiting.set(bundle, [...hosts, host]);
  // It may end while it waits, for whatever reason.
  host.once('close', () =>
    waiting.set(
      bundle,
      (waiting.get(bundle) ?? []).filter((each) => each !== host),
    ),
  );
}

/** Whether the process keeps this one alive. */
function hold(host: ChildProcess, alive: boolean): void {
  const handles = [host, host.stdin, host.stdout, host.stderr] as unknown as readonly Pick<Socket, 'ref' | 'unref'>[];
  for (const handle of handles) handle[alive ? 'ref' : 'unref']();
}
