/** What a weight source costs: parameters that all of them have. */
import type { RamStyle } from '../../types.js';
import type { WordShape } from '../../weight-memory.js';

export interface WeightSourceParameters {
  /** Bits of a row. */
  readonly width: number;
  /** Rows; of a bank, where there are two. */
  readonly depth: number;
  /** Bits of the register in which the rows of a word are gathered. */
  readonly gathered: number;
  /** Of a ROM. */
  readonly ramStyle?: RamStyle;
}

/** Parameters of the source of words of this shape. */
export function sourceParameters({ rowBits, rows, rowsPerWord, ramStyle }: WordShape): WeightSourceParameters {
  const style = ramStyle === undefined ? {} : { ramStyle };
  return { width: rowBits, depth: rows, gathered: (rowsPerWord - 1) * rowBits, ...style };
}
