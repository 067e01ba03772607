/**
 * What FleXOR costs and saves in a generated design, against the plain 1-bit network with the same fold: stored bits, reads,
 * XOR gates, area on every target that was measured, energy a frame, break-even. Area comes from `measureArea`, all else is
 * counted from the plan of both designs.
 */
import { invariant } from '../../base/errors.js';
import type { IntNetwork } from '../../fixed/types.js';
import { planNetwork } from '../../rtl/plan.js';
import type { WeightedPlan } from '../../rtl/plan.js';
import type { RtlDesign } from '../../rtl/types.js';
import { createSimulator } from '../../simulate/simulate.js';
import { naiveGateCount, networkDepth } from '../../xor/network.js';
import type { XorNetwork } from '../../xor/network.js';
import { minimise } from '../../xor/minimise.js';
import { plainTwin } from '../area/plain.js';
import type { AreaReport } from '../area/types.js';
import { decryptorPj, energyBreakEven, macPj, memoryReadPj } from './energy.js';
import { macActivity } from './mac-activity.js';
import { registerBits, streamActivity } from './stream-activity.js';
import { layerTarget, totalTarget } from './targets.js';
import { totalOf } from './total.js';
import type { DecryptorLogic, EnergyPrice, LayerPrice, MemoryTraffic, PriceReport } from './types.js';

/**
 * Prices a design that was generated from the network. `areas`: one report a target, each measured with `plain`; `images`:
 * quantised inputs from which the switching of the MAC arrays is counted, none: their energy is left out.
 */
export function priceOf(
  network: IntNetwork,
  design: RtlDesign,
  areas: readonly AreaReport[],
  images: readonly Int32Array[] = [],
): PriceReport {
  invariant(
    areas.every((area) => area.plainTotal !== null && area.modelDigest === network.modelDigest),
    'a price needs areas of the same model, with the plain network',
  );
  const { manifest } = design;
  const plans = planNetwork(network, manifest.options.fold).layers;
  const plainPlans = planNetwork(plainTwin(network), manifest.options.fold).layers;
  const simulator = createSimulator(network);
  const traces = images.map((image) => simulator.trace(image));
  const layers = plans.flatMap((plan, i): LayerPrice[] => {
    const plain = plainPlans[i]!;
    if (plan.kind === 'pool' || plain.kind === 'pool') return [];
    return [
      layerPrice(
        plan,
        plain,
        areas,
        traces.map((streams) => streams[i]!),
      ),
    ];
  });
  return {
    model: network.name,
    modelDigest: network.modelDigest,
    cyclesPerFrame: manifest.prediction.cyclesPerFrame,
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

function layerPrice(
  plan: WeightedPlan,
  plain: WeightedPlan,
  areas: readonly AreaReport[],
  inputs: readonly ArrayLike<number>[],
): LayerPrice {
  const { node, fold } = plan;
  const { nIn, nOut } = node.planes[0]!;
  const weights = areas[0]!.layers.find((layer) => layer.name === node.name)?.weights;
  invariant(weights, `layer ${node.name} has no weights in the area report`);
  const networks = networksOf(plan);
  const flexor = streamActivity(plan, networks);
  const plainActivity = streamActivity(plain, networksOf(plain));
  const mac = inputs.length === 0 ? null : macActivity(plan, inputs);
  const activity = { flexor, plain: plainActivity, mac };
  const traffic = trafficOf(plan, plain);
  return {
    name: node.name,
    kind: node.kind,
    pe: fold.pe,
    simd: fold.simd,
    nIn,
    nOut,
    weights,
    savedBits: weights.plainStoredBits - weights.storedBits,
    decryptor: decryptorLogic(plan, plain, networks),
    traffic,
    targets: areas.map((area) => layerTarget(area, node.name)),
    activity,
    energy: energyOf(plan, plain, traffic, activity),
  };
}

/** The XOR network of each plane. */
function networksOf({ node }: WeightedPlan): XorNetwork[] {
  return node.planes.map(({ nIn, nOut, matrix }) => minimise({ nIn, nOut, bits: matrix }));
}

function decryptorLogic(plan: WeightedPlan, plain: WeightedPlan, networks: readonly XorNetwork[]): DecryptorLogic {
  const { memory, fold, node } = plan;
  const copiesOfPlane = memory.slices * fold.simd;
  const sum = (each: (plane: number) => number): number =>
    node.planes.reduce((total, _, plane) => total + copiesOfPlane * each(plane), 0);
  return {
    copies: copiesOfPlane * node.planes.length,
    xorGates: sum((plane) => networks[plane]!.gates.length),
    naiveXorGates: sum((plane) => {
      const { nIn, nOut, matrix } = node.planes[plane]!;
      return naiveGateCount({ nIn, nOut, bits: matrix });
    }),
    depth: Math.max(...networks.map(networkDepth)),
    registerBits: { flexor: registerBits(plan), plain: registerBits(plain) },
  };
}

function trafficOf(plan: WeightedPlan, plain: WeightedPlan): MemoryTraffic {
  const reads = ({ memory, pixels }: WeightedPlan): number => memory.words * pixels;
  return {
    reads: { flexor: reads(plan), plain: reads(plain) },
    bitsRead: { flexor: reads(plan) * plan.memory.wordBits, plain: reads(plain) * plain.memory.wordBits },
  };
}

function energyOf(
  plan: WeightedPlan,
  plain: WeightedPlan,
  { bitsRead }: MemoryTraffic,
  activity: LayerPrice['activity'],
): EnergyPrice {
  const capacity = ({ memory }: WeightedPlan): number => memory.words * memory.wordBits;
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
