/** Targets without look-up tables: gates of two inputs, and the cells of a Liberty file. Large memories stay memories. */
import { FlexorError } from '../../base/errors.js';
import type { Library } from './liberty/library.js';
import { JOIN } from './target-rule.js';
import type { Hierarchy, TargetRule } from './target-rule.js';

/** Memories of at most so many words become flip-flops or logic: a macro would not pay. */
const SMALL_MEMORY_WORDS = 16;

/** Areas in NAND2 of the Nangate 45 nm Open Cell Library at drive strength X1 (NAND2_X1 = 0.798 µm²). */
const NAND2 = { not: 0.67, nand: 1, and: 1.33, xor: 2, mux: 2.33, flipFlop: 5.67 } as const;

const LIBERTY = 'cells.lib';
const ABC_SCRIPT = 'abc.script';

/** From an elaborated design to gates, ready for ABC. */
function toGates(top: string, hierarchy: Hierarchy): string[] {
  return [
    `synth ${hierarchy === 'kept' ? '' : '-flatten '}-run begin:fine -top ${top}`,
    `memory_map t:$mem_v2 r:SIZE<=${SMALL_MEMORY_WORDS} %i`,
    'opt -undriven -fine',
    'techmap',
    ...(hierarchy === 'flat' ? JOIN : []),
    // Enables and resets are gates here, so flip-flops are plain; opt must not fold them back.
    'opt -fast -nodffe -nosdff',
  ];
}

function gatesCommands(top: string, hierarchy: Hierarchy): string {
  return [
    ...toGates(top, hierarchy),
    'dfflegalize -cell $_DFF_P_ x',
    'opt -fast -nodffe -nosdff',
    'abc -g AND,NAND,OR,NOR,XOR,XNOR,MUX',
    'opt_clean',
  ].join('\n');
}

const GATE_COUNTS: readonly (readonly [RegExp, Readonly<Record<'nand2', number>>])[] = [
  [/^\$_NOT_$/, { nand2: NAND2.not }],
  [/^\$_(NAND|NOR)_$/, { nand2: NAND2.nand }],
  [/^\$_(AND|OR)_$/, { nand2: NAND2.and }],
  [/^\$_(XOR|XNOR)_$/, { nand2: NAND2.xor }],
  [/^\$_MUX_$/, { nand2: NAND2.mux }],
];

export const GATES: TargetRule = {
  title: 'gates of two inputs and multiplexers; memories kept as bits',
  library: null,
  files: new Map(),
  family: null,
  estimated: false,
  synthesise: gatesCommands,
  logic: ['$_NOT_', '$_AND_', '$_NAND_', '$_OR_', '$_NOR_', '$_XOR_', '$_XNOR_', '$_MUX_'],
  count: (type) => {
    // Their bits come from the dump of memories.
    if (type === '$mem_v2') return {};
    if (type === '$_DFF_P_') return { nand2: NAND2.flipFlop, flipFlops: 1 };
    return GATE_COUNTS.find(([pattern]) => pattern.test(type))?.[1] ?? null;
  },
};

/** Cells of a Liberty file; ABC maps for area, splits large fan-outs where there is a buffer, and reports the delay. */
export function cellLibrary(library: Library): TargetRule {
  return {
    title: `cells of ${library.name}; memories by bits and density`,
    library,
    files: new Map([
      [LIBERTY, library.text],
      [ABC_SCRIPT, abcScript(library)],
    ]),
    family: null,
    estimated: false,
    synthesise: (top, hierarchy) =>
      [
        ...toGates(top, hierarchy),
        `dfflibmap -liberty ${LIBERTY}`,
        'opt -fast -nodffe -nosdff',
        `abc -liberty ${LIBERTY} -script ${ABC_SCRIPT}`,
        'opt_clean',
      ].join('\n'),
    // Yosys knows no directions of their pins; depth comes from ABC.
    logic: [],
    count: (type) => {
      if (type === '$mem_v2') return {};
      const cell = library.cells.get(type);
      if (cell === undefined) return null;
      const { areaUm2, flipFlop } = cell;
      if (areaUm2 === null) throw new FlexorError('data', `${library.path}: cell ${type} has no area`);
      return { logicUm2: areaUm2, nand2: areaUm2 / library.nand2Um2, flipFlops: flipFlop ? 1 : 0 };
    },
  };
}

/** As Yosys's own script for Liberty files without a delay target, then buffers and static timing. */
function abcScript(library: Library): string {
  const optimise = ['strash', '&get -n', '&fraig -x', '&put', 'scorr', 'dc2', 'strash', '&get -n', '&dch -f'];
  const map = ['&nf', '&put', ...(library.buffers ? ['buffer -c'] : []), 'topo', 'print_stats', 'stime'];
  return `${[...optimise, ...map].join('\n')}\n`;
}
