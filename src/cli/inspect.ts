/** `flexor inspect`: what a model file holds and what it takes to store it. */
import type { Command } from 'commander';
import { loadModel } from '../model/read.js';
import { encryptedBitsPerWeight, inventory } from '../model/inventory.js';
import type { CodesInventory, Inventory, LayerInventory } from '../model/inventory.js';
import type { FlexorModel } from '../model/types.js';
import { matrixRows } from '../xor/matrix-file.js';
import { xorProperties } from '../xor/properties.js';
import type { XorProperties } from '../xor/properties.js';
import { histogramTable } from './histogram-table.js';
import { formatCount, formatPercent, formatTable, printJson, printLine } from './print.js';
import { xorTable } from './xor-table.js';
import type { XorLine } from './xor-table.js';

/** Registers the command. */
export function registerInspect(program: Command): void {
  program
    .command('inspect')
    .description('show the layers of a model, how its weights are stored and how much that saves')
    .argument('<model>', 'model file (.flexor)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  flexor inspect models/lenet5-mnist-0.6.flexor
  flexor inspect model.flexor --json | jq .totals`,
    )
    .action((path: string, options: { json?: boolean }) => {
      const { model, digest } = loadModel(path);
      const summary = inventory(model, digest);
      const xor = xorLines(model);
      if (options.json) {
        printJson({ ...summary, xor: xor.map(({ layer, plane, properties }) => ({ layer, plane, ...properties })) });
        return;
      }
      const parts = [
        heading(summary),
        topology(summary),
        storage(summary),
        `${xorTable(xor)}\n`,
        histogramTable(summary),
        totals(summary),
      ];
      for (const part of parts) printLine(part);
    });
}

/** Properties of the M⊕ of every plane; equal ones are worked out once. */
function xorLines(model: FlexorModel): (XorLine & { readonly layer: string; readonly plane: number })[] {
  const known = new Map<string, XorProperties>();
  return model.nodes.flatMap((node) => {
    if (!('weights' in node) || node.weights.encoding !== 'xor') return [];
    return node.weights.planes.map(({ matrix }, plane, all) => {
      const key = matrixRows(matrix).join(' ');
      const properties = known.get(key) ?? xorProperties(matrix);
      known.set(key, properties);
      const name = all.length === 1 ? node.name : `${node.name}, plane ${plane}`;
      return { name, layer: node.name, plane, matrix, properties };
    });
  });
}

function heading({ name, digest, input, classes, provenance, layers }: Inventory): string {
  const { recipe, dataset, seed, testAccuracy, testImages, notes } = provenance;
  const accuracy = testAccuracy === null ? 'not stated' : formatPercent(testAccuracy);
  const on = testAccuracy !== null && testImages !== null ? ` on ${formatCount(testImages)} test images` : '';
  const lines = [
    `model     ${name}`,
    `digest    ${digest}`,
    `input     ${input.shape.join('×')}, (p/255 − mean)/std with mean ${input.mean.join(', ')} and std ${input.std.join(', ')}; range ${range(input.range)}`,
    `classes   ${classes.length}: ${classes.join(', ')}`,
    `weights   ${encoding(layers)}`,
    `recipe    ${recipe}`,
    `data set  ${dataset}${seed === null ? '' : `, seed ${seed}`}`,
    `accuracy  ${accuracy}${on} (float, as stated by the file)`,
  ];
  if (notes !== '') lines.push(`notes     ${notes}`);
  return `${lines.join('\n')}\n`;
}

/** What the weights are called: plain binary codes have no M⊕ to speak of. */
function encoding(layers: Inventory['layers']): string {
  const floats = layers.flatMap(({ name, weighted }) => (weighted !== null && weighted.codes === null ? [name] : []));
  const coded = layers.flatMap(({ weighted }) => (weighted !== null && weighted.codes !== null ? [weighted] : []));
  if (coded.length === 0) return 'full precision, 32 bits a weight';
  const others = floats.length === 0 ? '' : `; ${floats.join(', ')} at full precision`;
  if (!coded.every(({ codes }) => codes?.plain)) {
    return `FleXOR, ${encryptedBitsPerWeight(layers).toFixed(3)} bits a weight${others}`;
  }
  const planes = [...new Set(coded.map(({ codes }) => codes!.q))].sort((a, b) => a - b);
  return `plain ${planes.join(' and ')}-bit: M⊕ is the identity, the stored bits are the weight bits${others}`;
}

function topology({ layers }: Inventory): string {
  const rows = layers.map((layer) => [
    layer.name,
    layer.kind,
    layer.inputs.join(', '),
    layer.outputShape.join('×'),
    layer.kernel === null ? '' : layer.kernel.join('×'),
    layer.stride === null ? '' : layer.stride.join('×'),
    layer.padding === null ? '' : layer.padding.join(' '),
    then(layer),
    layer.range === null ? '' : range(layer.range),
  ]);
  return `${formatTable([['layer', 'kind', 'input', 'output', 'kernel', 'stride', 'padding', 'then', 'range'], ...rows])}\n`;
}

function then({ weighted, relu }: LayerInventory): string {
  const parts = [weighted?.bias ? 'bias' : '', weighted?.batchNorm ? 'batch norm' : '', relu ? 'ReLU' : ''];
  return parts.filter((part) => part !== '').join(', ');
}

function storage({ layers, totals }: Inventory): string {
  const rows = layers.flatMap(({ name, weighted }) =>
    weighted === null
      ? []
      : [
          [
            name,
            ...(weighted.codes === null ? ['', '', '', 'float'] : codeColumns(weighted.codes)),
            weighted.bitsPerWeight.toFixed(3),
            formatCount(weighted.weights),
            formatCount(weighted.encryptedBits),
            ...(totals.floatBits > 0 ? [formatCount(weighted.floatBits)] : []),
            formatCount(weighted.matrixBits),
            formatCount(weighted.alphaBits),
            formatCount(weighted.biasBits + weighted.batchNormBits),
          ],
        ],
  );
  const sum = [
    'total',
    '',
    '',
    '',
    '',
    totals.bitsPerWeight.toFixed(3),
    formatCount(totals.weights),
    formatCount(totals.encryptedBits),
    ...(totals.floatBits > 0 ? [formatCount(totals.floatBits)] : []),
    formatCount(totals.matrixBits),
    formatCount(totals.alphaBits),
    formatCount(totals.biasBits + totals.batchNormBits),
  ];
  const names = ['layer', 'q', 'N_in', 'N_out', 'N_tap', 'bits/weight', 'weights', 'encrypted bits'];
  if (totals.floatBits > 0) names.push('float bits');
  return `${formatTable([[...names, 'M⊕ bits', 'α bits', 'bias+norm bits'], ...rows, sum])}\n`;
}

function codeColumns({ q, nIn, nOut, plain, nTap }: CodesInventory): string[] {
  const taps = plain ? 'identity' : nTap === null ? 'mixed' : String(nTap);
  return [String(q), String(nIn), String(nOut), taps];
}

function totals({ totals: t }: Inventory): string {
  return [
    `float weights      ${formatCount(t.floatWeightBits)} bits (32 a weight, without biases and batch norm)`,
    `weights only       ${t.compression.weights.toFixed(2)}× smaller (encrypted bits, layers at full precision at 32 bits a weight)`,
    `as the paper       ${t.compression.paper.toFixed(2)}× smaller (Table 5: 32 bits a weight and bias against encrypted bits, α and layers at full precision but the last)`,
    `with M⊕ and α      ${t.compression.weightsMatrixAlpha.toFixed(2)}× smaller (also each M⊕ once, and α at 32 bits)`,
    `everything         ${t.compression.everything.toFixed(2)}× smaller (also biases and batch norm, on both sides)`,
  ].join('\n');
}

function range([min, max]: readonly [number, number]): string {
  return `${Number(min.toPrecision(4))} to ${Number(max.toPrecision(4))}`;
}
