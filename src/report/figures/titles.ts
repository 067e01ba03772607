/** What models are called where several stand side by side. */
import type { ModelFigures } from './types.js';

/** Digits of a digest that tell models apart. */
const DIGITS = 8;

/** Names, in their order; those that several models have come with the beginning of the model's digest. */
export function modelTitles(models: readonly ModelFigures[]): string[] {
  return models.map(({ inventory: { name, digest } }) => {
    const same = models.filter(({ inventory }) => inventory.name === name);
    return same.length === 1 ? name : `${name} ${digest.slice(0, DIGITS)}`;
  });
}
