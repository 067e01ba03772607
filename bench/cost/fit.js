/**
 * Least squares with coefficients of 0 or more (Lawson and Hanson's active sets): errors count relative to what was
 * measured, so that small units are fitted as well as large ones.
 */

/** Solves the normal equations of the given columns by elimination; singular directions stay 0. */
function leastSquares(rows, targets, columns) {
  const n = columns.length;
  const matrix = columns.map((a) => [
    ...columns.map((b) => rows.reduce((sum, row) => sum + row[a] * row[b], 0)),
    rows.reduce((sum, row, i) => sum + row[a] * targets[i], 0),
  ]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(matrix[i][k]) > Math.abs(matrix[pivot][k])) pivot = i;
    [matrix[k], matrix[pivot]] = [matrix[pivot], matrix[k]];
    if (Math.abs(matrix[k][k]) < 1e-9) {
      matrix[k].fill(0);
      continue;
    }
    for (let i = 0; i < n; i++) {
      const factor = i === k ? 0 : matrix[i][k] / matrix[k][k];
      if (factor !== 0) for (let j = k; j <= n; j++) matrix[i][j] -= factor * matrix[k][j];
    }
  }
  return matrix.map((row, k) => (row[k] === 0 ? 0 : row[n] / row[k]));
}

/** Coefficients x ≥ 0 that minimise |rows·x − targets|². */
export function nonNegativeLeastSquares(rows, targets) {
  const width = rows[0].length;
  const x = new Array(width).fill(0);
  const passive = new Set();
  for (let round = 0; round < 10 * width; round++) {
    const residual = rows.map((row, i) => targets[i] - row.reduce((sum, value, k) => sum + value * x[k], 0));
    const gradient = x.map((_, k) => rows.reduce((sum, row, i) => sum + row[k] * residual[i], 0));
    const free = gradient.map((g, k) => [g, k]).filter(([, k]) => !passive.has(k));
    const [steepest, entering] = free.reduce((best, each) => (each[0] > best[0] ? each : best), [1e-9, -1]);
    if (entering < 0 || steepest <= 1e-9) break;
    passive.add(entering);
    settle(rows, targets, x, passive);
  }
  return x;
}

/** Moves towards the least-squares solution of the passive columns and drops those that would become negative. */
function settle(rows, targets, x, passive) {
  for (;;) {
    const columns = [...passive].sort((a, b) => a - b);
    const solution = leastSquares(rows, targets, columns);
    const bad = columns.filter((_, i) => solution[i] <= 0);
    const step = Math.min(1, ...bad.map((k) => x[k] / (x[k] - solution[columns.indexOf(k)] || 1)));
    columns.forEach((k, i) => (x[k] += (bad.length === 0 ? 1 : step) * (solution[i] - x[k])));
    if (bad.length === 0) return;
    for (const k of columns) if (x[k] <= 1e-12) [x[k]] = [0, passive.delete(k)];
  }
}

/**
 * Fits coefficients by name: samples are { amounts, measured, total }; an error counts relative to the total. `ridge` keeps
 * amounts that rise together from trading large coefficients: that part of each one's share of all samples counts as an error.
 */
export function fitAmounts(samples, ridge = 0) {
  const names = [...new Set(samples.flatMap(({ amounts }) => Object.keys(amounts)))];
  const weight = ({ total }) => 1 / Math.max(total, 10);
  const rows = samples.map((sample) => names.map((name) => (sample.amounts[name] ?? 0) * weight(sample)));
  const targets = samples.map((sample) => sample.measured * weight(sample));
  const norms = names.map((_, k) => Math.hypot(...rows.map((row) => row[k])));
  const penalties = ridge === 0 ? [] : names.map((_, k) => names.map((__, j) => (j === k ? ridge * norms[k] : 0)));
  const found = nonNegativeLeastSquares([...rows, ...penalties], [...targets, ...penalties.map(() => 0)]);
  return Object.fromEntries(names.map((name, k) => [name, found[k]]));
}
