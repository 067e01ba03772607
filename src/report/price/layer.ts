/** The price of one weighted layer, from the plans of the FleXOR design and of the plain one. */
import { invariant } from '../../base/errors.js';
import type { WeightedPlan } from '../../rtl/layers/types.js';
import type { MinimisedCircuit } from '../../xor/minimise.js';
import type { AreaReport } from '../area/types.js';
import { decryptorPj, energyBreakEven, macPj, memoryReadPj } from './energy.js';
import { macActivity } from '../../rtl/layers/weighted/units.js';
import { registerBits, streamActivity } from '../../rtl/layers/weighted/units.js';
import { layerTarget } from './targets.js';
import type { DecryptorLogic, EnergyPrice, LayerPrice, MemoryTraffic } from './types.js';

/** A layer in one of the two designs. */
export interface Side {
  readonly plan: WeightedPlan;
  /** One a plane. */
  readonly circuits: readonly MinimisedCircuit[];
}

/** `inputs`: the layer's input tensor for each image. */
export function layerPrice(
  flexor: Side,
  plain: Side,
  areas: readonly AreaReport[],
  inputs: readonly ArrayLike<number>[],
): LayerPrice {
  const { node, fold } = flexor.plan;
  const { nIn, nOut } = node.planes[0]!;
  const weights = areas[0]!.layers.find((layer) => layer.name === node.name)?.weights;
  invariant(weights, `layer ${node.name} has no weights in the area report`);
  const traffic = trafficOf(flexor.plan, plain.plan);
  const activity = {
    flexor: streamActivity(flexor.plan, flexor.circuits),
    plain: streamActivity(plain.plan, plain.circuits),
    mac: inputs.length === 0 ? null : macActivity(flexor.plan, inputs),
  };
  return {
    name: node.name,
    kind: node.kind,
    pe: fold.pe,
    simd: fold.simd,
    nIn,
    nOut,
    weights,
    savedBits: weights.plainStoredBits - weights.storedBits,
    decryptor: decryptorLogic(flexor, plain.plan),
    traffic,
    targets: areas.map((area) => layerTarget(area, node.name)),
    activity,
    energy: energyOf(flexor.plan, plain.plan, traffic, activity),
  };
}

function decryptorLogic({ plan, circuits }: Side, plain: WeightedPlan): DecryptorLogic {
  const copiesOfPlane = plan.memory.slices * plan.fold.simd;
  const all = (of: (circuit: MinimisedCircuit) => number): number =>
    circuits.reduce((sum, circuit) => sum + copiesOfPlane * of(circuit), 0);
  return {
    copies: all(() => 1),
    xorGates: all(({ gateCount }) => gateCount),
    naiveXorGates: all(({ naiveGateCount }) => naiveGateCount),
    depth: Math.max(...circuits.map(({ depth }) => depth)),
    registerBits: { flexor: registerBits(plan), plain: registerBits(plain) },
  };
}

function trafficOf(plan: WeightedPlan, plain: WeightedPlan): MemoryTraffic {
  const reads = ({ memory, pixels }: WeightedPlan): number => memory.rows * pixels;
  return {
    reads: { flexor: reads(plan), plain: reads(plain) },
    bitsRead: { flexor: reads(plan) * plan.memory.rowBits, plain: reads(plain) * plain.memory.rowBits },
  };
}

function energyOf(
  plan: WeightedPlan,
  plain: WeightedPlan,
  { bitsRead }: MemoryTraffic,
  activity: LayerPrice['activity'],
): EnergyPrice {
  const capacity = ({ memory }: WeightedPlan): number => memory.rows * memory.rowBits;
  const memory = {
    flexor: bitsRead.flexor * memoryReadPj(capacity(plan)),
    plain: bitsRead.plain * memoryReadPj(capacity(plain)),
  };
  const decryptor = { flexor: decryptorPj(activity.flexor), plain: decryptorPj(activity.plain) };
  const extraPerWeight = (decryptor.flexor - decryptor.plain) / bitsRead.plain;
  return {
    memory,
    decryptor,
    weights: { flexor: memory.flexor + decryptor.flexor, plain: memory.plain + decryptor.plain },
    macArray: activity.mac && macPj(activity.mac),
    breakEvenWeights: energyBreakEven(capacity(plan) / capacity(plain), extraPerWeight),
  };
}
