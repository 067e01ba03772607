/**
 * Faults planted in three small designs: bits of memories, operators, depths and widths, drawn by a seed. Every one that
 * changes an output within ten images must be caught, and its layer named. Prints a table of what became of them, by kind.
 * Outcomes are kept in build/faults, so that a run that was stopped goes on where it ended.
 *
 *   FLEXOR_FAULTS=100 FLEXOR_SEED=2 npx vitest run --config vitest.long.config.ts test/long/faults.long.ts
 */
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { lower } from '../../src/fixed/lower.js';
import { makeDesign } from '../../src/rtl/design.js';
import { defaultFold } from '../../src/rtl/solve/choose.js';
import { FaultyDesign, KINDS, type FaultKind, type Outcome } from '../support/fault-campaign.js';
import { CHAIN_FOLD, chainNetwork, RESIDUAL_FOLD, residualNetwork } from '../support/golden.js';
import { randomImages } from '../support/random-network.js';
import { SPREAD_NODES, tinyModel } from '../support/tiny-model.js';

/** Faults of a design; of each kind its share. */
const FAULTS = Number(process.env['FLEXOR_FAULTS'] ?? 200);
const SEED = Number(process.env['FLEXOR_SEED'] ?? 1);
const SHARES: Readonly<Record<FaultKind, number>> = { 'memory bit': 0.35, operator: 0.45, depth: 0.1, width: 0.1 };
const IMAGES = 10;

const RECORD = resolve('build/faults/outcomes.jsonl');
const work = mkdtempSync(join(tmpdir(), 'flexor-faults-'));
afterAll(() => rmSync(work, { recursive: true }));

const spread = lower(tinyModel(2, SPREAD_NODES, { height: 6, width: 6, channels: 1 }), 'e'.repeat(64));
const DESIGNS = [
  ['chain', chainNetwork(), CHAIN_FOLD],
  ['residual', residualNetwork(), RESIDUAL_FOLD],
  ['spread', spread, defaultFold(spread)],
] as const;

/** What earlier runs found, by design, its text and the fault. */
function known(): Map<string, Outcome> {
  if (!existsSync(RECORD)) return new Map();
  const lines = readFileSync(RECORD, 'utf8').split('\n');
  const entries = lines.flatMap((line): [string, Outcome][] => {
    try {
      return [JSON.parse(line) as [string, Outcome]];
    } catch {
      // The last line of a run that was killed.
      return [];
    }
  });
  return new Map(entries);
}

const outcomes: Outcome[] = [];

test.each(DESIGNS)('%s', async (name, network, fold) => {
  const images = randomImages(network, IMAGES, SEED);
  const design = makeDesign(network, { fold });
  const faulty = new FaultyDesign(name, design, images, join(work, name), resolve('build/faults/cache'));
  expect(await faulty.run({ changed: new Map() })).toMatchObject({ caught: false, changesOutput: false });
  const before = known();
  mkdirSync(resolve('build/faults'), { recursive: true });
  for (const kind of KINDS) {
    const random = Random.derive(SEED, `faults ${name} ${kind}`);
    for (const fault of faulty.draw(kind, Math.round(FAULTS * SHARES[kind]), random)) {
      const key = `${SEED} ${name} ${faulty.digest} ${kind} ${fault.id}`;
      const outcome = before.get(key) ?? (await faulty.run(fault));
      if (!before.has(key)) appendFileSync(RECORD, `${JSON.stringify([key, outcome])}\n`);
      outcomes.push(outcome);
    }
  }
});

test('every fault that changes an output is caught, and its layer named', () => {
  console.log(table(outcomes));
  const visible = outcomes.filter(({ changesOutput }) => changesOutput);
  expect(outcomes.length).toBeGreaterThan(DESIGNS.length * FAULTS * 0.9);
  expect(visible.length).toBeGreaterThan(outcomes.length / 4);
  expect(visible.filter(({ caught }) => !caught)).toEqual([]);
  expect(visible.filter(({ named, layer }) => named !== layer)).toEqual([]);
});

/** Faults by kind: all, those that change an output, are caught, survive; those that show only inside, and not at all. */
function table(all: readonly Outcome[]): string {
  const rows = [...KINDS, 'all'].map((kind) => {
    const own = all.filter((each) => kind === 'all' || each.kind === kind);
    const visible = own.filter(({ changesOutput }) => changesOutput);
    const inside = own.filter(({ changesOutput, caught }) => !changesOutput && caught);
    return [
      kind,
      own.length,
      visible.length,
      visible.filter(({ caught }) => caught).length,
      visible.filter(({ caught }) => !caught).length,
      inside.length,
      own.length - visible.length - inside.length,
      own.filter(({ caught, named, layer }) => caught && named === layer).length,
    ];
  });
  const head = ['kind', 'faults', 'change output', 'caught', 'survive', 'caught inside', 'no difference', 'named'];
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...lines.map((row) => row[i]!.length)));
  return lines.map((row) => row.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')).join('\n');
}
