/**
 * Layer groups of a described network and what M⊕ of each is made from. Layers with a rate of their own are in groups behind
 * the numbered ones, one for each different rate, in the order of the layers.
 */
import {
  numberedGroups,
  type LayerDescription,
  type Layers,
  type NetworkDescription,
  type Rate,
} from './description.js';

const keyOf = ({ nIn, nOut, taps, planes }: Rate): string => JSON.stringify([nIn, nOut, taps ?? null, planes ?? null]);

/** The different rates that layers have of their own. */
function ownRates({ layers }: Layers): Map<string, Rate> {
  const rates = layers.flatMap((layer) => ('rate' in layer && layer.rate !== undefined ? [layer.rate] : []));
  // The first of equal ones gives the order.
  return new Map(
    rates
      .toReversed()
      .map((rate) => [keyOf(rate), rate] as const)
      .toReversed(),
  );
}

/** The group of each weighted layer; null: full precision. */
export function groupOf(description: Layers, layer: LayerDescription): number | null {
  if ('rate' in layer && layer.rate !== undefined) {
    return numberedGroups(description) + [...ownRates(description).keys()].indexOf(keyOf(layer.rate));
  }
  return 'group' in layer ? (layer.group ?? null) : null;
}

/** The rate of each group; undefined where the run says it. Null where the file has none at all. */
export function groupRates(description: NetworkDescription): readonly (Rate | undefined)[] | null {
  const numbered = numberedGroups(description);
  const own = [...ownRates(description).values()];
  const stated = description.groups ?? [];
  if (own.length === 0 && stated.length === 0) return null;
  return [...Array.from({ length: numbered }, (_, group) => stated[group]), ...own];
}
