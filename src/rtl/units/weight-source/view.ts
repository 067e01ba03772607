/** What instances of all weight sources bind: the words that they give, and when their banks change. */
import type { WeightedPlan } from '../../layers/types.js';
import { loadedBanks } from '../../weight-memory.js';
import type { LayerFiles, MemoryPart } from '../../views/layer-files.js';
import { namedStream, streamWires, type NamedValues } from '../../views/instances.js';

/** The stream of encrypted words. */
export const WORD = namedStream('word');

export function wordWires({ memory }: WeightedPlan): string[] {
  return streamWires(WORD.data, memory.wordBits);
}

export const WORD_CONNECTIONS: NamedValues = [
  ['word_valid_o', WORD.valid],
  ['word_ready_i', WORD.ready],
  ['word_o', WORD.data],
];

export function wordParameters({ memory }: WeightedPlan): NamedValues {
  const { wordBits, rowBits, rowsPerWord, rows } = memory;
  return [
    ['WordBits', wordBits],
    ['RowBits', rowBits],
    ['RowsPerWord', rowsPerWord],
    ['Rows', rows],
  ];
}

/** Parameters of what is loaded, and changes with the frame. */
export function frameParameters({ pixels, weights }: WeightedPlan, { frameBits }: LayerFiles): NamedValues {
  return [
    ['Pixels', pixels],
    ['FrameBits', frameBits],
    ['Banks', loadedBanks(weights)],
  ];
}

/** The file of a memory. */
export function fileParameter({ memories }: LayerFiles, part: MemoryPart, name = 'MemFile'): NamedValues {
  return [[name, memories.get(part)!]];
}
