/**
 * Names of modules and instances. Layer names come from the model and stay as they are, so that appending a layer renames
 * nothing; only those that the generator needs itself get an underscore.
 */
import { verilogName } from './text.js';

/** Modules of hw/ and the simulation top begin so. */
const LIBRARY_PREFIX = 'flexor';

/** What the top module has besides layers: its own name and the instances around them (templates/top.v.hbs). */
const TAKEN = /^(top|axis_in|input_fifo|classifier|output_fifo)_*$/;

export interface DesignNames {
  /** Verilog-safe name of the model: the prefix of every generated module. */
  readonly model: string;
  readonly topModule: string;
  /** Per node, in order: its name in instance and module names. */
  readonly layers: readonly string[];
  readonly layerModules: readonly string[];
}

export function designNames(modelName: string, nodeNames: readonly string[]): DesignNames {
  const plain = verilogName(modelName);
  const model = plain === LIBRARY_PREFIX || plain.startsWith(`${LIBRARY_PREFIX}_`) ? `net_${plain}` : plain;
  // One underscore more keeps different names different.
  const layers = nodeNames.map((name) => (TAKEN.test(name) ? `${name}_` : name));
  return { model, topModule: `${model}_top`, layers, layerModules: layers.map((layer) => `${model}_${layer}`) };
}
