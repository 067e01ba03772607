/** Pipeline stages of an engine (hw/flexor_engine.v): memory word and weight bits; those of several lanes have lane sums behind them. */

const STAGES = 2;
const STAGES_WITH_LANE_SUMS = 3;

export function engineStages(simd: number): number {
  return simd > 1 ? STAGES_WITH_LANE_SUMS : STAGES;
}
