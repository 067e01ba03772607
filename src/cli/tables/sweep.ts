/** The table of `flexor sweep`. */
import { finalAccuracy } from '../../app/training/sweep.js';
import { formatPercent } from '../../base/format.js';
import type { SweepResults } from '../../report/training/types.js';
import { formatTable } from './table.js';

/** A line a configuration: mean and deviation over its seeds, beside the paper's figure. */
export function sweepResultsTable({ configurations }: SweepResults): string {
  const rows = configurations.map((configuration) => {
    const { mean, deviation } = finalAccuracy(configuration);
    const { name, paper, runs } = configuration;
    return [
      name,
      String(runs.length),
      formatPercent(mean),
      runs.length > 1 ? `± ${(100 * deviation).toFixed(2)}` : '',
      paper === null ? '' : formatPercent(paper),
    ];
  });
  return formatTable(['run', 'seeds', 'test accuracy', '', 'paper'], rows);
}
