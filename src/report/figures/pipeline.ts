/** The generated pipeline: units with fold, cycles and utilisation, when frames leave them, and what that is at a clock. */
import type { CosimResult } from '../../cosim/types.js';
import type { Manifest } from '../../rtl/types.js';
import type { PipelineFigures, UnitFigures } from './types.js';

/** `run`: co-simulation without stalls, or null. */
export function pipelineFigures(manifest: Manifest, run: CosimResult | null, clockMhz: number): PipelineFigures {
  const { cyclesPerFrame, latencyCycles, busiest, streams } = manifest.prediction;
  const units = manifest.layers.map((layer, i): UnitFigures => {
    const { name, kind, inputs, inputShape, outputShape, inputFormat, outputFormat, weighted } = layer;
    return {
      ...{ name, kind, inputs, inputShape, outputShape, inputFormat, outputFormat, weighted },
      cyclesPerFrame: layer.cyclesPerFrame,
      utilisation: layer.cyclesPerFrame / cyclesPerFrame,
      busiest: layer.cyclesPerFrame === busiest.cycles,
      // Stream 0 is the input, stream n leaves layer n−1.
      predicted: streams[i + 1]![0]!,
      measured: run?.streams[i + 1]?.frames[0] ?? null,
    };
  });
  return {
    units,
    predictedCyclesPerFrame: cyclesPerFrame,
    predictedLatencyCycles: latencyCycles,
    busiest,
    clockMhz,
    framesPerSecond: (clockMhz * 1e6) / cyclesPerFrame,
    latencyMicroseconds: latencyCycles / clockMhz,
  };
}
