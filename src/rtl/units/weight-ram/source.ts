/** Weights that are loaded at run time: in two banks, of which one is read while the other is loaded, or in a single one. */
import { storeUse } from '../../cost/two-ports.js';
import { loadPorts } from '../../views/load-bus.js';
import { loadedBanks, type WordShape } from '../../weight-memory.js';
import type { SourceUnit } from '../source.js';
import { place } from '../types.js';
import { sourceParameters } from '../weight-source/cost.js';
import { WEIGHT_RAM } from './cost.js';
import { ramInstances } from './view.js';

function ramSource(source: 'ram' | 'ram-single'): SourceUnit {
  const banks = loadedBanks(source);
  const made = ({ rowBits, rows }: WordShape) => storeUse(rowBits, rows, banks);
  return {
    source,
    banks,
    made,
    candidates: (shapes) => shapes,
    placed: (shape) => [place(WEIGHT_RAM, { ...sourceParameters(shape), banks })],
    seams: () => ({}),
    ports: (_, { frameBits }) => loadPorts(frameBits),
    instances: ramInstances,
  };
}

export const RAM_SOURCE = ramSource('ram');
export const SINGLE_RAM_SOURCE = ramSource('ram-single');
