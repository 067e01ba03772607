#!/usr/bin/env node
/** The `gen-rtl` command: `flexor gen-rtl` under a name of its own. */
import { runCli } from './run.js';

await runCli(['gen-rtl', ...process.argv.slice(2)]);
