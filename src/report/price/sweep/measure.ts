/**
 * Area of many decryptors: modules side by side in one synthesis, which keeps them apart and flattens each, so that
 * hundreds take a few runs of Yosys.
 */
import { FlexorError, invariant } from '../../../base/errors.js';
import type { RtlDesign } from '../../../rtl/types.js';
import { synthesise } from '../../area/synthesise.js';
import type { SynthesisOptions } from '../../area/synthesise.js';
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

export interface MeasureOptions extends SynthesisOptions {
  /** Syntheses at once. */
  readonly jobs: number;
  readonly onBatch: (done: number) => void;
}

/** Measures every module on one target; `design`: any, for the Verilog library. The first failure lets no other begin. */
export async function measureModules(
  modules: readonly DecryptorModule[],
  design: RtlDesign,
  { jobs, onBatch, ...options }: MeasureOptions,
): Promise<Measured> {
  const resources = new Map<string, Resources>();
  let yosysVersion = '';
  const waiting = Array.from({ length: Math.ceil(modules.length / BATCH) }, (_, b) =>
    modules.slice(b * BATCH, (b + 1) * BATCH),
  );
  const worker = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      onBatch(resources.size);
      const synthesis = await measureBatch(batch, design, options).catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      });
      yosysVersion = synthesis.yosysVersion;
      for (const { module } of batch) {
        const found = synthesis.netlist[module];
        invariant(found, `module ${module} is not in the netlist`);
        resources.set(module, classify(options.rule, found.cells));
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: jobs }, worker));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return { resources, yosysVersion };
}

async function measureBatch(batch: readonly DecryptorModule[], design: RtlDesign, options: SynthesisOptions) {
  const library = ['rtl/flexor_xor_network.v', 'rtl/flexor_decryptor.v'].map(
    (path) => [path, design.files.get(path)!] as const,
  );
  const files = new Map([...library, [`rtl/${TOP}.v`, decryptorsVerilog(batch)]]);
  const title = `decryptors ${batch[0]!.module} to ${batch.at(-1)!.module}`;
  const unit = {
    title,
    top: TOP,
    files,
    blackBoxes: [],
    blackBoxModules: [],
    only: null,
    hierarchy: 'marked',
    place: false,
  } as const;
  try {
    return await synthesise(unit, options);
  } catch (error) {
    if (!(error instanceof FlexorError) || error.code === 'interrupted') throw error;
    throw new FlexorError(error.code, `${title}: ${error.message}`, { cause: error });
  }
}
