/** `flexor build-native`: builds the native addons for this machine. */
import type { Command } from 'commander';
import { buildNativeAddons, type NativeBuild } from '../../app/build-native.js';
import { FlexorError } from '../../base/errors.js';
import { printJson, printLine, type Output } from '../terminal/print.js';
import { addHelp, GROUPS } from '../options/help.js';
import type { buildNative as buildNativeJson } from '../schemas/training.js';

const TITLES: Readonly<Record<NativeBuild['name'], string>> = {
  train: 'native training engine',
  simulate: 'native simulator',
};

interface Options {
  readonly cache?: string;
  readonly json?: boolean;
}

/** Adds options, help and action. */
export function define(command: Command): void {
  command
    .optionsGroup(GROUPS.output)
    .option('--cache <dir>', 'folder of cached builds (default: FLEXOR_CACHE, else build/cache)')
    .optionsGroup(GROUPS.output)
    .option('--json', 'print JSON');
  addHelp(
    command,
    [
      "Needs a C++ compiler and Node's headers, and for training oneDNN 2 (Debian: g++, libdnnl-dev). Without " +
        'the addons training runs on another engine and the simulator on WebAssembly, more slowly. A checkout ' +
        'builds them in npm run setup.',
    ],
    ['flexor build-native'],
  ).action(async ({ cache, json }: Options) => {
    const builds = await buildNativeAddons(cache);
    if (json) printJson<Output<typeof buildNativeJson>>({ schema: 'flexor.build-native/1', builds });
    else builds.forEach(({ name, addon }) => addon !== null && printLine(`${TITLES[name]}: ${addon}`));
    const refused = builds.filter(({ addon }) => addon === null);
    if (refused.length === 0) return;
    throw new FlexorError('tool', refused.map(({ name, reason }) => `no ${TITLES[name]}: ${reason}`).join('; '));
  });
}
