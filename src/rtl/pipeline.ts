/**
 * The pipeline of a weighted layer: what of a fold says how many registers are on its paths. More of them are latency, and no
 * cycle a frame. Which of them a clock asks for is decided in timing/choose.ts.
 */
import type { WeightedNode } from './lanes.js';
import type { LayerFold, PipelineRegister } from './types.js';

/** Registers that a layer may have besides those that are always there, in the order in which lists name them. @internal */
export const PIPELINE_REGISTERS = ['address', 'load', 'product'] as const satisfies readonly PipelineRegister[];

/** Levels of adders between two registers where a fold says nothing. */
export const DEFAULT_TREE_LEVELS = 2;

/** Levels of adders over the lanes from one register to the next. */
export function treeLevelsOf({ treeLevels }: LayerFold): number {
  return treeLevels ?? DEFAULT_TREE_LEVELS;
}

export function isDefaultPipeline(fold: LayerFold): boolean {
  return treeLevelsOf(fold) === DEFAULT_TREE_LEVELS && (fold.registers ?? []).length === 0;
}

/** 1 where the layer has the register, else 0: as parameters of hw/ and counts of stages want it. */
export function registerOf({ registers }: LayerFold, register: PipelineRegister): 0 | 1 {
  return registers?.includes(register) ? 1 : 0;
}

/** 1 where a register stands between weight source and the register of weight bits: that of the fold, or where words are held. */
export function loadStage(fold: LayerFold, holdsWords: boolean): 0 | 1 {
  return holdsWords ? 1 : registerOf(fold, 'load');
}

/** The rule that the pipeline of a fold breaks; null where the layer may have it. */
export function pipelineRule(node: WeightedNode, fold: LayerFold): string | null {
  const { treeLevels, registers = [], decryptor } = fold;
  if (treeLevels !== undefined && !(Number.isInteger(treeLevels) && treeLevels >= 1)) {
    return `treeLevels must be an integer of at least 1, got ${treeLevels}`;
  }
  if (new Set(registers).size < registers.length) return `registers must name each once, got ${registers.join(', ')}`;
  if (decryptor === 'hold' && registers.includes('load')) {
    return `the register 'load' is for words that are shifted out; those of the decryptor 'hold' are in a register already`;
  }
  if (node.kind !== 'dense' || !registers.includes('address')) return null;
  return `a dense layer has no window, whose addresses the register 'address' is for`;
}
