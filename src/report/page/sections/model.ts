/** What the model is. */
import { formatCount, formatPercent } from '../../../base/format.js';
import type { CodesInventory, LayerInventory } from '../../../model/inventory.js';
import { weightBitsText } from '../../figures/headlines.js';
import type { ModelFigures } from '../../figures/types.js';
import { table } from '../view.js';
import type { FactsBlock, Section, TableBlock } from '../view.js';

export function modelSection(figures: ModelFigures, id: string): Section {
  const { totals } = figures.inventory;
  return {
    id: `${id}-model`,
    title: 'Model',
    lead:
      `${formatCount(totals.weights)} weights in ${weightBitsText(totals)}: ` +
      `${totals.compression.weights.toFixed(1)} times smaller than 32-bit floats, ` +
      `${totals.compression.weightsMatrixAlpha.toFixed(1)} times with every M⊕ and α counted.`,
    blocks: [facts(figures), layers(figures.inventory.layers)],
  };
}

function facts({ inventory, lowering }: ModelFigures): FactsBlock {
  const { input, classes, provenance, digest } = inventory;
  const { recipe, dataset, seed, testAccuracy, testImages, notes } = provenance;
  const stated =
    testAccuracy === null
      ? 'not stated'
      : `${formatPercent(testAccuracy)}${testImages === null ? '' : ` on ${formatCount(testImages)} test images`} (float)`;
  return {
    kind: 'facts',
    facts: [
      { term: 'Input', text: `${input.shape.join('×')}, (p/255 − ${input.mean.join(', ')})/${input.std.join(', ')}` },
      { term: 'Classes', text: classes.join(', ') },
      {
        term: 'Lowered to',
        text: `${lowering.inputBits}-bit input, ${lowering.activationBits}-bit activations, ${lowering.multiplierBits}-bit multipliers`,
      },
      { term: 'Trained with', text: `${recipe}; ${dataset}${seed === null ? '' : `, seed ${seed}`}` },
      { term: 'Accuracy in the file', text: stated },
      ...(notes === '' ? [] : [{ term: 'Notes', text: notes }]),
      { term: 'SHA-256', text: digest },
    ],
  };
}

function layers(all: readonly LayerInventory[]): TableBlock {
  const head = [
    'layer',
    'kind',
    'output',
    'kernel',
    'q',
    'N_in → N_out',
    'taps',
    'weights',
    'encrypted bits',
    'bits/weight',
    'MACs a frame',
  ];
  return table('Layers', head, all.map(layer));
}

function layer({ name, kind, outputShape, kernel, stride, weighted }: LayerInventory): string[] {
  const steps = stride === null || stride.every((step) => step === 1) ? '' : ` /${stride[0]}`;
  const shape = [name, kind, outputShape.join('×'), kernel === null ? '' : `${kernel.join('×')}${steps}`];
  if (weighted === null) return shape;
  const { codes, weights, encryptedBits, bitsPerWeight, macs } = weighted;
  const counts = [weights, encryptedBits].map(formatCount);
  return [...shape, ...codeColumns(codes), ...counts, bitsPerWeight.toFixed(3), formatCount(macs)];
}

function codeColumns(codes: CodesInventory | null): string[] {
  if (codes === null) return ['', '', 'full precision'];
  const { q, nIn, nOut, nTap, plain, rank, nominalNIn } = codes;
  const dead = rank < nIn ? `, rank ${rank}` : '';
  const trained = nominalNIn > nIn ? `, trained with ${nominalNIn}` : '';
  return [String(q), `${nIn} → ${nOut}${dead}${trained}`, plain ? 'identity' : nTap === null ? 'mixed' : String(nTap)];
}
