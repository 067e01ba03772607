/**
 * QONNX's quantisers: Quant (IntQuant), BipolarQuant, Trunc, MultiThreshold. Each is a step function; where a double stands
 * within its error of a step, the exact value decides.
 */
import { own } from '../../base/dictionary.js';
import {
  addExact,
  compareExact,
  divideExact,
  exactOf,
  floorExact,
  multiplyExact,
  numberOf,
  signExact,
  subtractExact,
} from '../../base/exact.js';
import type { Exact } from '../../base/exact.js';
import type { Context, Operator } from './context.js';
import { broadcastDims, broadcastIndices, sameNumbers, stridesOf } from './indices.js';
import { exactValue, ROUNDING } from './value.js';
import type { Value } from './value.js';

/** Rounds to an integer; `half` says whether steps lie at halves rather than at integers. */
interface Rounding {
  readonly half: boolean;
  readonly round: (x: number) => number;
}

const away = (f: (x: number) => number) => (x: number) => Math.sign(x) * f(Math.abs(x));
const ROUNDINGS: Readonly<Record<string, Rounding>> = {
  ROUND: { half: true, round: roundHalfToEven },
  HALF_EVEN: { half: true, round: roundHalfToEven },
  HALF_UP: { half: true, round: away((x) => Math.floor(x + 0.5)) },
  HALF_DOWN: { half: true, round: away((x) => Math.ceil(x - 0.5)) },
  CEIL: { half: false, round: Math.ceil },
  FLOOR: { half: false, round: Math.floor },
  UP: { half: false, round: away(Math.ceil) },
  DOWN: { half: false, round: Math.trunc },
  ROUND_TO_ZERO: { half: false, round: Math.trunc },
};

function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

function roundingOf(context: Context, otherwise: string): Rounding {
  const mode = context.text('rounding_mode', otherwise).toUpperCase();
  const found = own(ROUNDINGS, mode);
  if (found === undefined) {
    throw context.problem(`rounding_mode must be one of ${Object.keys(ROUNDINGS).join(', ')}, got ${mode}`);
  }
  return found;
}

/** A parameter, broadcast to the input. */
function parameter(context: Context, index: number, name: string, dims: readonly number[]): (i: number) => number {
  const value = context.input(index);
  if (!value.constant) throw context.problem(`its ${name} must be a constant`);
  const target = broadcastDims([value.dims, dims]);
  if (target === null || !sameNumbers(target, dims)) {
    throw context.problem(`its ${name} [${value.dims.join(', ')}] does not broadcast to [${dims.join(', ')}]`);
  }
  const at = broadcastIndices(value.dims, dims);
  return (i) => value.values[at[i]!]!;
}

function checkScale(context: Context, index: number): void {
  const bad = context.input(index).values.find((s) => !(s > 0));
  if (bad !== undefined) throw context.problem(`its scale must be positive, got ${bad}`);
}

function wholeBits(context: Context, index: number, least: number): number {
  const bits = context.scalar(index);
  if (!Number.isInteger(bits) || bits < least || bits > 32) {
    throw context.problem(`its bit width must be an integer from ${least} to 32, got ${bits}`);
  }
  return bits;
}

/** Smallest and largest integer of a format. */
function limits(bits: number, signed: boolean, narrow: boolean): { low: number; high: number } {
  if (signed) return { low: -(2 ** (bits - 1)) + (narrow ? 1 : 0), high: 2 ** (bits - 1) - 1 };
  return { low: 0, high: 2 ** bits - 1 - (narrow ? 1 : 0) };
}

/** A number that is no farther from a multiple of 1/2 than the precision of a square root, taken as that multiple. */
function snapped(x: Exact): number {
  const doubled = multiplyExact(x, exactOf(2));
  const nearest = floorExact(addExact(doubled, exactOf(0.5)));
  const off = subtractExact(doubled, { num: nearest, den: 1n, exp: 0 });
  if (Math.abs(numberOf(off)) < 2 ** -300) return Number(nearest) / 2;
  // On the right side of every multiple of 1/2, and not on one.
  return (Number(floorExact(doubled)) + 0.5) / 2;
}

/** round(x/scale + zero), decided exactly where the double is too near to a step. */
function roundedQuotient(x: Value, i: number, scale: number, zero: number, { half, round }: Rounding): number {
  const quotient = x.values[i]! / scale + zero;
  const error = x.error / scale + ROUNDING * (Math.abs(quotient) + Math.abs(zero));
  const step = half ? Math.floor(quotient) + 0.5 : Math.round(quotient);
  if (Math.abs(quotient - step) > error) return round(quotient);
  return round(snapped(addExact(divideExact(x.exactAt(i), exactOf(scale)), exactOf(zero))));
}

export const quant: Operator = (context) => {
  const x = context.input(0);
  checkScale(context, 1);
  const scale = parameter(context, 1, 'scale', x.dims);
  const zero = parameter(context, 2, 'zero point', x.dims);
  const bits = wholeBits(context, 3, 1);
  const signed = context.integer('signed', 1) !== 0;
  const rounding = roundingOf(context, 'ROUND');
  const { low, high } = limits(bits, signed, context.integer('narrow', 1) !== 0);
  const bipolar = bits === 1 && signed;
  const values = x.values.map((v, i) => {
    const [s, z] = [scale(i), zero(i)];
    if (bipolar) return (signWithZero(x, i, v / s + z, z === 0 ? null : { s, z }) - z) * s;
    return (Math.min(high, Math.max(low, roundedQuotient(x, i, s, z, rounding))) - z) * s;
  });
  return [exactValue(x.dims, x.type, values, x.constant)];
};

/** 1 where x (or x/s + z) ≥ 0, else −1. */
function signWithZero(x: Value, i: number, approximate: number, affine: { s: number; z: number } | null): 1 | -1 {
  const error = affine === null ? x.error : x.error / affine.s + ROUNDING * (1 + Math.abs(approximate) + affine.z);
  if (affine === null ? Math.abs(x.values[i]!) > error : Math.abs(approximate) > error)
    return approximate >= 0 ? 1 : -1;
  const exact = x.exactAt(i);
  const value = affine === null ? exact : addExact(divideExact(exact, exactOf(affine.s)), exactOf(affine.z));
  return signExact(value) >= 0 ? 1 : -1;
}

export const bipolarQuant: Operator = (context) => {
  const x = context.input(0);
  checkScale(context, 1);
  const scale = parameter(context, 1, 'scale', x.dims);
  const values = x.values.map((v, i) => signWithZero(x, i, v, null) * scale(i));
  return [exactValue(x.dims, x.type, values, x.constant)];
};

/**
 * Trunc drops the lowest bits of integers: x/scale + zero is rounded to the integer that it should be, divided by
 * 2^(bits dropped), rounded down (or as rounding_mode says). Five inputs: the scale stays that of the input, as exporters
 * wrote it first. Seven inputs: scale and bits of the output are given, and the result is clamped to them.
 */
export const trunc: Operator = (context) => {
  const x = context.input(0);
  checkScale(context, 1);
  const scale = parameter(context, 1, 'scale', x.dims);
  const zero = parameter(context, 2, 'zero point', x.dims);
  const inBits = wholeBits(context, 3, 1);
  const rounding = roundingOf(context, 'FLOOR');
  const newer = context.inputCount > 5;
  const integer = (i: number): number => roundedQuotient(x, i, scale(i), zero(i), ROUNDINGS['ROUND']!);
  if (!newer) {
    const divisor = 2 ** (inBits - wholeBits(context, 4, 1));
    const values = x.values.map((_, i) => (rounding.round(integer(i) / divisor) - zero(i)) * scale(i));
    return [exactValue(x.dims, x.type, values, x.constant)];
  }
  checkScale(context, 4);
  const outScale = parameter(context, 4, 'output scale', x.dims);
  const outBits = wholeBits(context, 6, 1);
  const { low, high } = limits(outBits, context.integer('signed', 1) !== 0, context.integer('narrow', 0) !== 0);
  const values = x.values.map((_, i) => {
    const divisor = 2 ** Math.round(Math.log2(outScale(i) / scale(i)));
    const y = Math.min(high, Math.max(low, rounding.round(integer(i) / divisor)));
    return (y - zero(i) / divisor) * outScale(i);
  });
  return [exactValue(x.dims, x.type, values, x.constant)];
};

/** out_scale·#{k : x ≥ T_{c,k}} + out_bias; thresholds [channels or 1, steps]. */
export const multiThreshold: Operator = (context) => {
  const [x, thresholds] = [context.input(0), context.input(1)];
  if (!thresholds.constant || thresholds.dims.length !== 2)
    throw context.problem('needs constant thresholds [C, steps]');
  const [rows, steps] = thresholds.dims as [number, number];
  const layout = context.text('data_layout', 'NCHW');
  const last = layout === 'NHWC' || (x.dims.length !== 4 && x.dims.length !== 2);
  const axis = last ? x.dims.length - 1 : 1;
  const channels = x.dims[axis] ?? 1;
  if (rows !== 1 && rows !== channels) {
    throw context.problem(`thresholds must have 1 or ${channels} rows, got ${rows}`);
  }
  const stride = stridesOf(x.dims)[axis] ?? 1;
  const [scale, bias] = [context.float('out_scale', 1), context.float('out_bias', 0)];
  const values = x.values.map((v, i) => {
    const from = rows === 1 ? 0 : (Math.floor(i / stride) % channels) * steps;
    let count = 0;
    for (let k = from; k < from + steps; k++) {
      const t = thresholds.values[k]!;
      const reached = Math.abs(v - t) > x.error ? v >= t : compareExact(x.exactAt(i), exactOf(t)) >= 0;
      if (reached) count++;
    }
    return scale * count + bias;
  });
  return [exactValue(x.dims, x.type, values, x.constant)];
};
