/** `flexor minimise-xor`: a small circuit of XOR gates for a matrix over GF(2). */
import type { Command } from 'commander';
import { minimiseXorFile, type MinimiseXorRequest } from '../../app/minimise-xor.js';
import { formatCount } from '../../base/format.js';
import { integer } from '../options/values.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { minimiseXor as minimiseXorJson } from '../schemas/models.js';

interface Options extends Omit<MinimiseXorRequest, 'outputs'> {
  readonly output?: readonly string[];
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command
    .argument('<matrix>', 'rows of 0 and 1, one a line (# begins a comment), or a file of flexor design-xor')
    .optionsGroup(GROUPS.search)
    .option('--depth <n>', 'most gates on any path', integer(0, 512))
    .option('--iterations <n>', 'steps of each search', integer(0, 100_000_000), 20_000)
    .option('--restarts <n>', 'searches with seeds of their own; the best one counts', integer(1, 10_000), 8)
    .option('--seed <n>', 'seed of the first search', integer(0, 4_000_000_000), 1)
    .option('--module <name>', 'name of the Verilog module', 'xor_circuit')
    .optionsGroup(GROUPS.output)
    .option('-o, --output <file...>', 'write the circuit: .v Verilog, .json gates and outputs, .svg a drawing')
    .option('--json', 'print JSON');
  addHelp(
    command,
    [
      'The same matrix, options and seed give the same circuit, and every circuit is checked against its matrix ' +
        'before it is written. docs/xor.md explains the search.',
    ],
    [
      'flexor minimise-xor matrix.txt --restarts 20 -o circuit.v circuit.svg',
      'flexor minimise-xor matrix.json --depth 4 --json | jq .gateCount',
    ],
  ).action((path: string, { output, json, ...options }: Options) => {
    const { matrix, circuit, files } = minimiseXorFile(path, { ...options, outputs: output ?? [] });
    const { gateCount, depth, naiveGateCount } = circuit;
    if (json === true)
      return printJson<Output<typeof minimiseXorJson>>({
        schema: 'flexor.minimise-xor/1',
        nIn: matrix.nIn,
        nOut: matrix.nOut,
        gateCount,
        depth,
        naiveGateCount,
        files,
      });
    printLine(
      `${matrix.nOut}×${matrix.nIn}: ${formatCount(gateCount)} XOR gates, depth ${depth} ` +
        `(a chain for every row: ${formatCount(naiveGateCount)})`,
    );
    for (const file of files) printLine(`wrote ${file}`);
  });
}
