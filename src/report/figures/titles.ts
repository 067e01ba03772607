/** What models are called where several stand side by side. */
import type { ModelFigures } from './types.js';
import { isPlain } from './verdict.js';

type Titled = Pick<ModelFigures, 'inventory'>;

/** Digits of a digest that tell models apart. */
const DIGITS = 8;

/**
 * Names, in their order. A model without encryption is called so, whatever its file says; names that several models have
 * come with the beginning of the model's digest.
 */
export function modelTitles(models: readonly Titled[]): string[] {
  const names = models.map((model) => `${model.inventory.name}${isPlain(model) ? ' (plain)' : ''}`);
  return names.map((name, i) =>
    names.filter((each) => each === name).length === 1
      ? name
      : `${name} ${models[i]!.inventory.digest.slice(0, DIGITS)}`,
  );
}
