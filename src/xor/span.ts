/** Vectors over GF(2), as bit masks. */

/** What some vectors span. */
export class Span {
  /** In falling order, each with a highest bit of its own: taking them away in this order leaves none of these bits. */
  private readonly basis: bigint[] = [];

  constructor(vectors: Iterable<bigint> = []) {
    for (const vector of vectors) this.add(vector);
  }

  get rank(): number {
    return this.basis.length;
  }

  has(vector: bigint): boolean {
    return this.rest(vector) === 0n;
  }

  /** False where the vector is in the span already. */
  add(vector: bigint): boolean {
    const rest = this.rest(vector);
    if (rest === 0n) return false;
    const at = this.basis.findIndex((other) => other < rest);
    this.basis.splice(at < 0 ? this.basis.length : at, 0, rest);
    return true;
  }

  private rest(vector: bigint): bigint {
    let rest = vector;
    for (const other of this.basis) if ((rest ^ other) < rest) rest ^= other;
    return rest;
  }
}
