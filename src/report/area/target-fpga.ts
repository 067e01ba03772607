/** FPGA targets: the `synth_*` command of Yosys for each family, and what its cells count as. */
import { JOIN } from './target-rule.js';
import type { CellCount, Hierarchy, TargetRule } from './target-rule.js';

function counts(table: readonly (readonly [RegExp, CellCount])[]): TargetRule['count'] {
  return (type) => table.find(([pattern]) => pattern.test(type))?.[1] ?? null;
}

/** A family's own script ends with cells: there modules that were kept apart are joined, for whole paths. */
function joined(command: string, hierarchy: Hierarchy): string {
  return [command, ...(hierarchy === 'flat' ? [...JOIN, 'opt_clean'] : [])].join('\n');
}

function xilinx(title: string, family: 'xcup' | 'xc7'): TargetRule {
  return {
    title: `${title} (synth_xilinx -family ${family})`,
    library: null,
    files: new Map(),
    family: null,
    estimated: family === 'xcup',
    // I/O and clock buffers belong to a whole chip.
    synthesise: (top, hierarchy) =>
      joined(
        `synth_xilinx -family ${family}${hierarchy === 'kept' ? '' : ' -flatten'} -noiopad -noclkbuf -top ${top}`,
        hierarchy,
      ),
    logic: ['LUT?', 'MUXF?', 'CARRY?', 'INV'],
    count: counts([
      [/^LUT[1-6]$/, { luts: 1 }],
      [/^INV$/, { inverters: 1 }],
      [/^(MUXF[789]|CARRY[48])$/, {}],
      [/^(FD[RSCP]E|LD[CP]E)$/, { flipFlops: 1 }],
      [/^RAMB18E[12]$/, { blockRams: 1 }],
      [/^RAMB36E[12]$/, { blockRams: 2 }],
      [/^DSP48E[12]$/, { multipliers: 1 }],
      [/^(RAM(32|64)X1S|SRL16E|SRLC(16|32)E)$/, { lutRams: 1 }],
      [/^(RAM(32|64)X1D|RAM128X1S)$/, { lutRams: 2 }],
      [/^(RAM128X1D|RAM256X1S|RAM(32|64)M)$/, { lutRams: 4 }],
      [/^(RAM256X1D|RAM512X1S|RAM32M16|RAM64M8)$/, { lutRams: 8 }],
    ]),
  };
}

export const XCUP = xilinx('Xilinx UltraScale+', 'xcup');
export const XC7 = xilinx('Xilinx 7 series', 'xc7');

export const ICE40: TargetRule = {
  title: 'Lattice iCE40 HX (synth_ice40, no multipliers)',
  library: null,
  files: new Map(),
  family: 'ice40',
  estimated: false,
  synthesise: (top, hierarchy) =>
    joined(`synth_ice40${hierarchy === 'kept' ? ' -noflatten' : ''} -top ${top}`, hierarchy),
  logic: ['SB_LUT4', 'SB_CARRY'],
  count: counts([
    [/^SB_LUT4$/, { luts: 1 }],
    [/^SB_CARRY$/, {}],
    [/^SB_DFF\w*$/, { flipFlops: 1 }],
    [/^SB_RAM40_4K\w*$/, { blockRams: 1 }],
  ]),
};

export const ECP5: TargetRule = {
  title: 'Lattice ECP5 (synth_ecp5)',
  library: null,
  files: new Map(),
  family: 'ecp5',
  estimated: false,
  synthesise: (top, hierarchy) =>
    joined(`synth_ecp5${hierarchy === 'kept' ? ' -noflatten' : ''} -top ${top}`, hierarchy),
  logic: ['LUT4', 'PFUMX', 'L6MUX21', 'CCU2C'],
  count: counts([
    [/^LUT4$/, { luts: 1 }],
    // Two LUT4 with carry.
    [/^CCU2C$/, { luts: 2 }],
    [/^(PFUMX|L6MUX21)$/, {}],
    [/^TRELLIS_FF$/, { flipFlops: 1 }],
    [/^DP16KD$/, { blockRams: 1 }],
    [/^MULT18X18D$/, { multipliers: 1 }],
    // 16×4 bits in the four LUT4 of two slices; the slice that drives their write port is not counted.
    [/^TRELLIS_DPR16X4$/, { lutRams: 4 }],
  ]),
};
