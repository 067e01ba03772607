/**
 * A smaller case that fails like a failing one: fewer steps, then smaller images, then less work, each for as long as the
 * failure stays. Drawn anew from the same seed, since a network cannot be cut anywhere without becoming another.
 */
import { randomCase, runCase, type CaseOptions, type RandomCase } from './random-case.js';
import type { RandomNetworkOptions } from './random-network.js';

export interface Shrunk {
  readonly which: RandomCase;
  readonly network: RandomNetworkOptions;
  readonly failure: string;
}

const SIDES = [1, 2, 3, 4, 6];
const WORK = [100, 1000, 10_000];

/** Runs a case; where it fails, says how, and how the smallest case fails that was found. Null where it passes. */
export async function checkCase(seed: number, options: CaseOptions = {}): Promise<string | null> {
  const failure = await runCase(randomCase(seed), options);
  if (failure === null) return null;
  const shrunk = await shrink(seed, failure, options);
  const by = `randomCase(${seed}, ${JSON.stringify(shrunk.network)})`;
  return `${failure}\nsmallest that fails (${by}): ${shrunk.failure}`;
}

/** The smallest failing case that is found; its folder stays, those of larger ones too. */
export async function shrink(seed: number, failure: string, options: CaseOptions = {}): Promise<Shrunk> {
  let best: Shrunk = { which: randomCase(seed), network: {}, failure };
  const attempt = async (change: RandomNetworkOptions): Promise<boolean> => {
    const network = { ...best.network, ...change };
    const which = randomCase(seed, network);
    if (which.network.nodes.length > best.which.network.nodes.length) return false;
    const found = await runCase(which, options);
    if (found !== null) best = { which, network, failure: found };
    return found !== null;
  };
  const steps = Array.from({ length: best.which.network.nodes.length - 1 }, (_, i) => i + 1);
  for (const stopAfter of steps) if (await attempt({ stopAfter })) break;
  for (const maxSide of SIDES) if (await attempt({ maxSide })) break;
  for (const maxWork of WORK) if (await attempt({ maxWork })) break;
  return best;
}
