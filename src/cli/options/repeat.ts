/** Command lines that make the figures of a report again, from the options that were given. Free of folders. */
import { basename } from 'node:path';
import type { Command, Option } from 'commander';
import { ENERGY_IMAGES } from '../../app/choices.js';

/** Options that say where things lie or how fast work is done, not what comes out. */
const WITHOUT_EFFECT = ['cache', 'workers', 'jobs', 'timeout', 'keep', 'json', 'output'];
/** Options whose value is a file or a folder. */
const FILES = ['data', 'fold', 'liberty'];

const LOWERING = ['activationBits', 'multiplierBits', 'inputBits'];
const GENERATION = ['fold', 'targetFps', 'clockMhz', 'clockCheck', 'xorDepth', 'xorIterations', 'xorSeed'];
const DATA = ['data', 'dataset', 'label', 'layout', 'imageSize'];
const IMAGES = [...DATA, 'images'];
const EVALUATION = ['rtlImages', 'stalls', 'seed'];
const SYNTHESIS = ['liberty', 'yosys'];

/** The report itself, then the commands that give its parts for one of the models. */
export function commandsFor(command: Command, paths: readonly string[], path: string): string[] {
  const given = command.options.filter(
    (option) =>
      command.getOptionValueSource(option.attributeName()) === 'cli' &&
      !WITHOUT_EFFECT.includes(option.attributeName()),
  );
  const values = command.opts<Record<string, unknown>>();
  const out = basename(String(values['output']));
  const words = (names: readonly string[] | null): string =>
    given
      .filter((option) => names === null || names.includes(option.attributeName()))
      .map((option) => ` ${word(option, values[option.attributeName()])}`)
      .join('');
  const model = quote(basename(path));
  const generation = [...LOWERING, ...GENERATION];
  const parts = [
    `flexor report ${paths.map((each) => quote(basename(each))).join(' ')}${words(null)} -o ${quote(out)}`,
    `flexor inspect ${model}`,
    `flexor gen-rtl ${model}${words(generation)} -o rtl`,
    `flexor compare ${model}${words([...IMAGES, ...generation, ...EVALUATION])}`,
  ];
  if (values['area'] === true) {
    parts.push(`flexor area ${model} --plain${words([...generation, 'target', ...SYNTHESIS])}`);
    const target = ` --target ${String(values['target'])}`;
    parts.push(`flexor price ${model}${target}${energyImages(values)}${words([...DATA, ...generation, ...SYNTHESIS])}`);
  }
  return parts;
}

/** `price` takes few images by default; a report of fewer has no more for it. */
function energyImages({ images }: Record<string, unknown>): string {
  return typeof images === 'number' && images < ENERGY_IMAGES ? ` --images ${images}` : '';
}

function word(option: Option, value: unknown): string {
  const flag = option.long!;
  if (typeof value === 'boolean') return flag;
  if (Array.isArray(value)) return `${flag} ${value.join('x')}`;
  return `${flag} ${quote(FILES.includes(option.attributeName()) ? basename(String(value)) : String(value))}`;
}

/** A word of a shell's command line. */
function quote(word: string): string {
  return /^[\w./:,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
