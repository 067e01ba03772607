/**
 * Pipeline stages of an engine (hw/flexor_engine.v): memory word and weight bits; those of several lanes have lane sums
 * behind them, with a register behind every two levels of adders (hw/flexor_mac_array.v). Where lanes share tables, their
 * 2^lanes entries are filled first, in as many moves, and adders join the tables (hw/flexor_lane_tables.v).
 */
export function engineStages(simd: number, tableLanes: number): number {
  if (tableLanes === 0) return 2 + sumStages(simd);
  return 2 ** tableLanes + 2 + Math.max(1, sumStages(Math.ceil(simd / tableLanes)));
}

function sumStages(terms: number): number {
  return Math.ceil(Math.ceil(Math.log2(terms)) / 2);
}
