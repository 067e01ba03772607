/** `flexor inspect`: what a model file holds and what it takes to store it. */
import type { Command } from 'commander';
import { inspectModel } from '../../app/inspect.js';
import { inspectText } from '../tables/inspect.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { inspect as inspectJson } from '../schemas/models.js';

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command.argument('<model>', 'model file (.flexor)').optionsGroup(GROUPS.output).option('--json', 'print JSON');
  addHelp(
    command,
    [],
    ['flexor inspect models/lenet5-mnist-0.6.flexor', 'flexor inspect model.flexor --json | jq .totals'],
  ).action((path: string, options: { json?: boolean }) => {
    const inspection = inspectModel(path);
    const { inventory, xor } = inspection;
    if (!options.json) return printLine(inspectText(inspection));
    printJson<Output<typeof inspectJson>>({
      schema: 'flexor.inspect/1',
      ...inventory,
      xor: xor.map(({ layer, plane, properties }) => ({ layer, plane, ...properties })),
    });
  });
}
