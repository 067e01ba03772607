/** Starts the simulator that sim/harness.cpp and a design became. */
import { join } from 'node:path';
import { FlexorError, oneLine } from '../base/errors.js';
import type { Manifest } from '../rtl/types.js';
import { runTool } from '../toolchain/run.js';
import { simulatorMessage } from './diagnose.js';
import type { RunFiles } from './job.js';
import { readRecord } from './record.js';
import type { RunRecord } from './record.js';
import type { CosimOptions } from './types.js';

/** Runs a built simulator on a job and reads what it found. `onProgress` hears of every finished frame. */
export async function runHarness(
  manifest: Manifest,
  options: CosimOptions,
  simulator: string,
  files: RunFiles,
): Promise<RunRecord> {
  const logFile = join(files.folder, 'harness.log');
  options.onProgress?.('run', 0);
  let check: string | null = null;
  let fatal: string | null = null;
  const { exitCode, stderr } = await runTool({
    command: simulator,
    args: [files.job],
    // $readmemh finds the memory files relative to the folder of the design.
    cwd: options.folder,
    logFile,
    timeoutSeconds: options.timeoutSeconds ?? 3600,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onLine: (line) => {
      const done = /^frame (\d+)$/.exec(line);
      if (done) options.onProgress?.('run', Number(done[1]));
      // What Verilator's library cannot go on from, such as a memory file of too many words.
      else if (line.startsWith('%Error: ')) fatal ??= line.slice('%Error: '.length);
      // Checks in hw/ print `path.of.the.module: error: what is wrong`.
      else if (/: error: /.test(line)) check ??= line.trim();
    },
  });
  if (exitCode !== 0) {
    const message = simulatorMessage(manifest, exitCode, fatal ?? oneLine(stderr));
    throw new FlexorError('tool', `${message}; log: ${logFile}`);
  }
  return readRecord(files.result, check);
}
