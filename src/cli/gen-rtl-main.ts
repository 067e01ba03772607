#!/usr/bin/env node
/** The `gen-rtl` command: `flexor gen-rtl` under a name of its own. */
import { workerScript } from '../base/worker-pool.js';
import { supervise } from './supervise.js';

supervise(workerScript('command'), ['gen-rtl', ...process.argv.slice(2)]);
