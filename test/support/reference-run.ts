/** Random models through examples/reference.py: the integer network as docs/numbers.md has it, written a second time. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeDump } from '../../src/app/dump.js';
import { silent } from '../../src/app/progress.js';
import { randomImages } from '../../src/cosim/vectors.js';
import { saveModel } from '../../src/model/write.js';
import { randomModel } from './random-model.js';

const run = promisify(execFile);

export interface ReferenceRun {
  readonly code: number;
  readonly output: string;
  /** What the models held, to see that all of it was there. */
  readonly kinds: ReadonlySet<string>;
}

/** Dumps `count` random models from a seed on, and has the reference compare them; `damage` may change a dump before. */
export async function compareWithReference(
  seed: number,
  count: number,
  images = 2,
  damage: (dump: string) => void = () => undefined,
): Promise<ReferenceRun> {
  const folder = mkdtempSync(join(tmpdir(), 'flexor-reference-'));
  const kinds = new Set<string>();
  const pairs: string[] = [];
  try {
    for (let i = seed; i < seed + count; i++) {
      const { model, lowered } = randomModel(i);
      for (const node of model.nodes) {
        kinds.add(node.kind);
        if ('weights' in node) kinds.add(node.weights.encoding);
        if ('quantiser' in node && node.quantiser !== undefined) kinds.add(node.quantiser.kind);
      }
      for (const node of lowered.network.nodes) {
        if (node.name.endsWith('_steps')) kinds.add('two roundings');
        if (node.name.endsWith('_sum')) kinds.add('sum of integers');
        if ('residual' in node && node.residual !== null)
          kinds.add(`residual ${node.requantiser.quantised ?? 'rounded'}`);
      }
      const [path, dump] = [join(folder, `${i}.flexor`), join(folder, `${i}`)];
      saveModel(path, model);
      const quantised = randomImages(lowered.network, images, i);
      const given = { dataset: 'random', dataDigest: '', quantised, count: images };
      await writeDump(dump, { model, digest: '', ...lowered }, given, silent);
      damage(dump);
      pairs.push(path, dump);
    }
    const { stdout } = await run('python3', ['examples/reference.py', ...pairs], { maxBuffer: 2 ** 26 });
    return { code: 0, output: stdout, kinds };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { code, output: `${stdout}${stderr}`, kinds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
