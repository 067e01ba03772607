/** Pipeline stages of flexor_thresholds.v: 2P − Σa, its joined sum (where planes are joined), and a comparison a bit. */
export function thresholdStages(joined: boolean, outBits: number): number {
  return (joined ? 2 : 1) + outBits;
}
