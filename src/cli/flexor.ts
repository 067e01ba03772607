#!/usr/bin/env node
/** The `flexor` command. */
import { runCli } from './run.js';

await runCli(process.argv.slice(2));
