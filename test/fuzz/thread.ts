/** The thread that runs inputs; main.ts watches how long each takes and what memory. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { FlexorError, oneLine } from '../../src/base/errors.js';
import { Random } from '../../src/base/random.js';
import { pick } from './mutate.js';
import { targetsIn } from './targets.js';
import type { FuzzJob, FuzzMessage, Target } from './types.js';

const { seed, from, to, targets: wanted, current, folder, until } = workerData as FuzzJob;
const say = (message: FuzzMessage): void => parentPort!.postMessage(message);

/** Longest line that an error may be. */
const MOST_CHARACTERS = 2000;

/** What is wrong with what was thrown; null for an error of one line for the user. */
function complaint(error: unknown): string | null {
  if (!(error instanceof FlexorError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const { message } = error;
  if (message.includes('internal:')) return message;
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f]/.test(message)) return `control characters in: ${JSON.stringify(message)}`;
  return message.length > MOST_CHARACTERS ? `a line of ${message.length} characters: ${message.slice(0, 200)}` : null;
}

/** Inputs that are wrong from the start would find nothing. */
async function acceptSeeds({ name, ending, seeds, run }: Target): Promise<void> {
  for (const [i, bytes] of seeds.entries()) {
    const path = join(folder, `input${ending}`);
    writeFileSync(path, bytes);
    try {
      await run(bytes, path);
    } catch (error) {
      throw new Error(`seed ${i} of ${name} is refused: ${oneLine(error)}`, { cause: error });
    }
  }
}

mkdirSync(folder, { recursive: true });
const targets = (await targetsIn(folder)).filter(({ name }) => wanted.length === 0 || wanted.includes(name));
for (const target of targets) await acceptSeeds(target);
const accepted: Record<string, number> = {};
const refused: Record<string, number> = {};
say({ kind: 'ready' });
for (let index = from; index < to && Date.now() < until; index++) {
  const target = targets[index % targets.length]!;
  const random = Random.derive(seed, `fuzz ${target.name} ${index}`);
  const bytes = target.mutate(random, pick(random, target.seeds));
  const path = join(folder, `input${target.ending}`);
  writeFileSync(path, bytes);
  Atomics.store(current, 0, index);
  try {
    await target.run(bytes, path);
    accepted[target.name] = (accepted[target.name] ?? 0) + 1;
  } catch (error) {
    refused[target.name] = (refused[target.name] ?? 0) + 1;
    const what = complaint(error);
    if (what !== null) {
      writeFileSync(join(folder, `finding-${index}${target.ending}`), bytes);
      say({ kind: 'finding', index, target: target.name, what: oneLine(what).slice(0, 600) });
    }
  }
}
say({ kind: 'done', accepted, refused });
