/** A sweep as CSV: a line a run and epoch. */
import type { SweepResults } from './types.js';

const HEADER = ['configuration', 'seed', 'epoch', 'loss', 'test_accuracy', 'paper_accuracy', 'command'];

export function resultsCsv({ configurations }: SweepResults): string {
  const lines = configurations.flatMap(({ name, paper, runs }) =>
    runs.flatMap(({ seed, recipe, history }) =>
      history.map(({ epoch, loss, testAccuracy }) => [
        quoted(name),
        seed,
        epoch,
        Number(loss.toFixed(6)),
        testAccuracy,
        paper ?? '',
        quoted(recipe),
      ]),
    ),
  );
  return [HEADER, ...lines].map((line) => `${line.join(',')}\n`).join('');
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
