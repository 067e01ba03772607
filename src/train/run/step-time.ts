/** How long a training step takes; the clock comes from the caller. */
import type { Dataset } from '../../data/dataset.js';
import { inMemory } from '../../data/source.js';
import type { TrainConfig } from './config.js';
import type { Engine } from '../engine/engine.js';
import { train } from './trainer.js';

/** Steps in front of the measurement: compilation of the hot loops, first allocations. */
const WARM_UP_STEPS = 5;

class Done extends Error {}

/** Median duration of `steps` training steps, in the unit of `now`. */
export async function measureStepTime(
  engine: Engine,
  config: TrainConfig,
  dataset: Dataset,
  steps: number,
  now: () => number,
): Promise<number> {
  const times: number[] = [];
  let last = now();
  const onStep = (step: number): void => {
    const time = now();
    if (step > WARM_UP_STEPS) times.push(time - last);
    last = time;
    if (times.length === steps) throw new Done();
  };
  const endless = { ...config, epochs: Number.MAX_SAFE_INTEGER };
  try {
    await train(engine, endless, inMemory(dataset), { checkpoint: null, resume: false }, { onStep });
  } catch (error) {
    if (!(error instanceof Done)) throw error;
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)]!;
}
