/**
 * The cost model (src/rtl/cost and src/rtl/units): its calibration and its error, as Markdown tables. Needs a build (npm run build).
 *
 *   node bench/cost-model.js measure [what]  synthesise (results are cached) and write bench/cost/*.json; what: units, grid or
 *                                            checked, default all; --timeout S limits each synthesis (default: 1800);
 *                                            --only TITLE measures that batch or network alone and keeps the other rows;
 *                                            --layers A,B of that network those layers alone
 *   node bench/cost-model.js fit [KIND,...]  fit the coefficients.ts of every unit to bench/cost/units.json and grid.json, or of
 *                                            these kinds alone, no requantiser, to units.json
 *   node bench/cost-model.js                 error by kind of unit and by layer, from the stored measurements; rows with
 *                                            `older` are of hardware that has changed since, and are left out
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { URL } from 'node:url';
import { parseArgs } from 'node:util';
import { unitCost } from '../dist/rtl/cost/model.js';
import { hardwareUnit } from '../dist/rtl/units/index.js';
import { place } from '../dist/rtl/units/types.js';
import { targetRule } from '../dist/report/area/targets.js';
import { cacheFolder } from '../dist/toolchain/paths.js';
import { byKind, calibrate, calibrateUnits } from './cost/calibrate.js';
import { BATCHES } from './cost/grid.js';
import { makeDesign } from '../dist/rtl/design.js';
import { checkedDesigns, measureDesign, predictDesign } from './cost/layers.js';
import { measureBatch } from './cost/measure.js';
import { gridDesigns } from './cost/networks.js';

const file = (name) => new URL(name, import.meta.url);
const UNITS = file('./cost/units.json');
const GRID = file('./cost/grid.json');
const CHECKED = file('./cost/checked.json');
const read = (url) => JSON.parse(readFileSync(url, 'utf8'));
const write = (url, rows) => writeFileSync(url, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`);

/** Rows of every item: those measured now, or with `only` the stored ones (`storedOf`) of all items but that. */
async function measureAll(items, measureOne, { only, storedOf }) {
  const rows = [];
  for (const [title, item] of items) {
    if (only !== null && title !== only) {
      rows.push(...storedOf(item, title));
      continue;
    }
    console.error(title);
    rows.push(...(await measureOne(item, title)));
  }
  return rows;
}

const byTitle = (designs) => designs.map((design) => [design.title, design]);

async function measure(what, { timeout, only = null, layers: names = null }) {
  const options = {
    rule: targetRule('xcup', null),
    engine: 'npm',
    cache: cacheFolder(),
    timeoutSeconds: Number(timeout),
  };
  const stored = new Map(read(UNITS).map((row) => [JSON.stringify(row.unit), row]));
  const storedUnits = (batch) => batch.flatMap((unit) => stored.get(JSON.stringify(unit)) ?? []);
  const storedLayers = (url) => (_, title) => read(url).filter(({ network }) => network === title);
  const units = (batch, title) => measureBatch(title, batch, options);
  const wanted = names === null ? null : names.split(',');
  const layers = async (design) => {
    const rows = await measureDesign(design, { ...options, wanted });
    if (wanted === null) return rows;
    const stored = [...read(GRID), ...read(CHECKED)].filter(({ network }) => network === design.title);
    return stored.map((row) => rows.find(({ layer }) => layer === row.layer) ?? row);
  };
  const designs = async (url, all) =>
    write(url, await measureAll(byTitle(all), layers, { only, storedOf: storedLayers(url) }));
  if (what !== 'grid' && what !== 'checked')
    write(UNITS, await measureAll(BATCHES, units, { only, storedOf: storedUnits }));
  if (what !== 'units' && what !== 'checked') await designs(GRID, gridDesigns());
  if (what !== 'units' && what !== 'grid') await designs(CHECKED, checkedDesigns());
}

const key = (name) => (/^\w+$/.test(name) ? name : `'${name}'`);
const object = (amounts) => {
  const entries = Object.entries(amounts).map(([name, value]) => `${key(name)}: ${value}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
};

const kebab = (kind) => kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function writeUnits(units) {
  for (const [kind, { luts, flipFlops }] of Object.entries(units)) {
    const text = `${UNIT_HEAD}{\n  luts: ${object(luts)},\n  flipFlops: ${object(flipFlops)},\n};\n`;
    writeFileSync(file(`../src/rtl/units/${kebab(kind)}/coefficients.ts`), text);
  }
}

function fit(kinds) {
  if (kinds !== undefined) {
    const wanted = kinds.split(',');
    writeUnits(calibrateUnits(read(UNITS).filter(({ unit }) => wanted.includes(unit.kind))));
    return;
  }
  const { units, seams } = calibrate(read(UNITS), gridDesigns(), read(GRID));
  writeUnits(units);
  writeFileSync(file('../src/rtl/layers/weighted/seam-coefficients.ts'), `${SEAM_HEAD}${object(seams)};\n`);
}

const UNIT_HEAD = `/** Fitted to bench/cost/units.json and grid.json by \`node bench/cost-model.js fit\`; amounts are those of the features. */
import type { Coefficients } from '../types.js';

// prettier-ignore
export const COEFFICIENTS: Coefficients = `;

const SEAM_HEAD = `/** Fitted to bench/cost/grid.json by \`node bench/cost-model.js fit\`: LUTs that a layer takes less than its units. */
import type { Amounts } from '../../units/types.js';

// prettier-ignore
export const SEAM_LUTS: Amounts = `;

/** Relative errors, of counts below ten relative to ten. */
function errorOf(samples, resource) {
  const errors = samples.map(({ measured, predicted }) => {
    return Math.abs(predicted[resource] - measured[resource]) / Math.max(10, measured[resource]);
  });
  return { mean: errors.reduce((sum, each) => sum + each, 0) / errors.length, most: Math.max(...errors) };
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const wrong = (samples, resource) =>
  samples.filter(({ measured, predicted }) => measured[resource] !== predicted[resource]).length;

function unitTable() {
  const rows = [...byKind(read(UNITS))].map(([kind, samples]) => {
    const all = samples.map(({ unit, measured }) => ({
      measured,
      predicted: unitCost(place(hardwareUnit(unit.kind), unit)),
    }));
    const luts = errorOf(all, 'luts');
    const flipFlops = errorOf(all, 'flipFlops');
    const lutCells = kind === 'requantiser' ? ['in layers', ''] : [luts.mean, luts.most].map(percent);
    const exact = ['lutRams', 'bram18', 'multipliers'].map((each) => wrong(all, each));
    return [kind, all.length, ...lutCells, ...[flipFlops.mean, flipFlops.most].map(percent), ...exact];
  });
  table(['unit', 'points', 'LUT', 'most', 'FF', 'most', 'LUTRAM wrong', 'RAMB18 wrong', 'DSP wrong'], rows);
}

/** The measured designs, under the folds that were measured. */
function measuredDesigns(rows, designs) {
  return designs.flatMap(({ title, design }) => {
    const layers = rows.filter(({ network, fold }) => network === title && fold !== null);
    const fold = Object.fromEntries(layers.map(({ layer, fold }) => [layer, fold]));
    return layers.length === 0 ? [] : [{ title, design: makeDesign(design.network, { fold }) }];
  });
}

function layerTable(rows, designs) {
  const name = ({ network, layer }) => `${network} ${layer}`;
  const costs = new Map(
    measuredDesigns(rows, designs)
      .flatMap(predictDesign)
      .map((each) => [name(each), each.cost]),
  );
  const both = rows.filter(({ older }) => older !== true).map((row) => ({ ...row, predicted: costs.get(name(row)) }));
  const cells = both.map(({ network, layer, fold, measured, predicted }) => [
    network,
    layer,
    fold === null ? '' : `${fold.pe}×${fold.simd}`,
    ...['luts', 'lutRams', 'flipFlops', 'bram18', 'multipliers'].flatMap((resource) => [
      measured[resource],
      Math.round(predicted[resource]),
    ]),
    percent((predicted.luts - measured.luts) / measured.luts),
  ]);
  const pairs = ['LUT', 'LUTRAM', 'FF', 'RAMB18', 'DSP'].flatMap((name) => [name, 'model']);
  table(['network', 'layer', 'PE×SIMD', ...pairs, 'LUT error'], cells);
  const { mean, most } = errorOf(both, 'luts');
  console.log(`LUT error of ${both.length} layers: ${percent(mean)} on average, ${percent(most)} at most\n`);
}

function report() {
  unitTable();
  layerTable(read(GRID), gridDesigns());
  layerTable(read(CHECKED), checkedDesigns());
}

function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  console.log([line(header), line(header.map(() => '---')), ...rows.map(line), ''].join('\n'));
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { timeout: { type: 'string', default: '1800' }, only: { type: 'string' }, layers: { type: 'string' } },
});
const [command = 'report', what] = positionals;
await { measure, fit, report }[command](what, values);
