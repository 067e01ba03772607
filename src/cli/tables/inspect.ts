/** What `flexor inspect` says: the model, its layers, how its weights are stored, M⊕, and what all of it saves. */
import type { Inspection } from '../../app/inspect.js';
import { formatCount, formatPercent } from '../../base/format.js';
import type { CodesInventory, Inventory, LayerInventory, StoredRates } from '../../model/inventory.js';
import { formatTable } from '../../base/table.js';
import { histogramTable } from './histogram.js';
import { xorTable } from './xor.js';

/** Everything that the command prints. */
export function inspectText({ inventory, bitsPerWeight, rates, xor }: Inspection): string {
  return [
    heading(inventory, bitsPerWeight, rates),
    topology(inventory),
    storage(inventory),
    `${xorTable(xor)}\n`,
    histogramTable(inventory),
    totals(inventory),
  ].join('\n');
}

function heading(
  { name, digest, input, classes, provenance, layers }: Inventory,
  bitsPerWeight: number,
  rates: StoredRates | null,
): string {
  const { recipe, dataset, seed, testAccuracy, testImages, notes } = provenance;
  const accuracy = testAccuracy === null ? 'not stated' : formatPercent(testAccuracy);
  const on = testAccuracy !== null && testImages !== null ? ` on ${formatCount(testImages)} test images` : '';
  const lines = [
    `model     ${name}`,
    `digest    ${digest}`,
    `input     ${input.shape.join('×')}, (p/255 − mean)/std with mean ${input.mean.join(', ')} and std ${input.std.join(', ')}; range ${range(input.range)}`,
    `classes   ${classes.length}: ${classes.join(', ')}`,
    `weights   ${encoding(layers, bitsPerWeight)}`,
    `recipe    ${recipe}`,
    `data set  ${dataset}${seed === null ? '' : `, seed ${seed}`}`,
    `accuracy  ${accuracy}${on} (float, as stated by the file)`,
  ];
  if (rates !== null) lines.push(...ratesText(rates));
  if (notes !== '') lines.push(`notes     ${notes}`);
  return `${lines.join('\n')}\n`;
}

/** Where the stored rate is not the whole story: trained with more bits, or with bits that cannot matter. */
function ratesText({ stored, nominal, compacted, deadBits }: StoredRates): string[] {
  const lines: string[] = [];
  if (nominal > stored) {
    lines.push(
      `stored    ${stored.toFixed(3)} bits a weight, compacted without loss from ${nominal.toFixed(3)} in training`,
    );
  }
  if (deadBits > 0) {
    lines.push(
      `warning   the rank of M⊕ is below N_in: ${formatCount(deadBits)} stored bits cannot matter; ` +
        `flexor compact stores ${compacted.toFixed(3)} bits a weight and changes no decrypted bit`,
    );
  }
  return lines;
}

/** What the weights are called: plain binary codes have no M⊕ to speak of. */
function encoding(layers: Inventory['layers'], bitsPerWeight: number): string {
  const floats = layers.flatMap(({ name, weighted }) => (weighted !== null && weighted.codes === null ? [name] : []));
  const coded = layers.flatMap(({ weighted }) => (weighted !== null && weighted.codes !== null ? [weighted] : []));
  if (coded.length === 0) return 'full precision, 32 bits a weight';
  const others = floats.length === 0 ? '' : `; ${floats.join(', ')} at full precision`;
  if (!coded.every(({ codes }) => codes?.plain)) {
    return `FleXOR, ${bitsPerWeight.toFixed(3)} bits a weight${others}`;
  }
  const planes = [...new Set(coded.map(({ codes }) => codes!.q))].sort((a, b) => a - b);
  return `plain ${planes.join(' and ')}-bit: M⊕ is the identity, the stored bits are the weight bits${others}`;
}

/** Columns that few models need are there where a layer has something other than 1 to show. */
function topology({ layers }: Inventory): string {
  const dilations = layers.map(({ dilation }) => (dilation?.some((d) => d > 1) ? dilation.join('×') : ''));
  const groups = layers.map((layer) => ((layer.groups ?? 1) > 1 ? String(layer.groups) : ''));
  const columns: readonly (readonly [title: string, cells: readonly string[]])[] = [
    ['layer', layers.map(({ name }) => name)],
    ['kind', layers.map(({ kind }) => kind)],
    ['input', layers.map(({ inputs }) => inputs.join(', '))],
    ['output', layers.map(({ outputShape }) => outputShape.join('×'))],
    ['kernel', layers.map(({ kernel }) => kernel?.join('×') ?? '')],
    ['stride', layers.map(({ stride }) => stride?.join('×') ?? '')],
    ['padding', layers.map(({ padding }) => padding?.join(' ') ?? '')],
    ...(dilations.some((text) => text !== '') ? [['dilation', dilations] as const] : []),
    ...(groups.some((text) => text !== '') ? [['groups', groups] as const] : []),
    ['then', layers.map(then)],
    ['range', layers.map((layer) => (layer.range === null ? '' : range(layer.range)))],
  ];
  const rows = layers.map((_, i) => columns.map(([, cells]) => cells[i]!));
  return `${formatTable([columns.map(([title]) => title), ...rows])}\n`;
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
