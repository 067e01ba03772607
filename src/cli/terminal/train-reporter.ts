/** What a training run shows on the way, and the clock that its checkpoints need. */
import type { TrainConfig } from '../../train/run/config.js';
import type { TrainHooks } from '../../train/run/trainer.js';
import type { Progress } from '../../app/progress.js';
import { oneLine } from '../../base/errors.js';
import { formatPercent } from '../../base/format.js';
import { printComplaint, printLine } from './print.js';
import { clock, secondsLeft, startProgress, type Reached } from './progress.js';

/** Between checkpoints in the middle of an epoch. */
export const CHECKPOINT_MINUTES = 3;

/** A progress bar, a line per epoch unless `quiet`, and the clock for checkpoints. */
export function reporter(config: TrainConfig, quiet: boolean, checkpointMinutes = CHECKPOINT_MINUTES): TrainHooks {
  const started = Date.now();
  let saved = started;
  /** Counts from the first step of this process; a resumed run has others before it. */
  let progress: { readonly bar: Progress; readonly since: number; reached: Reached } | null = null;
  return {
    onStep(step, steps, epoch, loss) {
      progress ??= {
        bar: startProgress('training', steps, step),
        since: Date.now(),
        reached: { done: step, total: steps, from: step },
      };
      progress.reached = { ...progress.reached, done: step };
      progress.bar.update(step, `epoch ${epoch}/${config.epochs} loss ${loss.toFixed(3)}`);
    },
    onEpoch({ epoch, loss, testAccuracy }) {
      const now = Date.now();
      const left =
        progress === null || epoch === config.epochs
          ? null
          : secondsLeft(progress.reached, (now - progress.since) / 1000);
      const time = `${clock((now - started) / 1000)}${left === null ? '' : `, ${clock(left)} left`}`;
      const line = `epoch ${epoch}/${config.epochs}  loss ${loss.toFixed(4)}  test accuracy ${formatPercent(testAccuracy)}  ${time}`;
      if (!quiet) printLine(line);
    },
    onSaveFailed(error) {
      printComplaint(`${oneLine(error)}; training goes on without this checkpoint`);
    },
    checkpointDue() {
      if (Date.now() - saved < 60_000 * checkpointMinutes) return false;
      saved = Date.now();
      return true;
    },
  };
}
