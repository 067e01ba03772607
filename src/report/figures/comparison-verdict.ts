/** What several models come to beside one another, in sentences; every number is one of their figures. */
import { formatCount, formatPercent } from '../../base/format.js';
import { logicUnit } from '../price/targets.js';
import { modelTitles } from './titles.js';
import type { ModelFigures } from './types.js';
import { storedBits } from './stored-bits.js';

/** None for a single model. */
export function comparisonVerdict(models: readonly ModelFigures[]): string[] {
  if (models.length < 2) return [];
  const titles = modelTitles(models);
  const best = models.indexOf(models.reduce((a, b) => (b.accuracy.integer.share > a.accuracy.integer.share ? b : a)));
  const least = models.indexOf(models.reduce((a, b) => (storedBits(b) < storedBits(a) ? b : a)));
  const { integer } = models[best]!.accuracy;
  const rivals = models.filter(({ accuracy }) => accuracy.integer.high >= integer.low).length - 1;
  const sentences = [
    `${titles[best]!} is the most accurate: ${formatPercent(integer.share)} of ${formatCount(integer.images)} images. ` +
      (rivals === 0
        ? 'The 95% intervals of all others lie below its own.'
        : `The 95% intervals of ${rivals === models.length - 1 ? 'all' : rivals} of the others reach into its own, so a ` +
          'difference to them may be chance.'),
  ];
  if (least === best) sentences.push('It also stores the fewest bits.');
  else {
    const points = 100 * (integer.share - models[least]!.accuracy.integer.share);
    sentences.push(
      `${titles[least]!} stores the fewest bits, ${formatCount(storedBits(models[least]!))} against ` +
        `${formatCount(storedBits(models[best]!))}, and is right on ${points.toFixed(2)} points fewer.`,
    );
  }
  return [...sentences, ...cheapest(models, titles)];
}

/** None where synthesis was left out. */
function cheapest(models: readonly ModelFigures[], titles: readonly string[]): string[] {
  const areas = models.flatMap(({ area }, i) => (area === null ? [] : [{ area, title: titles[i]! }]));
  const [first] = areas;
  if (first === undefined || areas.length < models.length) return [];
  const { unit, resource } = logicUnit(first.area.target);
  const logic = areas.reduce((a, b) => (b.area.total[resource] < a.area.total[resource] ? b : a));
  const text = `${logic.title} takes the least logic, ${formatCount(Math.round(logic.area.total[resource]))} ${unit}`;
  if (areas.every(({ area }) => area.total.blockRams === 0)) return [`${text}.`];
  const rams = areas.reduce((a, b) => (b.area.total.blockRams < a.area.total.blockRams ? b : a));
  return [`${text}; ${rams.title} the fewest block RAMs, ${formatCount(rams.area.total.blockRams)}.`];
}
