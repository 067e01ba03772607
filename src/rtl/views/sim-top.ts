/** View-model of `sim-top.v`: the top with every stream brought out (ports: sim/README.md). */
import type { Design } from '../design.js';
import { ADDRESS_BITS } from '../registers.js';
import { isLoadable } from '../plan.js';
import { range, rangeWidth, type Heading } from './common.js';
import { portBytes } from './port-bytes.js';
import { keepView } from './top-ports.js';
import { presentPorts, weightPorts } from './weight-ports.js';

export function simTopView(
  { plan, names, axiLite }: Design,
  heading: Heading,
  weightFiles: ReadonlyMap<string, string>,
) {
  const weightStreams = presentPorts(weightPorts(plan, names, axiLite));
  const bytes = portBytes(plan);
  const sRange = range(8 * bytes.input);
  const mRange = range(8 * bytes.output);
  const sKeep = keepView(bytes.input).range;
  const mKeep = keepView(bytes.output).range;
  const streams = [
    { name: 'input', format: plan.network.input.format },
    ...plan.layers.map(({ node }, i) => ({ name: names.layers[i]!, format: node.outputTensor.format })),
  ].map((stream, s) => ({ ...stream, width: plan.widths[s]! }));
  const probeRange = range(streams.length);
  // Room for the elements of the widest beat, 64 bits each.
  const room = Math.max(...plan.widths);
  const probeDataRange = range(64 * room * streams.length);
  const probeWidthRange = range(8 * streams.length);
  return {
    ...heading,
    top: names.topModule,
    sKeep,
    mKeep,
    axil: axiLite ? { addrBits: ADDRESS_BITS } : null,
    load: isLoadable(plan.layers),
    weightStreams: weightStreams.map((port) => ({
      ...port,
      file: weightFiles.get(port.layer)!,
      seed: port.index + 1,
    })),
    weightMsb: Math.max(1, weightStreams.length) - 1,
    sRange,
    mRange,
    probeRange,
    probeDataRange,
    widthWidth: rangeWidth(sRange, mRange, probeRange, probeDataRange, probeWidthRange),
    probeWidthRange,
    streams: streams.map(({ name, format: { bits, signed }, width }, index) => ({
      index,
      name,
      width,
      widthHigh: 8 * index + 7,
      widthLow: 8 * index,
      elements: Array.from({ length: room }, (_, i) => {
        const low = 64 * (room * index + i);
        const sign = signed ? `u_top.${name}_data[${(i + 1) * bits - 1}]` : "1'b0";
        const part = width === 1 ? '' : `[${(i + 1) * bits - 1}:${i * bits}]`;
        return {
          high: low + 63,
          low,
          data: i < width ? `{{${64 - bits}{${sign}}}, u_top.${name}_data${part}}` : "64'd0",
        };
      }),
    })),
  };
}
