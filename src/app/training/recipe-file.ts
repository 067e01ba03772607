/**
 * Recipe files: many training runs, each written as options of `flexor train`. What a run needs is its own options behind
 * those of all; later ones win.
 */
import { z } from 'zod';
import { FlexorError } from '../../base/errors.js';
import { readJson } from '../../base/json.js';
import { shippedFile } from '../../base/places.js';
import { chooseNetwork } from './network.js';
import type { TrainConfig } from '../../train/run/config.js';
import { chooseSource, type Source } from './data.js';
import { configuration, type ConfigFlags } from './configuration.js';

const RECIPE = z.strictObject({
  title: z.string().min(1),
  /** The network and the options that all runs share. */
  options: z.string().min(1),
  seeds: z
    .array(z.number().int().min(0))
    .min(1)
    .refine((seeds) => new Set(seeds).size === seeds.length, 'names a seed twice'),
  runs: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        options: z.string(),
        /** The run, named in front of this one, whose model this one starts from (`--init` of flexor train). */
        init: z.string().optional(),
        /** The run in front of this one whose model this one learns from, too (`--distil`). */
        distil: z.string().optional(),
        /** Test accuracy in the paper, in per cent; null where it gives none. */
        paper: z.number().min(0).max(100).nullable(),
      }),
    )
    .min(1),
});
export type Recipe = z.infer<typeof RECIPE>;

export function readRecipe(path: string): Recipe {
  const json = readJson(shippedFile(path), 'data');
  const { success, data, error } = RECIPE.safeParse(json);
  if (!success) {
    const [issue] = error.issues;
    throw new FlexorError('data', `${path}: ${issue!.path.join('.') || 'recipe'}: ${issue!.message}`);
  }
  const names = data.runs.map((run) => fileName(run.name));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new FlexorError('data', `${path}: runs: two runs would be called ${twice}`);
  data.runs.forEach(({ name, init, distil }, i) => {
    for (const [from, how] of [
      [init, 'starts'],
      [distil, 'learns'],
    ] as const) {
      if (from === undefined || data.runs.slice(0, i).some((run) => run.name === from)) continue;
      throw new FlexorError('data', `${path}: runs: ${name} ${how} from ${from}, which is no run in front of it`);
    }
  });
  return data;
}

/** The part of a file's name that stands for a run. */
export function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9.]+/g, '-').replace(/^-+|-+$/g, '');
}

export interface PlannedRun {
  readonly name: string;
  readonly seed: number;
  /** Its `init` and `distil` are names of runs, as there is no digest before those runs are done. */
  readonly config: TrainConfig;
  readonly source: Source;
}

/** A training run as its words on the command line say; a wrong word is an error that begins with `where`. */
export type ParseRun = (where: string, words: readonly string[]) => { network: string; flags: ConfigFlags };

/** Every run, seed by seed; `more` are options that win over the recipe's. */
export function planRuns(
  path: string,
  recipe: Recipe,
  seeds: readonly number[],
  more: readonly string[],
  parse: ParseRun,
): PlannedRun[] {
  return seeds.flatMap((seed) =>
    recipe.runs.map(({ name, options, init, distil }) => {
      const words = `${recipe.options} ${options}`.split(' ').filter((word) => word !== '');
      const { network, flags } = parse(`${path}: run ${name}`, [...words, ...more, '--seed', String(seed)]);
      const choice = chooseNetwork(network);
      const source = chooseSource(choice.network, flags);
      return {
        name,
        seed,
        source,
        config: configuration(choice, flags, source, { init: init ?? null, distil: distil ?? null }),
      };
    }),
  );
}
