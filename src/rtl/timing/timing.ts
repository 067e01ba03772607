/** How long the paths of a layer and of a design are estimated to take, and the clock that leaves. */
import { forkUnits, portUnits, portWidths } from '../cost/outer-units.js';
import { layerKind } from '../layers/index.js';
import type { LayerShape } from '../layers/types.js';
import type { Plan } from '../plan.js';
import type { PlacedUnit } from '../units/types.js';
import { pathDelay } from './delay.js';

/** A path by what it is for. */
export interface EstimatedPath {
  /** What is between two registers. */
  readonly path: string;
  /** Module of hw/ in which it ends. */
  readonly module: string;
  readonly ns: number;
}

export interface LayerPath extends EstimatedPath {
  /** `ports` for what is outside the layers: ports, classifier, forks. */
  readonly layer: string;
}

/** The estimate for UltraScale+, speed grade −1, before placement. */
export interface DesignTiming extends LayerPath {
  /** 1000/ns. */
  readonly mhz: number;
  /** The longest path of every layer, in stream order, and of the ports. */
  readonly layers: readonly LayerPath[];
}

/** The longest of the paths of these units. */
export function longestOf(units: readonly PlacedUnit[]): EstimatedPath {
  const all = units.flatMap((unit) => unit.paths());
  return all.reduce<EstimatedPath>(
    (longest, each) => {
      const ns = pathDelay(each);
      return ns > longest.ns ? { path: each.name, module: each.module, ns } : longest;
    },
    { path: '', module: '', ns: 0 },
  );
}

export function layerTiming(layer: LayerShape): EstimatedPath {
  return longestOf(layerKind(layer.node).placed(layer));
}

export function designTiming(plan: Plan): DesignTiming {
  const layers = plan.layers.map((layer) => ({ layer: layer.node.name, ...layerTiming(layer) }));
  const ports = { layer: 'ports', ...longestOf([...portUnits(plan.network, portWidths(plan)), ...forkUnits(plan)]) };
  const all = [...layers, ports];
  const longest = all.reduce((most, each) => (each.ns > most.ns ? each : most));
  return { ...longest, mhz: 1000 / longest.ns, layers: all };
}
