/** Curves of a sweep: every configuration can be told from every other, however many there are. */
import { describe, expect, it } from 'vitest';
import { curvesChart } from '../../src/report/training/curves.js';
import type { RunResult, SweepResults } from '../../src/report/training/types.js';
import { COSINE } from '../../src/train/run/recipes.js';

function sweepOf(count: number): SweepResults {
  const configurations = Array.from({ length: count }, (_, i) => {
    const name = `configuration ${i}`;
    const history = [1, 2, 3].map((epoch) => ({ epoch, loss: i + 1 / epoch, testAccuracy: 0.9 - 0.01 * i }));
    const of = { config: COSINE, engine: 'cpu', images: 'none', recipe: 'flexor train' };
    const run: RunResult = { name, seed: 1, ...of, history, testAccuracy: history[2]!.testAccuracy };
    return { name, paper: null, runs: [run] };
  });
  return { title: 'many', configurations };
}

describe('curves of a sweep', () => {
  it.each([1, 7, 10, 21])('%i lines have as many colours and strokes, and names', (count) => {
    const svg = curvesChart(sweepOf(count));
    const lines = [...svg.matchAll(/<path d="M[^"]*" fill="none"[^>]*>/g)]
      .map(([path]) => path)
      .filter((path) => path.includes('stroke-linejoin'));
    const strokes = lines.map(
      (path) => /stroke="[^"]*"/.exec(path)![0] + (/stroke-dasharray="[^"]*"/.exec(path)?.[0] ?? ''),
    );
    expect(new Set(strokes).size).toBe(count);
    for (let i = 0; i < count; i++) expect(svg).toContain(`>configuration ${i}</text>`);
  });

  it('are the same text for the same results', () => {
    expect(curvesChart(sweepOf(3))).toBe(curvesChart(sweepOf(3)));
  });
});
