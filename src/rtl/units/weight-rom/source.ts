/** Weights that are fixed when hardware is generated. */
import { memoryShape, muxLuts } from '../../cost/memory.js';
import type { WordShape } from '../../weight-memory.js';
import type { SourceUnit } from '../source.js';
import { place } from '../types.js';
import { sourceParameters } from '../weight-source/cost.js';
import { WEIGHT_ROM } from './cost.js';
import { romInstances } from './view.js';

const shapeOf = ({ rowBits, rows, ramStyle }: WordShape) => memoryShape('rom', rowBits, rows, { style: ramStyle });

export const ROM_SOURCE: SourceUnit = {
  source: 'rom',
  banks: 1,
  made: shapeOf,
  candidates: (shapes) => shapes,
  placed: (shape) => [place(WEIGHT_ROM, sourceParameters(shape))],
  seams: (shape) => ({ 'word multiplexer': shape.rowBits * muxLuts(shapeOf(shape).banks) }),
  ports: () => [],
  instances: romInstances,
};
