#!/usr/bin/env node
/** The `flexor` command. */
import { workerScript } from '../base/worker-pool.js';
import { supervise } from './supervise.js';

supervise(workerScript('command'), process.argv.slice(2));
