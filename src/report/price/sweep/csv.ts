/** A sweep as CSV: a line a row, every figure of it. */
import type { SweepReport, SweepRow } from './types.js';

/** Column → value; nothing where there is none. */
function cells(row: SweepRow): readonly (readonly [string, string | number | null])[] {
  return [
    ['taps', row.taps],
    ['n_out', row.nOut],
    ['n_in', row.nIn],
    ['ratio', row.ratio],
    ['distinct_rows', row.distinctRows],
    ['xor_gates_chains', row.naiveGates],
    ['xor_gates', row.gates],
    ['xor_depth', row.depth],
    ['circuit_nand2', row.circuit.nand2],
    ['circuit_um2', row.circuit.asic],
    ['circuit_luts', row.circuit.xcup],
    ['copies', row.slices],
    ['register_bits', row.registerBits],
    ['decryptor_nand2', row.decryptor.nand2],
    ['decryptor_um2', row.decryptor.asic],
    ['decryptor_luts', row.decryptor.xcup],
    ['decryptor_nand2_per_weight_bit', row.perWeightBit.nand2],
    ['decryptor_um2_per_weight_bit', row.perWeightBit.asic],
    ['decryptor_luts_per_weight_bit', row.perWeightBit.xcup],
    ['share_um2', row.share.asic],
    ['share_luts', row.share.xcup],
    ['saved_sram_um2_per_weight', row.savedUm2PerWeight.sram],
    ['saved_rom_um2_per_weight', row.savedUm2PerWeight.rom],
    ['break_even_weights_sram', row.breakEvenWeights.sram],
    ['break_even_weights_rom', row.breakEvenWeights.rom],
  ];
}

export function sweepCsv({ rows }: SweepReport): string {
  const lines = rows.map((row) =>
    cells(row).map(([, value]) => (typeof value === 'number' ? rounded(value) : (value ?? ''))),
  );
  const header = rows.slice(0, 1).map((row) => cells(row).map(([name]) => name));
  return [...header, ...lines].map((line) => `${line.join(',')}\n`).join('');
}

/** Six digits behind the point, without trailing zeros. */
function rounded(value: number): string {
  return String(Number(value.toFixed(6)));
}
