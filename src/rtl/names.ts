/**
 * Names of modules, instances, streams and files. Layer names come from the model and stay as they are; one that would
 * clash with what the generator needs itself, or with an earlier layer, gets underscores behind it, so that appending a
 * layer renames nothing. Case does not tell names apart: where file systems ignore it, modules of two layers would share
 * a file.
 */
import { FlexorError } from '../base/errors.js';
import { verilogName } from './text.js';

/** Modules of hw/ and the simulation top begin so. */
const LIBRARY_PREFIX = 'flexor';

/** What the top module has besides layers: its own name and the instances around them (templates/top.v.hbs). */
const TAKEN = ['top', 'axis_in', 'axis_keep', 'input_fifo', 'classifier', 'output_fifo', 'registers', 'loader'];

/** What the modules of XOR circuits are called behind the model's name (xor-modules.ts). */
const XOR_NAME = /^xor_\d+_\d+(_\d+)?$/i;

/** What a prefix may be: `PREFIX_top` is then no word of the language, and a file name everywhere. */
const PREFIX = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;

export interface DesignNames {
  /** Begins the name of every generated module: the prefix that was asked for, else the model's name, safe for Verilog. */
  readonly model: string;
  readonly topModule: string;
  /** Per node, in order: its name in the names of instances, modules, streams and memory files. */
  readonly layers: readonly string[];
  readonly layerModules: readonly string[];
  /** Begins the names of memory files: empty without a prefix, as each design has a folder of its own. */
  readonly filePrefix: string;
}

/** Names of a design; with a prefix they differ from those of every design of another prefix. */
export function designNames(
  modelName: string,
  nodeNames: readonly string[],
  prefix: string | null = null,
): DesignNames {
  const model = prefix === null ? modelPrefix(modelName) : checkedPrefix(prefix);
  const layers = distinct(nodeNames);
  return {
    model,
    topModule: `${model}_top`,
    layers,
    layerModules: layers.map((layer) => `${model}_${layer}`),
    filePrefix: prefix === null ? '' : `${prefix}_`,
  };
}

function modelPrefix(modelName: string): string {
  const plain = verilogName(modelName);
  return isLibraryName(plain) ? `net_${plain}` : plain;
}

function checkedPrefix(prefix: string): string {
  if (PREFIX.test(prefix) && !isLibraryName(prefix.toLowerCase())) return prefix;
  throw new FlexorError(
    'usage',
    `prefix '${prefix}' must be a letter and up to 31 letters, digits and underscores, and not begin with ` +
      `'${LIBRARY_PREFIX}_', as the library's modules do`,
  );
}

function isLibraryName(name: string): boolean {
  return name === LIBRARY_PREFIX || name.startsWith(`${LIBRARY_PREFIX}_`);
}

function distinct(nodeNames: readonly string[]): string[] {
  const used = new Set([...TAKEN.map(instance), ...identifiers('input')]);
  return nodeNames.map((name) => {
    let layer = XOR_NAME.test(name) ? `${name}_` : name;
    while (identifiers(layer).some((identifier) => used.has(identifier))) layer += '_';
    for (const identifier of identifiers(layer)) used.add(identifier);
    return layer;
  });
}

/** What stands in the top module for a layer, in lower case: its instance, a fork behind it, and the wires of both. */
function identifiers(layer: string): string[] {
  const name = layer.toLowerCase();
  return [name, forkName(name)].flatMap((each) => [instance(each), `${each}_valid`, `${each}_ready`, `${each}_data`]);
}

/** Name of the fork of a layer's stream, where several layers read it. */
export function forkName(layer: string): string {
  return `${layer}_fork`;
}

function instance(name: string): string {
  return `u_${name}`;
}
