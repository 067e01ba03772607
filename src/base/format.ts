/** Numbers as people read them, the same in the terminal and on pages. */

/** An integer with thousands separators. */
export function formatCount(n: number): string {
  // The first use of toLocaleString costs a command tens of milliseconds.
  return Number.isInteger(n) ? String(n).replace(/\B(?=(\d{3})+$)/g, ',') : n.toLocaleString('en-US');
}

/** A fraction as a percentage with two digits. */
export function formatPercent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)}%`;
}

/** A saving as people say it: `40.00% less`, and `3.00% more` where nothing is saved. */
export function formatSaving(fraction: number): string {
  return `${formatPercent(Math.abs(fraction))} ${fraction < 0 ? 'more' : 'less'}`;
}

/** From which count on something pays; null: never. */
export function formatFrom(count: number | null): string {
  return count === null ? 'never' : formatCount(count);
}

/** A number with three significant digits, without an exponent up to a million. */
export function formatShort(n: number): string {
  return Number(n.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 6 });
}

/** An energy in pJ with the unit that suits it. */
export function formatEnergy(pj: number): string {
  const units = ['pJ', 'nJ', 'µJ', 'mJ', 'J'];
  let step = 0;
  while (step < units.length - 1 && Math.abs(pj) >= 1000 ** (step + 1)) step++;
  return `${formatShort(pj / 1000 ** step)} ${units[step]}`;
}

/** Bits of headroom with one digit; empty where there is nothing to say. */
export function headroomText(bits: number | null): string {
  return bits === null ? '' : (Math.round(bits * 10) / 10 + 0).toFixed(1);
}
