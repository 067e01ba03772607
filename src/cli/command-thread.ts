/** The thread of a command. */
import { workerData } from 'node:worker_threads';
import { runCli } from './run.js';

await runCli(workerData as readonly string[]);
