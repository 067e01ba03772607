/** Ports of a top on which weights come in from outside. */
import type { DesignNames } from '../names.js';
import type { Plan } from '../plan.js';
import { range } from './common.js';
import type { NamedValues } from './instances.js';

/** A layer's stream of weights from outside, where it has one. */
export function weightConnections(port: ReturnType<typeof weightPorts>[number]): NamedValues {
  if (port === null) return [];
  return [
    ['weight_valid_i', port.valid],
    ['weight_ready_o', port.ready ?? `${port.port}_tready`],
    ['weight_data_i', `${port.port}_tdata${port.data}`],
    ['weight_last_i', `${port.port}_tlast`],
    ['weight_error_o', `weight_error_o[${port.index}]`],
  ];
}

/** Ports on which weights come in, with the wires of the layer behind them. */
export function weightPorts(plan: Plan, names: DesignNames, axiLite: boolean) {
  let index = 0;
  return plan.layers.map((layer, i) => {
    if (layer.kind !== 'weighted' || layer.weights !== 'stream') return null;
    const { rowBits, rows } = layer.memory;
    const port = `s_weights_${names.layers[i]!}`;
    const bits = 8 * Math.ceil(rowBits / 8);
    return {
      index: index++,
      port,
      bits,
      rows,
      rowBits,
      range: range(bits),
      pixels: layer.pixels,
      layer: layer.node.name,
      data: bits === rowBits ? '' : range(rowBits),
      unused: bits === rowBits ? null : `[${bits - 1}:${rowBits}]`,
      valid: axiLite ? `${port}_tvalid && core_rst_n` : `${port}_tvalid`,
      ready: axiLite ? `ready_${port}` : null,
    };
  });
}

export function presentPorts(ports: ReturnType<typeof weightPorts>) {
  return ports.filter((port) => port !== null);
}

/** What stands between such a port and its layer, as lines of Verilog. */
export function weightLines(port: ReturnType<typeof weightPorts>[number], name: string, reset: string): string[] {
  if (port === null) return [];
  const { ready, unused } = port;
  return [
    ...(ready === null ? [] : [`wire ${ready};`, `assign ${port.port}_tready = ${ready} && ${reset};`]),
    ...(unused === null ? [] : [`wire unused_${name}_weights = ^${port.port}_tdata${unused};`]),
  ];
}
