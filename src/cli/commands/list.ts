/**
 * The list of commands, in the order in which `flexor --help` shows them. A command is one file that exports
 * `registerXxx(program)`; adding one is an import and a line here. Heavy packages (tfjs, yosys) are imported inside the
 * command's action, so that every other command starts at once.
 */
import type { Command } from 'commander';
import { registerArea } from './area.js';
import { registerCompare } from './compare.js';
import { registerCosim } from './cosim.js';
import { registerDesignXor } from './design-xor.js';
import { registerFold } from './fold.js';
import { registerGenRtl } from './gen-rtl.js';
import { registerInspect } from './inspect.js';
import { registerLoadFile } from './load-file.js';
import { registerMemory } from './memory.js';
import { registerPrice } from './price.js';
import { registerPriceSweep } from './price-sweep.js';
import { registerReport } from './report.js';
import { registerSimulate } from './simulate.js';
import { registerSweep } from './sweep.js';
import { registerTrain } from './train.js';

export const commands: readonly ((program: Command) => void)[] = [
  registerDesignXor,
  registerTrain,
  registerSweep,
  registerInspect,
  registerFold,
  registerGenRtl,
  registerLoadFile,
  registerSimulate,
  registerCosim,
  registerCompare,
  registerMemory,
  registerArea,
  registerPrice,
  registerPriceSweep,
  registerReport,
];
