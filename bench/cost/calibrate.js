/** Coefficients of src/rtl/units from syntheses: of units apart, then of whole layers, whose units synthesis merges. */
import { layerKind } from '../../dist/rtl/layers/index.js';
import { hardwareUnit } from '../../dist/rtl/units/index.js';
import { fitAmounts } from './fit.js';
import { layerPlans } from './layers.js';

/** Its LUTs follow from whole layers: apart it takes twice the LUTs for its shift-out that it takes in a layer. */
const FITTED_IN_LAYERS = 'requantiser';

/** Samples by kind of unit. */
export function byKind(samples) {
  const kinds = new Map();
  for (const sample of samples) {
    const { kind } = sample.unit;
    kinds.set(kind, [...(kinds.get(kind) ?? []), sample]);
  }
  return kinds;
}

const rounded = (amounts) =>
  Object.fromEntries(
    Object.entries(amounts)
      .map(([name, value]) => [name, Number(value.toFixed(3))])
      .filter(([, value]) => value !== 0),
  );

const sum = (amounts, coefficients) =>
  Object.entries(amounts).reduce((total, [name, amount]) => total + amount * (coefficients[name] ?? 0), 0);

/** A unit of a convolution with groups or dilation. */
const isSpread = ({ sums = 1, interleave = 1, window }) =>
  sums > 1 || interleave > 1 || window?.dilation?.some((d) => d > 1) === true;

/**
 * Coefficients of a kind of unit. Units of ordinary layers come first; what groups and dilation add is fitted to what the
 * others take more, so that it changes nothing of the ordinary ones.
 */
function fitUnit(kind, samples, resource) {
  const all = samples.map(({ unit, measured }) => ({
    spread: isSpread(unit),
    amounts: hardwareUnit(kind).features(unit)[resource],
    total: measured[resource],
  }));
  const others = all.filter(({ spread }) => !spread);
  const ordinary = fitAmounts(others.map(({ amounts, total }) => ({ amounts, measured: total, total })));
  const isNew = ([name]) => others.every(({ amounts }) => (amounts[name] ?? 0) === 0);
  const added = all.flatMap(({ spread, amounts, total }) => {
    const own = Object.fromEntries(Object.entries(amounts).filter(isNew));
    return spread ? [{ amounts: own, measured: total - sum(amounts, ordinary), total }] : [];
  });
  return rounded({ ...ordinary, ...(added.length > 0 ? fitAmounts(added) : {}) });
}

/** { kind: { luts, flipFlops } } from measured units; LUTs of a requantiser are left out. */
export function calibrateUnits(units) {
  const fitted = {};
  for (const [kind, samples] of byKind(units)) {
    const fit = (resource) => fitUnit(kind, samples, resource);
    fitted[kind] = { luts: kind === FITTED_IN_LAYERS ? {} : fit('luts'), flipFlops: fit('flipFlops') };
  }
  return fitted;
}

/** The same with those LUTs, and seams, from measured rows of the grid's networks: { units, seams }. */
export function calibrate(units, designs, rows) {
  const fitted = calibrateUnits(units);
  const whole = rounded(fitAmounts(layerSamples(fitted, designs, rows), RIDGE));
  const entries = Object.entries(whole);
  fitted[FITTED_IN_LAYERS].luts = Object.fromEntries(entries.filter(([name]) => !name.startsWith(SEAM)));
  const seams = entries
    .filter(([name]) => name.startsWith(SEAM))
    .map(([name, value]) => [name.slice(SEAM.length), value]);
  return { units: fitted, seams: Object.fromEntries(seams) };
}

const SEAM = 'seam ';
/** For the layers: about thirty, and nine amounts that rise together. */
const RIDGE = 0.1;

/** Weighted layers without what is known of their other units: requantiser, less what the seams save. */
function layerSamples(fitted, designs, rows) {
  return designs.flatMap((design) => {
    const measured = rows.filter(({ network }) => network === design.title);
    return layerPlans(design).flatMap((plan, i) => {
      if (plan.kind !== 'weighted') return [];
      const all = layerKind(plan.node)
        .placed(plan)
        .map(({ kind, copies, features }) => ({ kind, copies, amounts: features.luts }));
      const known = all.reduce(
        (total, { kind, copies, amounts }) => total + copies * sum(amounts, fitted[kind]?.luts ?? {}),
        0,
      );
      const seams = Object.entries(layerKind(plan.node).seams(plan)).map(([name, amount]) => [SEAM + name, -amount]);
      const { amounts } = all.find(({ kind }) => kind === FITTED_IN_LAYERS);
      const { luts } = measured[i].measured;
      return [{ amounts: { ...amounts, ...Object.fromEntries(seams) }, measured: luts - known, total: luts }];
    });
  });
}
