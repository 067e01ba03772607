/**
 * flexor_engine with the parameters and memories that the generator gives it: for random layers and folds it must deliver
 * Σ a over the weights that are 1, or Σ b·a, channel group by channel group, where the weights come from the codes of the network.
 */
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { formatRange } from '../../src/fixed/shapes.js';
import { weightedNodes, windowSteps, type WeightedNode } from '../../src/rtl/lanes.js';
import { planNetwork } from '../../src/rtl/plan.js';
import type { WeightedPlan } from '../../src/rtl/layers/types.js';
import type { LayerFold, RtlFiles } from '../../src/rtl/types.js';
import { runBench, type BenchCase } from './support/bench.js';
import { expectOutputs, pack, randomStalls } from './support/check.js';
import { caseDesign, randomCase } from '../support/random-case.js';

const PIXELS = 4;

/**
 * Weight source, XOR circuits and engine as the generated layer instantiates them, the memory and the circuits under names of
 * their own.
 */
function engineText(
  design: RtlFiles,
  layer: string,
  index: number,
): { body: string; modules: string; memory: Record<string, string> } {
  const { module } = design.manifest.layers.find(({ name }) => name === layer)!;
  const text = design.files.get(`rtl/${module}.v`)!;
  const found = /^ {2}wire word_valid;\n[\s\S]*? u_engine \([\s\S]*?\n {2}\);\n/m.exec(text)![0];
  const file = `mem/${layer}_weights.mem`;
  const own = `weights_${index}.mem`;
  expect(found).toContain(`"${file}"`);
  const circuits = design.manifest.verilog.filter((path) => /_xor_\d+_\d+(_\d+)?\.v$/.test(path));
  const rename = (code: string) => code.replace(/\b\w+_xor_\d+_\d+(_\d+)?\b/g, (name) => `${name}_of_${index}`);
  const connected = found
    .replace(/\.in_(valid_i|ready_o|data_i)\(\w+\)/g, (_, port: string) => `.in_${port}(in_${port.slice(0, -2)})`)
    .replaceAll('.clk_i(clk_i)', '.clk_i(clk)')
    .replaceAll('.rst_ni(rst_ni)', '.rst_ni(rst_n)')
    .replace(file, own);
  return {
    body: `${rename(connected)}assign out_valid = group_valid, group_ready = out_ready, out_data = group;`,
    modules: circuits.map((path) => rename(design.files.get(path)!)).join(''),
    memory: { [own]: design.files.get(file)! },
  };
}

/** Groups that leave the engine for one window, in order. */
function groupsOf(node: WeightedNode, plan: WeightedPlan, elements: readonly number[]): bigint[] {
  const { pe } = plan.fold;
  const sum = elements.reduce((a, b) => a + b, 0);
  const selected = (q: number, channel: number) =>
    elements.reduce((total, a, v) => total + a * node.planes[q]!.codes[v * node.outChannels + channel]!, 0);
  return Array.from({ length: plan.groups }, (_, group) => {
    const fields = node.planes.flatMap((_, q) =>
      Array.from({ length: pe }, (_, p) => {
        const ones = selected(q, group * pe + p);
        return [plan.sharedSums ? 2 * ones - sum : ones, plan.accBits] as const;
      }),
    );
    return pack([...fields, [plan.sharedSums ? 0 : sum, plan.sumBits]]);
  });
}

function layerRun(
  random: Random,
  index: number,
  node: WeightedNode,
  plan: WeightedPlan,
  design: RtlFiles,
): { run: BenchCase; expected: bigint[][] } {
  const { bits } = node.inputTensor.format;
  const { low, high } = formatRange(node.inputTensor.format);
  const { simd } = plan.fold;
  const steps = windowSteps(node, plan.fold);
  const windows = Array.from({ length: PIXELS }, (_, at) =>
    Array.from({ length: node.windowSize }, () => (at === 0 ? high : random.between(low, high))),
  );
  // Lanes past the end of the window carry 0, as every window unit gives them.
  const vectors = windows.map((elements) =>
    Array.from({ length: steps }, (_, t) =>
      pack(Array.from({ length: simd }, (_, lane) => [elements[lane * steps + t] ?? 0, bits] as const)),
    ),
  );
  const { body, modules, memory } = engineText(design, node.name, index);
  const stalls = randomStalls(random);
  const beats = [...vectors[0]!, ...vectors[1]!.slice(0, random.below(steps)), 'reset' as const, ...vectors.flat()];
  const outBits = plan.sumBits + node.planes.length * plan.fold.pe * plan.accBits;
  const groups = windows.map((elements) => groupsOf(node, plan, elements));
  return {
    run: {
      title: `${design.manifest.name} ${node.name} PE ${plan.fold.pe} SIMD ${simd}, ${JSON.stringify(stalls)}`,
      device: { body, modules, inBits: simd * bits, outBits },
      beats,
      stalls,
      memories: memory,
    },
    expected: [groups.slice(0, 2).flat(), groups.flat()],
  };
}

test('the engine of random layers and folds delivers the selected sums', async () => {
  const random = new Random(1);
  const runs: ReturnType<typeof layerRun>[] = [];
  const folds: LayerFold[] = [];
  const shares = (lanes: number) => folds.some(({ sharedSums, simd }) => sharedSums === true && simd === lanes);
  const most = () => Math.max(...folds.map(({ sharedSums, simd }) => (sharedSums === true ? simd : 0)));
  for (let seed = 500; runs.length < 40 || most() < 7; seed++) {
    const which = randomCase(seed);
    // Engines whose weights can be loaded or are streamed in: load.test.ts and the random cases.
    if (Object.values(which.fold).some(({ weights }) => weights !== undefined)) continue;
    const design = caseDesign(which);
    const plan = planNetwork(which.network, which.fold);
    for (const node of weightedNodes(which.network)) {
      const layer = plan.layers.find((each) => each.node === node);
      if (layer?.kind !== 'weighted') continue;
      // Icarus goes through M⊕ of every lane in every cycle.
      const entries = node.planes.reduce((sum, { nIn, nOut }) => sum + nIn * nOut, 0);
      if (layer.steps * layer.groups * layer.fold.simd * entries > 100_000) continue;
      runs.push(layerRun(random, runs.length, node, layer, design));
      folds.push(layer.fold);
    }
  }
  expect(folds.some(({ pe, simd }) => pe > 1 && simd > 1)).toBe(true);
  expect(folds.some(({ tableLanes = 0 }) => tableLanes > 0)).toBe(true);
  for (const lanes of [1, 2, 3]) expect(shares(lanes), `shared sums of ${lanes} lanes`).toBe(true);
  const results = await runBench(runs.map(({ run }) => run));
  runs.forEach(({ run, expected }, i) => expectOutputs(run, results[i]!, expected));
});
