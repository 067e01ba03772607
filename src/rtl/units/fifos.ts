/** The FIFOs that designs have, for their cost. */
import { REGISTER_FIFO_DEPTH, STREAM_FIFO_DEPTH } from '../fifo-sizes.js';
import { DEEP_FIFO } from './deep-fifo/index.js';
import { FIFO } from './fifo/index.js';
import { place, type PlacedUnit } from './types.js';

export function fifo(width: number, depth: number): PlacedUnit {
  return place(FIFO, { width, depth });
}

/** The FIFO behind a stream of so many bits. */
export function streamFifo(width: number): PlacedUnit {
  return fifo(width, STREAM_FIFO_DEPTH);
}

/** The FIFO of a fork's branch, as hw/flexor_fork.v makes it. */
export function branchUnit(width: number, depth: number): PlacedUnit {
  return depth > REGISTER_FIFO_DEPTH ? place(DEEP_FIFO, { width, depth }) : fifo(width, depth);
}
