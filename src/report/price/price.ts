/**
 * What FleXOR costs and saves in a generated design, against the plain 1-bit network with the same fold: stored bits, reads,
 * XOR gates, area on every target that was measured, energy a frame, break-even. Area comes from `measureArea`, all else is
 * counted from the plans of both designs (`layer.ts`).
 */
import { invariant } from '../../base/errors.js';
import type { Design } from '../../rtl/design.js';
import { createSimulator } from '../../simulate/simulate.js';
import { plainDesign } from '../area/plain.js';
import type { AreaReport } from '../area/types.js';
import { layerPrice } from './layer.js';
import type { Side } from './layer.js';
import { totalTarget } from './targets.js';
import { totalOf } from './total.js';
import type { LayerPrice, PriceReport } from './types.js';

/** Images from which the switching of the MAC arrays is counted: few, because energy varies little between images. */
export const ENERGY_IMAGES = 2;

/**
 * Prices a design. `areas`: one report a target, at least one, each measured with
 * `plain`; `images`: quantised inputs from which the switching of the MAC arrays is counted, none: their energy is left
 * out.
 */
export function priceOf(design: Design, areas: readonly AreaReport[], images: readonly Int32Array[] = []): PriceReport {
  const { network } = design;
  invariant(
    areas.length > 0 && areas.every((area) => area.plainTotal !== null && area.modelDigest === network.modelDigest),
    'a price needs areas of the same model, with the plain network',
  );
  const flexor = sidesOf(design);
  const plain = sidesOf(plainDesign(design));
  const simulator = createSimulator(network);
  const traces = images.map((image) => simulator.trace(image));
  const layers = flexor.flatMap((side, i): LayerPrice[] => {
    const inputs = traces.map((streams) => streams[i]!);
    return side === null ? [] : [layerPrice(side, plain[i]!, areas, inputs)];
  });
  return {
    model: network.name,
    modelDigest: network.modelDigest,
    cyclesPerFrame: design.prediction.cyclesPerFrame,
    measurements: areas.map(({ target, targetTitle, yosysVersion, library }) => ({
      target,
      title: targetTitle,
      yosysVersion,
      library: library?.name ?? null,
    })),
    layers,
    total: totalOf(layers, areas.map(totalTarget)),
  };
}

/** Plan and XOR circuits of every node; null for those without weights. */
function sidesOf({ plan, circuits }: Design): (Side | null)[] {
  return plan.layers.map((layer) =>
    layer.kind === 'weighted' ? { plan: layer, circuits: circuits.get(layer.node.name)! } : null,
  );
}
