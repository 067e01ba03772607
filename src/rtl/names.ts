/**
 * Names of modules, instances, streams and files. Layer names come from the model and stay as they are; one that would
 * clash with what the generator needs itself, or with an earlier layer, gets underscores behind it, so that appending a
 * layer renames nothing. Case does not tell names apart: where file systems ignore it, modules of two layers would share
 * a file.
 */
import { verilogName } from './text.js';

/** Modules of hw/ and the simulation top begin so. */
const LIBRARY_PREFIX = 'flexor';

/** What the top module has besides layers: its own name and the instances around them (templates/top.v.hbs). */
const TAKEN = ['top', 'axis_in', 'axis_keep', 'input_fifo', 'classifier', 'output_fifo', 'registers', 'loader'];

/** What the modules of XOR circuits are called behind the model's name (xor-modules.ts). */
const XOR_NAME = /^xor_\d+_\d+(_\d+)?$/i;

export interface DesignNames {
  /** Verilog-safe name of the model: the prefix of every generated module. */
  readonly model: string;
  readonly topModule: string;
  /** Per node, in order: its name in the names of instances, modules, streams and memory files. */
  readonly layers: readonly string[];
  readonly layerModules: readonly string[];
}

export function designNames(modelName: string, nodeNames: readonly string[]): DesignNames {
  const plain = verilogName(modelName);
  const model = plain === LIBRARY_PREFIX || plain.startsWith(`${LIBRARY_PREFIX}_`) ? `net_${plain}` : plain;
  const layers = distinct(nodeNames);
  return { model, topModule: `${model}_top`, layers, layerModules: layers.map((layer) => `${model}_${layer}`) };
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
