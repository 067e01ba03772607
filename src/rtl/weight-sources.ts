/** Which layers have which weight source, from what a user says of the whole network. */
import { FlexorError } from '../base/errors.js';
import type { IntNetwork } from '../fixed/types.js';
import { weightedNodes } from './lanes.js';
import type { WeightSource, WeightSources } from './types.js';

/** One weight source for all layers, or for those that are listed; the others have a 'rom'. */
export interface WeightMode {
  readonly source: WeightSource;
  readonly layers?: readonly string[];
}

/** Throws FlexorError for a layer that the network does not have. */
export function weightSources(network: IntNetwork, { source, layers }: WeightMode): WeightSources {
  const names = weightedNodes(network).map(({ name }) => name);
  const unknown = layers?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new FlexorError(
      'usage',
      `streamed weights name layer ${unknown}; the weighted layers are ${names.join(', ')}`,
    );
  }
  return Object.fromEntries((layers ?? names).map((name) => [name, source]));
}
