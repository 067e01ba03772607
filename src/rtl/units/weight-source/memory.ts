/** What weight sources share that are memories. */
import type { WordShape } from '../../weight-memory.js';
import type { MadeOf } from '../source.js';

/** Shapes with one row a word, and each that takes fewer block RAMs than fewer rows or brings a memory of LUTs into block RAM. */
export function fewerBlocks(shapes: readonly WordShape[], made: (shape: WordShape) => MadeOf): WordShape[] {
  let fewest = Infinity;
  return shapes.filter((shape) => {
    const { made: material, bram18 } = made(shape);
    const count = material === 'block' ? bram18 : Infinity;
    if (shape.rowsPerWord > 1 && count >= fewest) return false;
    fewest = count;
    return true;
  });
}
