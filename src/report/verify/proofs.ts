/** What is proven of the library modules of a design: as hw/formal says, or by the solver now. */
import { propertiesOf, provableModules, proveModule } from '../prove/prove.js';
import type { ModuleProof } from './types.js';

export interface ProofRun {
  readonly onProgress: (done: number, note: string) => void;
}

/** Library modules among the Verilog files of a design. */
export function libraryOf(verilog: readonly string[]): string[] {
  return verilog.flatMap((path) => {
    const module = /^rtl\/(flexor_\w+)\.v$/.exec(path)?.[1];
    return module ?? [];
  });
}

/** How many of these modules have proofs. */
export function proofCount(modules: readonly string[]): number {
  const provable = new Set(provableModules());
  return modules.filter((module) => provable.has(module)).length;
}

/** The claims of these modules; with `run`, each is proven anew. */
export async function proofsOf(modules: readonly string[], run: ProofRun | null): Promise<ModuleProof[]> {
  const provable = new Set(provableModules());
  const proofs: ModuleProof[] = [];
  let done = 0;
  for (const module of modules) {
    if (!provable.has(module)) {
      proofs.push({ module, claim: 'tested', cycles: null, sets: [], verdicts: [] });
      continue;
    }
    const { sets, bounded } = propertiesOf(module);
    run?.onProgress(done++, module);
    const verdicts = run === null ? [] : (await proveModule(module)).map(({ verdict }) => verdict);
    proofs.push({ module, claim: bounded === null ? 'proven' : 'bounded', cycles: bounded, sets, verdicts });
  }
  return proofs;
}
