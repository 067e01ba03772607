/** Weights that are loaded at run time: two banks, of which one is read while the other is loaded. */
import { storeUse } from '../../cost/two-ports.js';
import { loadPorts } from '../../views/load-bus.js';
import type { WordShape } from '../../weight-memory.js';
import type { SourceUnit } from '../source.js';
import { place } from '../types.js';
import { sourceParameters } from '../weight-source/cost.js';
import { WEIGHT_RAM } from './cost.js';
import { ramInstances } from './view.js';

const made = ({ rowBits, rows }: WordShape) => storeUse(rowBits, rows);

export const RAM_SOURCE: SourceUnit = {
  source: 'ram',
  banks: 2,
  made,
  candidates: (shapes) => shapes,
  placed: (shape) => [place(WEIGHT_RAM, sourceParameters(shape))],
  seams: () => ({}),
  ports: (_, { frameBits }) => loadPorts(frameBits),
  instances: ramInstances,
};
