/**
 * What a network file leaves to another one and to its own defaults, worked out before the content is checked
 * (docs/networks.md): `extends` takes the layers of a built-in network or of another file, `changes` and `insert` change
 * them, `defaults` fill in fields of layers by their kind.
 */
import { dirname, join } from 'node:path';
import { FlexorError } from '../../base/errors.js';
import { isObject, printable, readJson, shown } from '../../base/json.js';
import { packageFile } from '../../base/places.js';
import { readYaml } from '../../base/yaml.js';

/** Networks with training recipes of their own, which lie as files in `networks/`. */
export const NETWORKS = ['lenet5', 'resnet20', 'resnet32', 'resnet18'] as const;
export type NetworkName = (typeof NETWORKS)[number];

/** Files that extend each other. */
const MOST_FILES = 8;
/** Fields that are no part of a plain description. */
const COMPOSING = ['extends', 'defaults', 'changes', 'insert'];

/** Whether a name is that of a network file. */
export function isNetworkFile(name: string): boolean {
  return /\.(json|ya?ml)$/i.test(name);
}

/** Path of the file of a built-in network. */
export function builtInFile(name: NetworkName): string {
  return packageFile('networks', `${name}.yaml`);
}

/** The content of a network file, with what it takes from elsewhere in its place; not checked yet. */
export function readComposed(path: string, extending: readonly string[] = []): unknown {
  if (extending.length >= MOST_FILES) {
    throw problem(extending[0]!, 'extends', `must end after at most ${MOST_FILES} files, got ${extending.join(' → ')}`);
  }
  const value = /\.json$/i.test(path) ? readJson(path, 'data') : readYaml(path, 'data');
  if (!isObject(value)) return value;
  const base = baseOf(value, path, [...extending, path]);
  const layers = base === null ? value['layers'] : base['layers'];
  if (base !== null && value['layers'] !== undefined) {
    throw problem(path, 'layers', "must be left out beside extends; use 'changes' and 'insert'");
  }
  if (base === null && (value['changes'] !== undefined || value['insert'] !== undefined)) {
    throw problem(path, 'changes and insert', 'need extends: the network that is changed');
  }
  const own = Object.fromEntries(Object.entries(value).filter(([key]) => !COMPOSING.includes(key)));
  const defaults = defaultsOf(value, path);
  const composed = !Array.isArray(layers)
    ? layers
    : base === null
      ? filled(layers, defaults)
      : changed(layers, value, defaults, path);
  return { ...base, ...own, ...(composed === undefined ? {} : { layers: composed }) };
}

function problem(path: string, field: string, rule: string): FlexorError {
  return new FlexorError('data', `${path}: ${field}: ${rule}`);
}

function baseOf(
  value: Record<string, unknown>,
  path: string,
  extending: readonly string[],
): Record<string, unknown> | null {
  const name = value['extends'];
  if (name === undefined) return null;
  const builtIn = NETWORKS.find((network) => network === name);
  const file = typeof name === 'string' && isNetworkFile(name) ? join(dirname(path), name) : null;
  if (builtIn === undefined && file === null) {
    throw problem(path, 'extends', `must be ${NETWORKS.join(', ')} or a network file, got ${shown(name)}`);
  }
  const base = readComposed(builtIn === undefined ? file! : builtInFile(builtIn), extending);
  if (isObject(base)) return base;
  throw problem(path, 'extends', 'must name a file that describes a network');
}

type Fields = Record<string, unknown>;

function defaultsOf(value: Fields, path: string): Readonly<Record<string, Fields>> {
  const defaults = value['defaults'] ?? {};
  if (isObject(defaults) && Object.values(defaults).every(isObject)) return defaults as Record<string, Fields>;
  throw problem(path, 'defaults', `must give fields by the kind of layer, got ${shown(defaults)}`);
}

/** Layers with the fields that they leave out. */
function filled(layers: readonly unknown[], defaults: Readonly<Record<string, Fields>>): unknown[] {
  return layers.map((layer) => {
    if (!isObject(layer)) return layer;
    const kind = layer['kind'];
    const own = typeof kind === 'string' && Object.hasOwn(defaults, kind) ? defaults[kind] : undefined;
    return own === undefined ? layer : { ...own, ...layer };
  });
}

/** The layers of the base with fields replaced, layers removed (null) and others put in behind them. */
function changed(
  layers: readonly unknown[],
  value: Fields,
  defaults: Readonly<Record<string, Fields>>,
  path: string,
): unknown[] {
  const changes = byLayer(
    value,
    'changes',
    layers,
    path,
    (change) => change === null || isObject(change),
    'fields, or null to remove it',
  );
  const insert = byLayer(value, 'insert', layers, path, Array.isArray, 'a list of layers');
  return layers.flatMap((layer): unknown[] => {
    const name = nameOf(layer);
    const change = name === null ? undefined : changes.get(name);
    const kept =
      change === null ? [] : [change === undefined ? layer : { ...(layer as Fields), ...(change as Fields) }];
    const more = name === null ? undefined : insert.get(name);
    return more === undefined ? kept : [...kept, ...filled(more as unknown[], defaults)];
  });
}

function nameOf(layer: unknown): string | null {
  const name = isObject(layer) ? layer['name'] : undefined;
  return typeof name === 'string' ? name : null;
}

/** What a field says of layers, by their names. */
function byLayer(
  value: Fields,
  field: string,
  layers: readonly unknown[],
  path: string,
  isRight: (content: unknown) => boolean,
  what: string,
): Map<string, unknown> {
  const content = value[field] ?? {};
  if (!isObject(content)) throw problem(path, field, `must give layers by name ${what}, got ${shown(content)}`);
  const names = layers.map(nameOf);
  for (const [name, each] of Object.entries(content)) {
    if (!names.includes(name)) {
      const known = printable(names.filter((known) => known !== null).join(', '), 300);
      throw problem(path, `${field}.${printable(name)}`, `must name a layer of the network that is extended: ${known}`);
    }
    if (!isRight(each)) throw problem(path, `${field}.${printable(name)}`, `must be ${what}, got ${shown(each)}`);
  }
  return new Map(Object.entries(content));
}
