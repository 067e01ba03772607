/**
 * Hash table from 64-bit keys (two 32-bit words) to 32-bit numbers other than 0, for the inner loops of minimisation:
 * open addressing with linear probing, and deletion that closes the gap, so that no rebuild is ever due to age.
 */
export class KeyTable {
  private mask: number;
  private low: Int32Array;
  private high: Int32Array;
  private values: Int32Array;
  private used = 0;

  constructor(expected: number) {
    let size = 64;
    while (size < 3 * expected) size *= 2;
    this.mask = size - 1;
    this.low = new Int32Array(size);
    this.high = new Int32Array(size);
    this.values = new Int32Array(size);
  }

  /** The number of a key, 0 where it has none. */
  get(low: number, high: number): number {
    const { mask, values } = this;
    let at = hash(low, high) & mask;
    for (let value = values[at]!; value !== 0; value = values[at]!) {
      if (this.low[at] === low && this.high[at] === high) return value;
      at = (at + 1) & mask;
    }
    return 0;
  }

  /** Adds to the number of a key; a key whose number becomes 0 goes. */
  add(low: number, high: number, change: number): void {
    const { mask, values } = this;
    let at = hash(low, high) & mask;
    while (values[at] !== 0) {
      if (this.low[at] === low && this.high[at] === high) {
        if ((values[at]! += change) === 0) this.close(at);
        return;
      }
      at = (at + 1) & mask;
    }
    this.low[at] = low;
    this.high[at] = high;
    values[at] = change;
    if (++this.used * 2 > mask) this.grow();
  }

  /** Moves the entries behind a freed place up, so that no search ends too early. */
  private close(freed: number): void {
    const { mask, values, low, high } = this;
    let gap = freed;
    for (let at = (gap + 1) & mask; values[at] !== 0; at = (at + 1) & mask) {
      const home = hash(low[at]!, high[at]!) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      low[gap] = low[at]!;
      high[gap] = high[at]!;
      values[gap] = values[at]!;
      gap = at;
    }
    values[gap] = 0;
    this.used--;
  }

  private grow(): void {
    const { low, high, values } = this;
    const size = (this.mask + 1) * 2;
    this.mask = size - 1;
    this.low = new Int32Array(size);
    this.high = new Int32Array(size);
    this.values = new Int32Array(size);
    this.used = 0;
    for (let at = 0; at < values.length; at++) if (values[at]) this.add(low[at]!, high[at]!, values[at]!);
  }
}

function hash(low: number, high: number): number {
  const h = Math.imul(low ^ Math.imul(high, 0x27d4eb2f), 0x9e3779b1);
  return h ^ (h >>> 15);
}
