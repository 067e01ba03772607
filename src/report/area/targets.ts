/**
 * Synthesis targets: the commands of Yosys for each, and how its cells count. Every cell type that a design may become is
 * listed here; one that is not is an error, never a cell that the report silently leaves out.
 */
import { invariant } from '../../base/errors.js';
import type { AreaTarget, Resources } from './types.js';

export interface TargetRule {
  readonly title: string;
  /** Commands from an elaborated design to cells. */
  synthesise(top: string): string;
  /** Cells that are combinational: a path through them is logic depth. */
  readonly logic: readonly string[];
  /** What one cell of a type stands for; the first pattern that fits counts. */
  readonly cells: readonly (readonly [RegExp, Partial<Resources>])[];
}

/** Memories of at most so many words become flip-flops or logic where the target is gates: a RAM macro would not pay. */
const GATES_SMALL_MEMORY_WORDS = 16;

/** Areas in NAND2 of the Nangate 45 nm Open Cell Library at drive strength X1 (NAND2_X1 = 0.798 µm²). */
const NAND2 = { not: 0.67, nand: 1, and: 1.33, xor: 2, mux: 2.33, flipFlop: 5.67 } as const;

const XILINX_CELLS: TargetRule['cells'] = [
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
];

function xilinx(title: string, family: 'xcup' | 'xc7'): TargetRule {
  return {
    title: `${title} (synth_xilinx -family ${family})`,
    synthesise: (top) => `synth_xilinx -family ${family} -flatten -noiopad -noclkbuf -top ${top}`,
    logic: ['LUT?', 'MUXF?', 'CARRY?', 'INV'],
    cells: XILINX_CELLS,
  };
}

const ICE40: TargetRule = {
  title: 'Lattice iCE40 HX (synth_ice40, no multipliers)',
  synthesise: (top) => `synth_ice40 -top ${top}`,
  logic: ['SB_LUT4', 'SB_CARRY'],
  cells: [
    [/^SB_LUT4$/, { luts: 1 }],
    [/^SB_CARRY$/, {}],
    [/^SB_DFF\w*$/, { flipFlops: 1 }],
    [/^SB_RAM40_4K\w*$/, { blockRams: 1 }],
  ],
};

const ECP5: TargetRule = {
  title: 'Lattice ECP5 (synth_ecp5)',
  synthesise: (top) => `synth_ecp5 -top ${top}`,
  logic: ['LUT4', 'PFUMX', 'L6MUX21', 'CCU2C'],
  cells: [
    [/^LUT4$/, { luts: 1 }],
    // Two LUT4 with carry.
    [/^CCU2C$/, { luts: 2 }],
    [/^(PFUMX|L6MUX21)$/, {}],
    [/^TRELLIS_FF$/, { flipFlops: 1 }],
    [/^DP16KD$/, { blockRams: 1 }],
    [/^MULT18X18D$/, { multipliers: 1 }],
    // 16×4 bits in the four LUT4 of two slices; the slice that drives their write port is not counted.
    [/^TRELLIS_DPR16X4$/, { lutRams: 4 }],
  ],
};

const GATES: TargetRule = {
  title: 'gates of two inputs and multiplexers; memories kept as bits',
  synthesise: (top) =>
    [
      `synth -flatten -run begin:fine -top ${top}`,
      `memory_map t:$mem_v2 r:SIZE<=${GATES_SMALL_MEMORY_WORDS} %i`,
      'opt -undriven -fine',
      'techmap',
      // Enables and resets are gates here, so flip-flops are plain; opt must not fold them back.
      'opt -fast -nodffe -nosdff',
      'dfflegalize -cell $_DFF_P_ x',
      'opt -fast -nodffe -nosdff',
      'abc -g AND,NAND,OR,NOR,XOR,XNOR,MUX',
      'opt_clean',
    ].join('\n'),
  logic: ['$_NOT_', '$_AND_', '$_NAND_', '$_OR_', '$_NOR_', '$_XOR_', '$_XNOR_', '$_MUX_'],
  cells: [
    [/^\$_NOT_$/, { nand2: NAND2.not }],
    [/^\$_(NAND|NOR)_$/, { nand2: NAND2.nand }],
    [/^\$_(AND|OR)_$/, { nand2: NAND2.and }],
    [/^\$_(XOR|XNOR)_$/, { nand2: NAND2.xor }],
    [/^\$_MUX_$/, { nand2: NAND2.mux }],
    [/^\$_DFF_P_$/, { nand2: NAND2.flipFlop, flipFlops: 1 }],
    // Their bits come from the dump of memories.
    [/^\$mem_v2$/, {}],
  ],
};

const RULES: Readonly<Record<AreaTarget, TargetRule>> = {
  xcup: xilinx('Xilinx UltraScale+', 'xcup'),
  xc7: xilinx('Xilinx 7 series', 'xc7'),
  ecp5: ECP5,
  ice40: ICE40,
  // Cells of the Liberty file follow.
  asic: GATES,
  gates: GATES,
};

export function targetRule(target: AreaTarget): TargetRule {
  return RULES[target];
}

export const NO_RESOURCES: Resources = {
  luts: 0,
  lutRams: 0,
  inverters: 0,
  flipFlops: 0,
  blockRams: 0,
  multipliers: 0,
  nand2: 0,
  logicUm2: 0,
  memoryUm2: 0,
  romBits: 0,
  ramBits: 0,
};

/** Sum, resource by resource. */
export function sumResources(list: readonly Resources[]): Resources {
  const sum = { ...NO_RESOURCES } as Record<keyof Resources, number>;
  for (const each of list) for (const key of Object.keys(sum) as (keyof Resources)[]) sum[key] += each[key];
  return sum;
}

/** Resources that cells of a target stand for. Cells of Yosys's own that are no hardware do not count. */
export function classify(target: AreaTarget, cells: Readonly<Record<string, number>>): Resources {
  const sum = { ...NO_RESOURCES } as Record<keyof Resources, number>;
  for (const [type, count] of Object.entries(cells)) {
    if (type === '$scopeinfo') continue;
    const rule = RULES[target].cells.find(([pattern]) => pattern.test(type));
    invariant(rule !== undefined, `cell type ${type} of target ${target} has no entry in the area report`);
    for (const [key, each] of Object.entries(rule[1])) sum[key as keyof Resources] += each * count;
  }
  return sum;
}
