/**
 * The timing model (src/rtl/timing and timing.ts of every unit) beside syntheses. Needs a build (npm run build).
 *
 *   node bench/timing.js measure [TITLE]   synthesise the layers of bench/timing/designs.js (xcup, Yosys from npm) and write the
 *                                          longest path into each of their modules to bench/timing/measured.json; with a title
 *                                          that design alone, the other rows stay
 *   node bench/timing.js                   layer by layer: measured, predicted
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { URL } from 'node:url';
import { longestPathsInto } from '../dist/report/area/paths/longest-path.js';
import { hierarchyOf } from '../dist/report/area/paths/names.js';
import { readNetlistJson } from '../dist/report/area/paths/netlist-json.js';
import { scriptOf } from '../dist/report/area/synthesise.js';
import { targetRule } from '../dist/report/area/targets.js';
import { unitsOf } from '../dist/report/area/units.js';
import { designTiming } from '../dist/rtl/timing/timing.js';
import { generateRtl } from '../dist/rtl/generate.js';
import { runYosys } from '../dist/toolchain/yosys.js';
import { timedDesigns } from './timing/designs.js';

const MEASURED = new URL('./timing/measured.json', import.meta.url);
const NETLIST = 'netlist.json';
const rule = targetRule('xcup', null);
const read = () => JSON.parse(readFileSync(MEASURED, 'utf8'));

/** One layer, flattened: ns of the longest path into each module, with what it is made of. */
async function measureUnit(unit) {
  const { files, version } = await runYosys({
    script: scriptOf(unit, rule),
    files: unit.files,
    outputs: [NETLIST],
    engine: 'npm',
  });
  const netlist = readNetlistJson(files.get(NETLIST), unit.top);
  const paths = longestPathsInto(netlist, hierarchyOf(unit.top, unit.files));
  const into = [...paths]
    .sort(([, a], [, b]) => b.ns - a.ns)
    .map(([module, { ns, luts, carries, from, to, modules }]) => ({
      ...{ module, ns: Number(ns.toFixed(3)), luts, carries },
      ...{ from: `${from.module} ${from.register}`, to: to.register, through: modules },
    }));
  return { into, version };
}

async function measureDesign({ title, file, design, layers }) {
  const units = unitsOf(generateRtl(design), { plain: null, whole: false, seeds: [] });
  const wanted = units.filter(
    ({ kind, layer }) => (kind === 'layer' || kind === 'rest') && layers.includes(layer || 'ports'),
  );
  const rows = [];
  for (const name of layers) {
    const unit = wanted.find(({ layer }) => (layer || 'ports') === name);
    console.error(title, name);
    const { into, version } = await measureUnit(unit);
    rows.push({
      design: title,
      model: file,
      layer: name,
      fold: design.fold[name] ?? null,
      yosys: version.split(' (')[0],
      into,
    });
  }
  return rows;
}

async function measure(only) {
  const rows = [];
  for (const design of timedDesigns()) {
    const stored =
      only === undefined || design.title === only ? null : read().filter((row) => row.design === design.title);
    rows.push(...(stored ?? (await measureDesign(design))));
  }
  writeFileSync(MEASURED, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`);
}

function compare() {
  const rows = read();
  const cells = timedDesigns().flatMap(({ title, design }) =>
    designTiming(design.plan).layers.flatMap((own) => {
      const row = rows.find((each) => each.design === title && each.layer === own.layer);
      if (row === undefined) return [];
      const [longest] = row.into;
      const error = own.ns / longest.ns - 1;
      return [
        [
          title,
          own.layer,
          longest.ns.toFixed(2),
          longest.from,
          own.ns.toFixed(2),
          own.path,
          `${(100 * error).toFixed(1)} %`,
        ],
      ];
    }),
  );
  table(['design', 'layer', 'est. ns of the netlist', 'from', 'model, ns', 'path', 'error'], cells);
}

function table(headings, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  console.log([line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n'));
}

const [command, only] = process.argv.slice(2);
if (command === 'measure') await measure(only);
else compare();
