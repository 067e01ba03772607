/**
 * Area of many decryptors: modules side by side in one synthesis, which keeps them apart and flattens each, so that
 * hundreds take a few runs of Yosys.
 */
import { own } from '../../../base/dictionary.js';
import { invariant } from '../../../base/errors.js';
import type { RtlFiles } from '../../../rtl/types.js';
import type { Netlist } from '../../area/netlist.js';
import { synthesiseAll } from '../../area/synthesise-all.js';
import type { ParallelOptions } from '../../area/synthesise-all.js';
import type { Unit } from '../../area/synthesise.js';
import { classify } from '../../area/targets.js';
import type { Resources } from '../../area/types.js';
import { decryptorsVerilog, TOP } from './verilog.js';
import type { DecryptorModule } from './verilog.js';

/** Modules in one synthesis: large enough to share the start of Yosys, small enough for a time limit and a progress bar. */
const BATCH = 48;

export interface Measured {
  /** By name of the module. */
  readonly resources: ReadonlyMap<string, Resources>;
  readonly yosysVersion: string;
}

/** Measures every module on one target; `design`: any, for the Verilog library. */
export async function measureModules(
  modules: readonly DecryptorModule[],
  design: RtlFiles,
  options: ParallelOptions,
): Promise<Measured> {
  const batches = Array.from({ length: Math.ceil(modules.length / BATCH) }, (_, b) =>
    modules.slice(b * BATCH, (b + 1) * BATCH),
  );
  const units = batches.map((batch) => batchUnit(batch, design));
  const syntheses = [...(await synthesiseAll(units, options)).values()];
  const netlist: Netlist = Object.assign({}, ...syntheses.map((synthesis) => synthesis.netlist));
  const resources = modules.map(({ module }) => {
    const found = own(netlist, module);
    invariant(found, `module ${module} is not in the netlist`);
    return [module, classify(options.rule, found.cells)] as const;
  });
  return { resources: new Map(resources), yosysVersion: syntheses[0]!.yosysVersion };
}

function batchUnit(batch: readonly DecryptorModule[], design: RtlFiles): Unit {
  const shift = 'rtl/flexor_weight_shift.v';
  return {
    title: `decryptors ${batch[0]!.module} to ${batch.at(-1)!.module}`,
    top: TOP,
    files: new Map([
      [shift, design.files.get(shift)!],
      [`rtl/${TOP}.v`, decryptorsVerilog(batch)],
    ]),
    blackBoxes: [],
    blackBoxModules: [],
    only: null,
    hierarchy: 'marked',
    seeds: [],
  };
}
