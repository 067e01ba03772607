/** Least squares on a few ±1 columns: the scales α that bring Σ α_i·b_i nearest to given values. */

/** Added to the diagonal, as a share of the number of values: equal planes share what one of them would get. */
const RIDGE = 1e-9;

/** `bits[i][v]` 1 stands for +1, 0 for −1. Solves the normal equations (BᵀB)·α = Bᵀ·values. */
export function leastSquares(bits: readonly Uint8Array[], values: Float64Array): number[] {
  const n = bits.length;
  const rows = bits.map((plane, i) => {
    const row = bits.map((other, j) => {
      let equal = 0;
      for (let v = 0; v < values.length; v++) equal += Number(plane[v] === other[v]);
      return 2 * equal - values.length + (i === j ? RIDGE * values.length : 0);
    });
    row.push(values.reduce((sum, value, v) => sum + (plane[v] === 1 ? value : -value), 0));
    return row;
  });
  return solve(rows, n);
}

/** Gauss and Jordan with row exchange; `rows` are [matrix | right side]. */
function solve(rows: number[][], n: number): number[] {
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let r = k + 1; r < n; r++) if (Math.abs(rows[r]![k]!) > Math.abs(rows[best]![k]!)) best = r;
    [rows[k], rows[best]] = [rows[best]!, rows[k]!];
    const pivot = rows[k]!;
    for (let r = 0; r < n; r++) {
      if (r === k) continue;
      const row = rows[r]!;
      const factor = row[k]! / pivot[k]!;
      for (let c = k; c <= n; c++) row[c]! -= factor * pivot[c]!;
    }
  }
  return rows.map((row, k) => row[n]! / row[k]!);
}
