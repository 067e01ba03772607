/** What the runs of the RTL came to. A run can fail without a differing image (cycles, protocol, a frame that never came). */
import type { RtlComparison } from '../comparison.js';

/** The first failure of the two runs in words, null where both passed. */
export function rtlFailure(rtl: RtlComparison): string | null {
  if (rtl.failure !== null) return rtl.failure;
  if (rtl.stalled === null || rtl.stalled.failure === null) return null;
  return `with ${rtl.stalled.stalls}% stalls: ${rtl.stalled.failure}`;
}
