/** Whole layers on UltraScale+, each flattened: measured, and what the cost model says of them. */
import { readFileSync } from 'node:fs';
import { URL, fileURLToPath } from 'node:url';
import { loadModel } from '../../dist/model/read.js';
import { lower } from '../../dist/fixed/lower.js';
import { addCosts, forkCost, layerCost, portCost } from '../../dist/rtl/cost/model.js';
import { makeDesign } from '../../dist/rtl/design.js';
import { generateRtl } from '../../dist/rtl/generate.js';
import { synthesise } from '../../dist/report/area/synthesise.js';
import { counts, totalArea } from './measure.js';

/** Without tables of lanes, which most of these layers were measured before. */
const fold = (...layers) =>
  Object.fromEntries(layers.map(([name, pe, simd, width = 1]) => [name, { pe, simd, width, tableLanes: 0 }]));

/** The fold of a network as checked.json records it. */
function recordedFold(title) {
  const rows = JSON.parse(readFileSync(new URL('checked.json', import.meta.url), 'utf8'));
  return Object.fromEntries(
    rows.flatMap(({ network, layer, fold: own }) => (network === title && own !== null ? [[layer, own]] : [])),
  );
}

/** Models, bits of their activations and folds (null: the recorded one), and the file where it is none of those shipped. */
const CASES = [
  ['lenet5-mnist-0.6', 8, null],
  ['lenet5-mnist-0.4', 4, fold(['conv1', 8, 5], ['conv2', 8, 8], ['fc1', 8, 4], ['fc2', 2, 2])],
  ['lenet5-mnist-0.8', 8, fold(['conv1', 2, 25], ['conv2', 16, 5], ['fc1', 16, 1], ['fc2', 5, 3])],
  ['lenet5-mnist-plain', 6, fold(['conv1', 16, 1], ['conv2', 4, 25], ['fc1', 2, 8], ['fc2', 10, 1])],
  ['lenet5-digits-0.6', 4, fold(['conv1', 16, 5, 4], ['conv2', 16, 25, 2], ['fc1', 16, 4, 2], ['fc2', 2, 2])],
  ['resnet20-cifar10-0.8', 8, null],
  // Depthwise, grouped and dilated convolutions and a concatenation; made from spread.json, see docs/folding.md.
  ['spread', 8, null, './spread.flexor'],
];

/** What the model is checked on and not fitted to: networks under their folds. */
export function checkedDesigns() {
  return CASES.map(([title, activationBits, given, path = `../../models/${title}.flexor`]) => {
    const { model, digest } = loadModel(fileURLToPath(new URL(path, import.meta.url)));
    const network = lower(model, digest, { activationBits });
    return { title, design: makeDesign(network, { fold: given ?? recordedFold(title) }) };
  });
}

/**
 * Every layer of a network under a fold, and its ports, with their cells; with `wanted` those layers alone, the others as
 * black boxes.
 */
export async function measureDesign({ title, design }, { wanted = null, ...options }) {
  const { fold } = design;
  const generated = generateRtl(design);
  const { layers, topModule } = generated.manifest;
  const files = new Map([...generated.files].filter(([path]) => /^rtl\/|^mem\//.test(path)));
  for (const { module } of layers) {
    const path = `rtl/${module}.v`;
    files.set(path, files.get(path).replace(`module ${module} (`, `(* keep_hierarchy = "yes" *)\nmodule ${module} (`));
  }
  const isWanted = ({ name }) => wanted === null || wanted.includes(name);
  const blackBoxModules = layers.filter((layer) => !isWanted(layer)).map(({ module }) => module);
  const blackBoxes = blackBoxModules.map((module) => `rtl/${module}.v`);
  const fixed = { blackBoxes, blackBoxModules, only: null, hierarchy: 'marked', seeds: [] };
  const { netlist } = await synthesise({ ...fixed, title, top: topModule, files }, options);
  const modules = layers.map(({ module }) => module);
  const ports = Object.fromEntries(Object.entries(netlist).filter(([name]) => !modules.includes(name)));
  const area = (from, module, rule) => counts(totalArea(from, module, rule).resources);
  const measured = layers.filter(isWanted).map(({ name, module }) => ({
    network: title,
    layer: name,
    fold: fold[name] ?? null,
    measured: area(netlist, module, options.rule),
  }));
  if (wanted !== null) return measured;
  // The ports are the top without what it instantiates.
  const rest = { ...options.rule, count: (type) => (modules.includes(type) ? {} : options.rule.count(type)) };
  return [...measured, { network: title, layer: 'ports', fold: null, measured: area(ports, topModule, rest) }];
}

/** The plan of each layer under the fold that was measured. */
export function layerPlans({ design }) {
  return design.plan.layers;
}

/** What the model says of the layers and ports of a network, which is called `title`. */
export function predictDesign({ title, design }) {
  const { network, plan } = design;
  const ports = { network: title, layer: 'ports', cost: addCosts([portCost(network, plan.widths[0]), forkCost(plan)]) };
  return [...plan.layers.map((layer) => ({ network: title, layer: layer.node.name, cost: layerCost(layer) })), ports];
}
