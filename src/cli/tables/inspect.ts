/** What `flexor inspect` says: the model, its layers, how its weights are stored, M⊕, and what all of it saves. */
import type { Inspection } from '../../app/inspect.js';
import { formatCount, formatPercent } from '../../base/format.js';
import type { CodesInventory, Inventory, LayerInventory, StoredRates } from '../../model/inventory.js';
import { histogramTable } from './histogram.js';
import { formatTable, optional } from './table.js';
import { facts, type Fact } from '../terminal/text.js';
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
  { name, digest, input, classes, data, provenance, layers }: Inventory,
  bitsPerWeight: number,
  rates: StoredRates | null,
): string {
  const { recipe, dataset, seed, testAccuracy, testImages, notes } = provenance;
  const accuracy = testAccuracy === null ? 'not stated' : formatPercent(testAccuracy);
  const on = testAccuracy !== null && testImages !== null ? ` on ${formatCount(testImages)} test images` : '';
  const scale = `mean ${numbers(input.mean)} and std ${numbers(input.std)}`;
  const lines: Fact[] = [
    ['model', name],
    ['digest', digest],
    ['input', `${input.shape.join('×')}, (p/255 − mean)/std with ${scale}; range ${range(input.range)}`],
    ['classes', `${classes.length}: ${classes.join(', ')}`],
    ['weights', encoding(layers, bitsPerWeight)],
    ['recipe', recipe, 'command'],
    ['data set', `${dataset}${seed === null ? '' : `, seed ${seed}`}${dataText(data)}`],
    ['accuracy', `${accuracy}${on} (float, as stated by the file)`],
  ];
  if (rates !== null) lines.push(...ratesText(rates));
  if (notes !== '') lines.push(['notes', notes]);
  return `${facts(lines)}\n`;
}

/** Most numbers of a list that are printed: a table has one a column. */
const MOST_NUMBERS = 4;

function numbers(values: readonly number[]): string {
  if (values.length <= MOST_NUMBERS) return values.join(', ');
  return `${values.slice(0, MOST_NUMBERS - 1).join(', ')}, … (${values.length}; --json has all)`;
}

/** Which test data the accuracy was measured on, and how they were read. */
function dataText(data: Inventory['data']): string {
  if (data === null) return '';
  const label = data.label === undefined ? '' : `, class in column ${data.label}`;
  const size = data.imageSize === undefined ? '' : `, images resized to ${data.imageSize.join('×')}`;
  return `, test data of SHA-256 ${data.digest.slice(0, 12)}…${label}${size}`;
}

/** Where the stored rate is not the whole story: trained with more bits, or with bits that cannot matter. */
function ratesText({ stored, nominal, compacted, deadBits }: StoredRates): Fact[] {
  const lines: Fact[] = [];
  if (nominal > stored) {
    lines.push([
      'stored',
      `${stored.toFixed(3)} bits a weight, compacted without loss from ${nominal.toFixed(3)} in training`,
    ]);
  }
  if (deadBits > 0) {
    lines.push([
      'warning',
      `the rank of M⊕ is below N_in: ${formatCount(deadBits)} stored bits cannot matter; ` +
        `flexor compact stores ${compacted.toFixed(3)} bits a weight and changes no decrypted bit`,
    ]);
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
  const rows = layers.map((layer) => [
    layer.name,
    layer.kind,
    layer.inputs.join(', '),
    layer.outputShape.join('×'),
    layer.kernel === null ? '' : layer.kernel.join('×'),
    layer.stride === null ? '' : layer.stride.join('×'),
    layer.padding?.join(' ') ?? '',
    layer.dilation?.some((d) => d > 1) ? layer.dilation.join('×') : '',
    (layer.groups ?? 1) > 1 ? String(layer.groups) : '',
    then(layer),
    layer.range === null ? '' : range(layer.range),
  ]);
  const headings = [
    ...['layer', 'kind', optional(3, 'input'), 'output', 'kernel', optional(4, 'stride')],
    ...[optional(2, 'padding'), optional(5, 'dilation'), optional(6, 'groups'), 'then', optional(1, 'range')],
  ];
  return `${formatTable(headings, rows)}\n`;
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
            totals.floatBits > 0 ? formatCount(weighted.floatBits) : '',
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
    totals.floatBits > 0 ? formatCount(totals.floatBits) : '',
    formatCount(totals.matrixBits),
    formatCount(totals.alphaBits),
    formatCount(totals.biasBits + totals.batchNormBits),
  ];
  const headings = [
    ...['layer', optional(4, 'q'), 'N_in', 'N_out', optional(5, 'N_tap'), 'bits a weight', 'weights', 'encrypted bits'],
    ...['float bits', optional(1, 'M⊕ bits'), optional(2, 'α bits'), optional(3, 'bias+norm bits')],
  ];
  return `${formatTable(headings, [...rows, sum])}\n`;
}

function codeColumns({ q, nIn, nOut, plain, nTap }: CodesInventory): string[] {
  const taps = plain ? 'identity' : nTap === null ? 'mixed' : String(nTap);
  return [String(q), String(nIn), String(nOut), taps];
}

function totals({ totals: t }: Inventory): string {
  const { weights, paper, weightsMatrixAlpha, everything } = t.compression;
  const smaller = (times: number, counted: string): string => `${times.toFixed(2)}× smaller (${counted})`;
  return facts([
    ['float weights', `${formatCount(t.floatWeightBits)} bits (32 a weight, without biases and batch norm)`],
    ['weights only', smaller(weights, 'encrypted bits, layers at full precision at 32 bits a weight')],
    [
      'as the paper',
      smaller(
        paper,
        'Table 5: 32 bits a weight and bias against encrypted bits, α and layers at full precision but the last',
      ),
    ],
    ['with M⊕ and α', smaller(weightsMatrixAlpha, 'also each M⊕ once, and α at 32 bits')],
    ['everything', smaller(everything, 'also biases and batch norm, on both sides')],
  ]);
}

function range([min, max]: readonly [number, number]): string {
  return `${Number(min.toPrecision(4))} to ${Number(max.toPrecision(4))}`;
}
