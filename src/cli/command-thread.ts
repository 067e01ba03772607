/** The thread of a command. */
import { workerData } from 'node:worker_threads';
import type { CommandData } from './messages.js';
import { runCli } from './run.js';

await runCli(workerData as CommandData);
