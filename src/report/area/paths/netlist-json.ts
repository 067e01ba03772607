/** The part of Yosys's `write_json` that paths need: cells, their connections, and the names of wires. */
import { FlexorError } from '../../../base/errors.js';
import { parseJson } from '../../../base/json.js';

/** A bit of a wire; strings are constants. */
export type Bit = number | string;

export interface NetlistCell {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly port_directions?: Readonly<Record<string, 'input' | 'output' | 'inout'>>;
  readonly connections: Readonly<Record<string, readonly Bit[]>>;
}

export interface NetlistJson {
  readonly ports: Readonly<Record<string, { readonly direction: string; readonly bits: readonly Bit[] }>>;
  readonly cells: Readonly<Record<string, NetlistCell>>;
  readonly netnames: Readonly<Record<string, { readonly hide_name: number; readonly bits: readonly Bit[] }>>;
}

/** One module of the text. */
export function readNetlistJson(text: string, top: string): NetlistJson {
  const wrong = (rule: string): FlexorError => new FlexorError('tool', `yosys write_json ${rule}`);
  const { modules } = parseJson(text, wrong) as { modules?: Record<string, NetlistJson> };
  const module = modules?.[top];
  if (module === undefined) throw wrong(`has no module ${top}`);
  return module;
}
