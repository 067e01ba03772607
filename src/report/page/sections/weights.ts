/** Every M⊕ with its gates, and how the stored bits are spread. */
import { formatCount, formatPercent, formatShort } from '../../../base/format.js';
import type { EncryptedHistogram } from '../../../model/types.js';
import type { MatrixFigures, ModelFigures, PlaneFigures } from '../../figures/types.js';
import { columnChart } from '../charts/columns.js';
import { matrixDrawing, MAX_DRAWN_CELLS } from '../drawings/matrix.js';
import { MAX_DRAWN_SIGNALS, circuitDrawing } from '../drawings/circuit.js';
import { COLOURS } from '../theme.js';
import { note, table } from '../view.js';
import type { Block, ChartBlock, Section } from '../view.js';

/** Columns of gates that fit half the width of a desktop. */
const MAX_HALF_DEPTH = 3;

export function matrixSection({ matrices }: ModelFigures, id: string): Section {
  const rows = matrices.map(({ planes, nIn, nOut, properties: p, gates, naiveGates, depth }) => [
    planes.join(', '),
    ...[nIn, nOut, p.distinctRows, p.rank].map(String),
    ...[p.rowDistance, p.codeDistance].map(
      ({ min, mean }) => `${min ?? '–'} / ${mean === null ? '–' : mean.toFixed(2)}`,
    ),
    ...[gates.length, naiveGates, depth].map(String),
  ]);
  const distances = ['row distance, least / mean', 'code distance, least / mean'];
  const head = ['M⊕ of', 'N_in', 'N_out', 'different rows', 'rank', ...distances, 'XOR gates', 'as chains', 'depth'];
  return {
    id: `${id}-xor`,
    title: 'M⊕ and its gates',
    lead: 'Every row of M⊕ says which encrypted bits make one weight bit; the gates are those of the generated decryptor.',
    blocks: [table('Properties', head, rows), ...matrices.flatMap(matrixBlocks)],
  };
}

function matrixBlocks(matrix: MatrixFigures): Block[] {
  const { planes, nIn, nOut, gates, depth } = matrix;
  const name = `M⊕ of ${planes.join(', ')}`;
  if (nIn * nOut > MAX_DRAWN_CELLS) return [note(`${name}: ${nOut}×${nIn} is too large to draw.`)];
  const heat: Block = {
    kind: 'drawing',
    title: name,
    half: true,
    note: 'Right: taps of a row. Below: outputs that use an encrypted bit.',
    drawings: [{ name: 'any', svg: matrixDrawing(matrix) }],
  };
  if (nIn + gates.length + nOut > MAX_DRAWN_SIGNALS) {
    return [heat, note(`${name}: ${formatCount(gates.length)} gates of depth ${depth} are too many to draw.`)];
  }
  const net: Block = {
    kind: 'drawing',
    title: `Gates of ${planes.join(', ')}`,
    half: depth <= MAX_HALF_DEPTH,
    note: `${formatCount(gates.length)} XOR gates, depth ${depth}. Encrypted bits x on the left, weight bits y on the right.`,
    drawings: [{ name: 'any', svg: circuitDrawing(matrix) }],
  };
  return [heat, net];
}

export function bitsSection({ planes }: ModelFigures, id: string): Section {
  const rows = planes.map(({ name, encryptedBits, encryptedOnes, weightBits, weightOnes }) => [
    name,
    ...[encryptedBits, encryptedOnes].map(formatCount),
    formatPercent(encryptedOnes / encryptedBits),
    formatCount(weightBits),
    formatPercent(weightOnes / weightBits),
  ]);
  const trained = planes.some(({ histogram }) => histogram !== null);
  return {
    id: `${id}-bits`,
    title: 'Encrypted weights',
    lead: trained
      ? 'How far the trained encrypted weights were from the sign that they were stored as, and how the stored bits are spread.'
      : 'The file does not carry the trained real-valued encrypted weights, only their signs: this is what the bits say.',
    blocks: [
      // Alone in its row, so that the two charts of a plane stand side by side.
      {
        ...table('Stored bits', ['plane', 'encrypted bits', 'ones', 'share', 'weight bits', 'of +α'], rows),
        half: false,
      },
      ...planes.flatMap((plane, i) => [
        ...(plane.histogram === null ? [] : [histogramChart(plane, plane.histogram, `${id}-histogram-${i}`)]),
        sliceChart(plane, `${id}-slices-${i}`),
      ]),
    ],
  };
}

function histogramChart({ name }: PlaneFigures, histogram: EncryptedHistogram, id: string): ChartBlock {
  const { limit, below, counts, above } = histogram;
  const half = counts.length / 2;
  const width = limit / half;
  return columnChart({
    id,
    title: `${name}: trained encrypted weights`,
    note: `Bins of ${formatShort(width)} from −${limit} to ${limit}; ${formatCount(below)} lie below and ${formatCount(above)} above.`,
    labels: counts.map((_, i) => formatShort((i + 0.5 - half) * width).replace('-', '−')),
    counts,
    colours: counts.map((_, i) => (i < half ? COLOURS.memory : COLOURS.flexor)),
    legend: [
      { name: 'stored as 0', colour: COLOURS.memory },
      { name: 'stored as 1', colour: COLOURS.flexor },
    ],
    axis: 'encrypted weight',
    limit,
  });
}

function sliceChart({ name, onesPerSlice, fairOnesPerSlice }: PlaneFigures, id: string): ChartBlock {
  return columnChart({
    id,
    title: `${name}: ones in a slice`,
    note: 'Line: what fair coins would give.',
    labels: onesPerSlice.map((_, ones) => String(ones)),
    counts: onesPerSlice,
    colours: onesPerSlice.map(() => COLOURS.memory),
    legend: [],
    axis: 'ones',
    line: { name: 'fair coins', values: fairOnesPerSlice },
  });
}
