/** What a training run shows on the way, and the clock that its checkpoints need. */
import type { TrainConfig } from '../train/config.js';
import type { TrainHooks } from '../train/trainer.js';
import { formatPercent, printLine } from './print.js';
import { clock, startProgress, type Progress } from './progress.js';

const CHECKPOINT_INTERVAL_MS = 3 * 60_000;

/** A progress bar, a line per epoch unless `quiet`, and the clock for checkpoints. */
export function reporter(config: TrainConfig, quiet: boolean): TrainHooks {
  let bar: Progress | null = null;
  const started = Date.now();
  let saved = started;
  return {
    onStep(step, steps, epoch, loss) {
      bar ??= startProgress('training', steps);
      bar.update(step, `epoch ${epoch}/${config.epochs} loss ${loss.toFixed(3)}`);
    },
    onEpoch({ epoch, loss, testAccuracy }) {
      const time = clock((Date.now() - started) / 1000);
      const line = `epoch ${epoch}/${config.epochs}  loss ${loss.toFixed(4)}  test accuracy ${formatPercent(testAccuracy)}  ${time}`;
      if (!quiet) printLine(line);
    },
    checkpointDue() {
      if (Date.now() - saved < CHECKPOINT_INTERVAL_MS) return false;
      saved = Date.now();
      return true;
    },
  };
}
