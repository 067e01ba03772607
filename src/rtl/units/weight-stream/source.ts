/** Weights that come in from outside, a row a beat, one pass a pixel. */
import type { WordShape } from '../../weight-memory.js';
import { streamFifo } from '../fifos.js';
import type { SourceUnit } from '../source.js';
import { place } from '../types.js';
import { sourceParameters } from '../weight-source/cost.js';
import { WEIGHT_STREAM } from './cost.js';
import { streamInstances, weightPorts } from './view.js';

/** Bytes of the beats of a word. */
function bytesOf({ rowsPerWord, rowBits }: WordShape): number {
  return rowsPerWord * Math.ceil(rowBits / 8);
}

export const STREAM_SOURCE: SourceUnit = {
  source: 'stream',
  banks: 0,
  made: () => ({ made: 'outside', bram18: 0 }),
  /** As narrow as keeps up and wastes least of its bytes. */
  candidates: (shapes) => [shapes.reduce((best, each) => (bytesOf(each) <= bytesOf(best) ? each : best))],
  placed: (shape) => [place(WEIGHT_STREAM, sourceParameters(shape)), streamFifo(shape.rowBits + 1)],
  seams: () => ({}),
  ports: ({ memory }) => weightPorts(memory.rowBits),
  instances: streamInstances,
};
