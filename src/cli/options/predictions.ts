/** Options that write what a network says of test images. */
import type { Command } from 'commander';
import { GROUPS } from './help.js';

/** Adds --logits where `what` says which, and --predictions. */
export function addPredictionOptions(command: Command, what?: string): Command {
  command.optionsGroup(GROUPS.output);
  if (what !== undefined) command.option('--logits <file>', `write ${what}, [images, classes], as .npy`);
  return command.option('--predictions [file]', 'write the class of every image as CSV, or print it');
}
