/** Options of every command that generates hardware: fold, registers, XOR circuits. */
import type { Command } from 'commander';
import { DEFAULT_CIRCUIT } from '../../app/choices.js';
import { addFoldOptions } from './fold.js';
import { integer, wordOr } from './values.js';
import { GROUPS } from './help.js';

/** Adds the options of the fold, --axi-lite, --xor-depth, --xor-iterations and --xor-seed. */
export function addGenerationOptions(command: Command): Command {
  const { seed, iterations, depth } = DEFAULT_CIRCUIT;
  return addFoldOptions(command)
    .optionsGroup(GROUPS.hardware)
    .option('--axi-lite', 'add AXI4-Lite registers: identity, counters of frames and stalls, errors, reset')
    .option(
      '--xor-depth <d>',
      "most XOR gates on a path through M⊕: a number, 'shallow' (balanced trees and one more) or 'free'",
      wordOr(['shallow', 'free'] as const, integer(0, 512)),
      depth,
    )
    .option('--xor-iterations <n>', 'steps of the search for few XOR gates', integer(0, 100_000_000), iterations)
    .option('--xor-seed <n>', 'seed of that search', integer(0, 4_294_967_295), seed);
}
