/** `flexor import`: a model from an ONNX or QONNX file. */
import type { Command } from 'commander';
import { importModel, ImportProblems, type ImportRequest } from '../../app/import.js';
import { importText, problemTable } from '../tables/import.js';
import { integer, listOf, real } from '../options/values.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { imported as importedJson } from '../schemas/models.js';

interface Options extends Omit<ImportRequest, 'classes'> {
  readonly classes?: readonly string[];
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command
    .argument('<graph>', 'ONNX or QONNX file (.onnx)')
    .optionsGroup(GROUPS.output)
    .requiredOption('-o, --output <file>', 'model file to write (.flexor)')
    .optionsGroup(GROUPS.network)
    .option(
      '--verify <n>',
      'random inputs on which graph, float and integer network are compared',
      integer(0, 10_000),
      4,
    )
    .option(
      '--inputs <file>',
      'inputs to compare besides, [N, ...] as .npy: pixels as bytes, or the numbers that the graph takes',
    )
    .option('--seed <n>', 'seed of the random inputs', integer(0), 1)
    .option(
      '--mean <list>',
      'the graph takes (p/255 - mean)/std of a pixel p; one number or one a channel',
      listOf(real(-1e6)),
      [0],
    )
    .option('--std <list>', 'see --mean', listOf(real(1e-6)), [1])
    .option('--dataset <name>', 'data set that the model is for, e.g. mnist', 'unknown')
    .option('--classes <list>', 'names of the classes', (text: string) => text.split(','))
    .optionsGroup(GROUPS.output)
    .option('--json', 'print JSON');
  addHelp(
    command,
    [],
    [
      'flexor import TFC_1W1A.onnx -o tfc.flexor --dataset mnist',
      'flexor import TFC_1W1A.onnx -o tfc.flexor --inputs images.npy --verify 0',
      'flexor import model.onnx -o model.flexor --verify 20 --mean 0.49,0.48,0.45 --std 0.25,0.24,0.26',
    ],
  ).action(run);
}

function run(path: string, { classes, json, ...request }: Options): void {
  try {
    const result = importModel(path, { ...request, classes: classes ?? null });
    if (!json) return printLine(importText(result, request.output));
    const { model, notes, verification } = result;
    printJson<Output<typeof importedJson>>({
      schema: 'flexor.import/2',
      model: model.name,
      nodes: model.nodes.length,
      notes,
      verification,
    });
  } catch (error) {
    if (error instanceof ImportProblems) printLine(problemTable(error.problems));
    throw error;
  }
}
