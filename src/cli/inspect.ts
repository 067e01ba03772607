/** `flexor inspect`: what a model file holds and what it takes to store it. */
import type { Command } from 'commander';
import { loadModel } from '../model/read.js';
import { inventory } from '../model/inventory.js';
import type { Inventory, WeightedInventory } from '../model/inventory.js';
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
  return model.nodes.flatMap((node) =>
    node.kind !== 'conv' && node.kind !== 'dense'
      ? []
      : node.weights.planes.map(({ matrix }, plane) => {
          const key = matrixRows(matrix).join(' ');
          const properties = known.get(key) ?? xorProperties(matrix);
          known.set(key, properties);
          const name = node.weights.planes.length === 1 ? node.name : `${node.name}, plane ${plane}`;
          return { name, layer: node.name, plane, matrix, properties };
        }),
  );
}

function heading({ name, digest, input, classes, provenance, layers, totals }: Inventory): string {
  const { recipe, dataset, seed, testAccuracy, testImages, notes } = provenance;
  const accuracy = testAccuracy === null ? 'not stated' : formatPercent(testAccuracy);
  const on = testAccuracy !== null && testImages !== null ? ` on ${formatCount(testImages)} test images` : '';
  const lines = [
    `model     ${name}`,
    `digest    ${digest}`,
    `input     ${input.shape.join('×')}, (p/255 − mean)/std with mean ${input.mean.join(', ')} and std ${input.std.join(', ')}; range ${range(input.range)}`,
    `classes   ${classes.length}: ${classes.join(', ')}`,
    `weights   ${encoding(layers, totals.bitsPerWeight)}`,
    `recipe    ${recipe}`,
    `data set  ${dataset}${seed === null ? '' : `, seed ${seed}`}`,
    `accuracy  ${accuracy}${on} (float, as stated by the file)`,
  ];
  if (notes !== '') lines.push(`notes     ${notes}`);
  return `${lines.join('\n')}\n`;
}

/** What the weights are called: plain binary codes have no M⊕ to speak of. */
function encoding(layers: Inventory['layers'], bitsPerWeight: number): string {
  const weighted = layers.flatMap((layer) => layer.weighted ?? []);
  if (!weighted.every(({ plain }) => plain)) return `FleXOR, ${bitsPerWeight.toFixed(3)} bits a weight`;
  const planes = [...new Set(weighted.map(({ q }) => q))].sort((a, b) => a - b);
  return `plain ${planes.join(' and ')}-bit: M⊕ is the identity, the stored bits are the weight bits`;
}

function topology({ layers }: Inventory): string {
  const rows = layers.map((layer) => [
    layer.name,
    layer.kind,
    layer.input,
    layer.outputShape.join('×'),
    layer.kernel === null ? '' : layer.kernel.join('×'),
    layer.stride === null ? '' : layer.stride.join('×'),
    layer.padding === null ? '' : layer.padding.join(' '),
    layer.weighted === null ? '' : afterWeights(layer.weighted),
    layer.weighted === null ? '' : range(layer.weighted.range),
  ]);
  return `${formatTable([['layer', 'kind', 'input', 'output', 'kernel', 'stride', 'padding', 'then', 'range'], ...rows])}\n`;
}

function afterWeights({ bias, batchNorm, relu }: WeightedInventory): string {
  const parts = [bias ? 'bias' : '', batchNorm ? 'batch norm' : '', relu ? 'ReLU' : ''];
  return parts.filter((part) => part !== '').join(', ');
}

function storage({ layers, totals }: Inventory): string {
  const rows = layers.flatMap(({ name, weighted }) =>
    weighted === null
      ? []
      : [
          [
            name,
            String(weighted.q),
            String(weighted.nIn),
            String(weighted.nOut),
            taps(weighted),
            weighted.bitsPerWeight.toFixed(3),
            formatCount(weighted.weights),
            formatCount(weighted.encryptedBits),
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
    formatCount(totals.matrixBits),
    formatCount(totals.alphaBits),
    formatCount(totals.biasBits + totals.batchNormBits),
  ];
  const names = ['layer', 'q', 'N_in', 'N_out', 'N_tap', 'bits/weight', 'weights', 'encrypted bits'];
  return `${formatTable([[...names, 'M⊕ bits', 'α bits', 'bias+norm bits'], ...rows, sum])}\n`;
}

function taps({ plain, nTap }: WeightedInventory): string {
  if (plain) return 'identity';
  return nTap === null ? 'random' : String(nTap);
}

function totals({ totals: t }: Inventory): string {
  return [
    `float weights      ${formatCount(t.floatWeightBits)} bits (32 a weight, without biases and batch norm)`,
    `weights only       ${t.compression.weights.toFixed(2)}× smaller (encrypted bits)`,
    `as the paper       ${t.compression.paper.toFixed(2)}× smaller (Table 5: 32 bits a weight and bias against encrypted bits and α)`,
    `with M⊕ and α      ${t.compression.weightsMatrixAlpha.toFixed(2)}× smaller (encrypted bits, each M⊕ once, α at 32 bits)`,
    `everything         ${t.compression.everything.toFixed(2)}× smaller (also biases and batch norm, on both sides)`,
  ].join('\n');
}

function range([min, max]: readonly [number, number]): string {
  return `${Number(min.toPrecision(4))} to ${Number(max.toPrecision(4))}`;
}
