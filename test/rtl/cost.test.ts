/** The cost model against recorded syntheses (bench/cost-model.js): units of the grid, and layers that it was not fitted to. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_BITS, lower } from '../../src/fixed/lower.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import { loadModel } from '../../src/model/read.js';
import { layerCost, unitCost, type Cost } from '../../src/rtl/cost/model.js';
import { planNetwork } from '../../src/rtl/plan.js';
import type { Fold, LayerFold } from '../../src/rtl/types.js';
import { hardwareUnit } from '../../src/rtl/units/index.js';
import { place } from '../../src/rtl/units/types.js';

type Measured = Omit<Cost, 'memoryBits'>;
interface UnitRow {
  readonly unit: { readonly kind: string };
  readonly measured: Measured;
}
interface LayerRow {
  readonly network: string;
  readonly layer: string;
  readonly fold: LayerFold | null;
  /** Measured before sums were shared and groups had a multiplexer, and not since: its fold alone counts. */
  readonly older?: true;
  readonly measured: Measured;
}

function recorded<T>(name: string): T[] {
  return JSON.parse(readFileSync(`bench/cost/${name}.json`, 'utf8')) as T[];
}

/** What the model says of a unit with the parameters that were measured. */
function costOf(unit: UnitRow['unit']): Cost {
  return unitCost(place(hardwareUnit(unit.kind), unit as never));
}

/** Relative to what was measured, of counts below ten relative to ten. */
const error = (predicted: number, measured: number): number => Math.abs(predicted - measured) / Math.max(10, measured);
const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

describe('units of the grid', () => {
  const rows = recorded<UnitRow>('units');

  test('take the memories and multipliers that were measured', () => {
    for (const { unit, measured } of rows) {
      const { lutRams, bram18, multipliers } = costOf(unit);
      const text = JSON.stringify(unit);
      expect({ lutRams, bram18, multipliers }, text).toEqual({
        lutRams: measured.lutRams,
        bram18: measured.bram18,
        multipliers: measured.multipliers,
      });
    }
  });

  test('LUTs and flip-flops are 10 % off on average at most, by kind; LUTs of banked windows 12', () => {
    const kinds = [...new Set(rows.map(({ unit }) => unit.kind))];
    expect(kinds.length).toBe(19);
    for (const kind of kinds) {
      const ofKind = rows.filter(({ unit }) => unit.kind === kind);
      const off = (key: 'luts' | 'flipFlops'): number =>
        mean(ofKind.map(({ unit, measured }) => error(costOf(unit)[key], measured[key])));
      // A requantiser's LUTs are fitted to whole layers. One banked window takes 1,799 LUTs for 691 (docs/folding.md, Limits).
      const most = kind === 'bankedWindow' ? 0.12 : 0.1;
      if (kind !== 'requantiser') expect(off('luts'), kind).toBeLessThan(most);
      expect(off('flipFlops'), kind).toBeLessThan(0.1);
    }
  });
});

describe('layers of networks that the model was not fitted to', () => {
  const rows = recorded<LayerRow>('checked').filter(({ layer }) => layer !== 'ports');
  /** The network with groups, dilation and a concatenation. */
  const SPREAD = 'spread';
  const ACTIVATION_BITS: Partial<Record<string, number>> = {
    'lenet5-mnist-0.4': 4,
    'lenet5-mnist-plain': 6,
    'lenet5-digits-0.6': 4,
  };
  const networkOf = (name: string): IntNetwork => {
    const { model, digest } = loadModel(name === SPREAD ? 'bench/cost/spread.flexor' : `models/${name}.flexor`);
    return lower(model, digest, {
      ...DEFAULT_BITS,
      activationBits: ACTIVATION_BITS[name] ?? DEFAULT_BITS.activationBits,
    });
  };
  /** Every layer under the folds that were measured, widths of streams among them. */
  const costsOf = (name: string): Map<string, Cost> => {
    const folds = rows.flatMap((row) => (row.network === name && row.fold !== null ? [[row.layer, row.fold]] : []));
    const { layers } = planNetwork(networkOf(name), Object.fromEntries(folds) as Fold);
    return new Map(layers.map((layer) => [layer.node.name, layerCost(layer)]));
  };
  const costs = new Map([...new Set(rows.map(({ network }) => network))].map((name) => [name, costsOf(name)]));
  const both = rows.flatMap((row) =>
    row.older === true ? [] : [{ ...row, predicted: costs.get(row.network)!.get(row.layer)! }],
  );

  const lutErrors = (layers: typeof both): number[] =>
    layers.map(({ measured, predicted }) => error(predicted.luts, measured.luts));
  const shipped = both.filter(({ network }) => network !== SPREAD);
  /** Pools that stream: so small that synthesis decides by tens of LUTs what it makes of their counters and multiplexers. */
  const small = shipped.filter(({ measured }) => measured.luts < 120 && measured.multipliers === 0);

  test('LUTs of every layer within 14 %, and of pools that stream within 60 LUTs', () => {
    expect(shipped).toHaveLength(23);
    for (const each of shipped.filter((one) => !small.includes(one))) {
      expect(lutErrors([each])[0], `${each.network} ${each.layer}`).toBeLessThanOrEqual(0.14);
    }
    const pools = small.filter(({ layer }) => layer.startsWith('pool') && layer !== 'pool');
    expect(pools).toHaveLength(10);
    for (const { measured, predicted, network, layer } of pools) {
      expect(Math.abs(measured.luts - predicted.luts), `${network} ${layer}`).toBeLessThanOrEqual(60);
    }
    expect(mean(lutErrors(pools))).toBeLessThan(0.2);
  });

  test('LUTs of depthwise, grouped and dilated layers within 6 %; a concatenation to 10', () => {
    for (const name of ['depthwise', 'grouped', 'dilated']) {
      const row = both.find(({ network, layer }) => network === SPREAD && layer === name)!;
      expect(error(row.predicted.luts, row.measured.luts), name).toBeLessThanOrEqual(0.06);
    }
    const { measured, predicted } = both.find(({ network, layer }) => network === SPREAD && layer === 'beside')!;
    expect(Math.abs(predicted.luts - measured.luts)).toBeLessThanOrEqual(10);
  });

  test('all: 5 % on average without these, and memories and multipliers as measured', () => {
    expect(mean(lutErrors(shipped.filter((each) => !small.includes(each))))).toBeLessThan(0.05);
    for (const { network, layer, measured, predicted } of both) {
      const { lutRams, bram18, multipliers } = predicted;
      const { lutRams: l, bram18: b, multipliers: m } = measured;
      expect([lutRams, bram18, multipliers], `${network} ${layer}`).toEqual([l, b, m]);
    }
  });
});
