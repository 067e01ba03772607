/** What requantisers and thresholds have in common: groups of sums come in and become dot products, plane by plane or joined. */
import { chain, luts, multiplexer, path } from '../timing/path.js';
import type { TimingPath } from './types.js';

export interface GroupSums {
  readonly pe: number;
  /** Channels a cycle. */
  readonly width: number;
  readonly groups: number;
  readonly planes: number;
  readonly accBits: number;
  readonly sumBits: number;
  readonly joined: boolean;
  readonly dotBits: number;
  readonly factorBits: number;
  readonly outBits: number;
}

/** From a group's sums to the factor of a multiplication or comparison. Planes are added three at a time, then the last two. */
export function dotPaths({ pe, width, planes, joined, dotBits, factorBits }: GroupSums, module: string): TimingPath[] {
  const dots = path('dot product of a group', { module }, [multiplexer(pe / width, 16), chain(dotBits, 2)]);
  if (!joined) return [dots];
  const levels = Math.ceil(Math.log2(planes)) - 1;
  return [dots, path('joined planes', { module }, [luts(levels, 4), chain(factorBits, 2), chain(factorBits)])];
}
