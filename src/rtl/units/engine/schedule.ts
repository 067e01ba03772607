/**
 * Pipeline stages of an engine (hw/flexor_engine.v): memory word and weight bits; those of several lanes have lane sums
 * behind them, with a register behind every two levels of adders (hw/flexor_mac_array.v).
 */
export function engineStages(simd: number): number {
  return 2 + Math.ceil(Math.ceil(Math.log2(simd)) / 2);
}
