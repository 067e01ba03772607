/** The table of `flexor price-sweep`. */
import { formatCount, formatFrom, formatPercent } from '../../base/format.js';
import type { SweepReport, SweepRow } from '../../report/price/sweep/types.js';
import { formatTable } from '../../base/table.js';

const HEADER = [
  ...['taps', 'N_out', 'N_in', 'bit/weight', 'different rows', 'XOR chains', 'gates', 'depth'],
  ...['network NAND2', 'µm²', 'LUT', 'copies', 'decryptor NAND2', 'µm²', 'LUT', 'LUT/bit', 'of µm²', 'of LUT'],
  ...['SRAM saved µm²/weight', 'pays from weights', 'in ROM'],
];

/** What was set against what, then a line a kind of M⊕. */
export function sweepTable(report: SweepReport): string {
  const { request, plainRegister: plain, referenceLayer, memoryUm2PerBit } = report;
  const { pe, seeds } = request;
  const { logic } = referenceLayer;
  return [
    `decryptor  one lane, ${pe} weight bits a cycle; figures are medians of ${seeds} matrices`,
    `plain      a register of ${pe} bits: ${sizes(plain)}`,
    `of         ${referenceLayer.title}, PE ${pe}, SIMD 1: ${sizes(logic)}`,
    `memory     SRAM ${memoryUm2PerBit.sram.toFixed(2)}, ROM ${memoryUm2PerBit.rom.toFixed(2)} µm² a bit; library ${report.library}`,
    `tool       ${report.yosysVersion}`,
    '',
    formatTable([HEADER, ...report.rows.map(line)]),
  ].join('\n');
}

function sizes({ asic, nand2, xcup }: SweepReport['plainRegister']): string {
  return `${whole(asic)} µm², ${whole(nand2)} NAND2, ${whole(xcup)} LUT`;
}

function line(row: SweepRow): string[] {
  const { circuit, decryptor } = row;
  return [
    String(row.taps),
    String(row.nOut),
    String(row.nIn),
    (row.nIn / row.nOut).toFixed(3),
    whole(row.distinctRows),
    whole(row.naiveGates),
    whole(row.gates),
    whole(row.depth),
    ...[circuit.nand2, circuit.asic, circuit.xcup].map(whole),
    String(row.slices),
    ...[decryptor.nand2, decryptor.asic, decryptor.xcup].map(whole),
    row.perWeightBit.xcup.toFixed(2),
    formatPercent(row.share.asic),
    formatPercent(row.share.xcup),
    row.savedUm2PerWeight.sram.toFixed(2),
    formatFrom(row.breakEvenWeights.sram),
    formatFrom(row.breakEvenWeights.rom),
  ];
}

function whole(n: number): string {
  return formatCount(Math.round(n));
}
