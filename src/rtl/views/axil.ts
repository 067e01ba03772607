/** The AXI4-Lite registers of a top (hw/flexor_axil_regs.v): what they count of the layers. */
import type { DesignNames } from '../names.js';
import type { Plan } from '../plan.js';
import { ADDRESS_BITS } from '../registers.js';
import { portsOf, sourceViews } from './streams.js';
import type { Stream } from './instances.js';

/** The AXI4-Lite registers and, layer by layer and the last one first, when it waits for input and when for its output. */
export function axilView(plan: Plan, names: DesignNames) {
  const source = sourceViews(plan, names);
  const list = (texts: readonly string[]) =>
    [...texts].reverse().map((text, i) => ({ text, last: i === texts.length - 1 }));
  const starving = ({ valid, ready }: Stream) => `(${ready} && !${valid})`;
  const inputs = (layer: number) =>
    portsOf(plan, layer)
      .map(({ name }) => source(layer, name))
      .map(starving);
  return {
    addrBits: ADDRESS_BITS,
    digest: plan.network.modelDigest,
    layers: plan.layers.length,
    layerMsb: plan.layers.length - 1,
    starved: list(plan.layers.map((_, layer) => inputs(layer).join(' || '))),
    blocked: list(names.layers.map((name) => `${name}_valid && !${name}_ready`)),
  };
}
