/**
 * Instances of library modules as the templates print them: parameters, and connections to wires that are declared before
 * them. A layer's wrapper is a list of instances, each fed by the stream that the one before it makes.
 */
import { parameters, range, type Parameter } from './common.js';

export interface Connection {
  readonly name: string;
  readonly value: string;
  readonly last: boolean;
}

export interface InstanceView {
  /** Declarations in front of it, without the keyword: `[7:0] vector`. */
  readonly wires: readonly string[];
  /** Lines of comment, without the slashes. */
  readonly comments: readonly string[];
  readonly module: string;
  /** Name, and behind it the range of an array of instances. */
  readonly instance: string;
  readonly parameters: readonly Parameter[];
  readonly connections: readonly Connection[];
}

/** The wires of a stream. */
export interface Stream {
  readonly valid: string;
  readonly ready: string;
  readonly data: string;
}

export type NamedValues = readonly (readonly [name: string, value: string | number])[];

interface InstanceParts {
  readonly wires?: readonly string[];
  readonly comments?: readonly string[];
  readonly parameters?: NamedValues;
}

export function instanceView(
  module: string,
  instance: string,
  connections: NamedValues,
  parts: InstanceParts = {},
): InstanceView {
  return {
    wires: parts.wires ?? [],
    comments: parts.comments ?? [],
    module,
    instance,
    parameters: parameters(parts.parameters ?? []),
    connections: parameters(connections),
  };
}

/** The stream between two instances: `NAME_valid`, `NAME_ready`, and its data as `NAME`. */
export function namedStream(name: string): Stream {
  return { valid: `${name}_valid`, ready: `${name}_ready`, data: name };
}

/** Declarations of such a stream. */
export function streamWires(name: string, bits: number): string[] {
  return [`${name}_valid`, `${name}_ready`, `${range(bits)} ${name}`];
}

/** A stream that goes into the ports `PREFIX_valid_i`, `PREFIX_ready_o` and `PREFIX_data_i`. */
export function into(prefix: string, stream: Stream): NamedValues {
  return [
    [`${prefix}_valid_i`, stream.valid],
    [`${prefix}_ready_o`, stream.ready],
    [`${prefix}_data_i`, stream.data],
  ];
}

/** A stream that comes out of the ports `PREFIX_valid_o`, `PREFIX_ready_i` and `PREFIX_data_o`. */
export function outOf(prefix: string, stream: Stream): NamedValues {
  return [
    [`${prefix}_valid_o`, stream.valid],
    [`${prefix}_ready_i`, stream.ready],
    [`${prefix}_data_o`, stream.data],
  ];
}

export const CLOCK: NamedValues = [
  ['clk_i', 'clk_i'],
  ['rst_ni', 'rst_ni'],
];

/** The ports of a layer. */
export const LAYER_IN: Stream = { valid: 'in_valid_i', ready: 'in_ready_o', data: 'in_data_i' };
export const LAYER_OUT: Stream = { valid: 'out_valid_o', ready: 'out_ready_i', data: 'out_data_o' };

/** A library module with the ports of a stream on either side. */
export function streamInstance(
  module: string,
  instance: string,
  from: Stream,
  to: Stream,
  parts: InstanceParts,
): InstanceView {
  return instanceView(module, instance, [...CLOCK, ...into('in', from), ...outOf('out', to)], parts);
}

/** A FIFO between two streams. */
export function fifoInstance(
  instance: string,
  from: Stream,
  to: Stream,
  size: { readonly bits: number; readonly depth: number },
  parts: InstanceParts = {},
): InstanceView {
  return streamInstance('flexor_fifo', instance, from, to, {
    ...parts,
    parameters: [
      ['Width', size.bits],
      ['Depth', size.depth],
    ],
  });
}

export interface PortView {
  readonly direction: 'input ' | 'output';
  readonly range: string;
  readonly name: string;
  readonly last: boolean;
}

/** What `module.v` prints. */
export interface ModuleView {
  readonly title: string;
  readonly origin: string;
  /** Lines of its head. */
  readonly head: readonly string[];
  readonly module: string;
  readonly ports: readonly PortView[];
  readonly widthWidth: number;
  readonly instances: readonly InstanceView[];
  readonly assigns: readonly { readonly to: string; readonly value: string }[];
}

/** Ports by name: `_i` comes in, `_o` goes out; 0 bits: one wire without a range. */
export function portViews(list: readonly (readonly [name: string, bits: number])[]): {
  readonly ports: readonly PortView[];
  readonly widthWidth: number;
} {
  const ranges = list.map(([, bits]) => (bits === 0 ? '' : range(bits)));
  return {
    ports: list.map(([name], i) => ({
      direction: name.endsWith('_o') ? 'output' : 'input ',
      range: ranges[i]!,
      name,
      last: i === list.length - 1,
    })),
    // As wide as the widest range and a space, at least as that of eight characters.
    widthWidth: Math.max(8, ...ranges.map((text) => text.length + 1)),
  };
}

/** The stream of a layer as ports. */
export function streamPorts(prefix: string, bits: number): (readonly [name: string, bits: number])[] {
  const [there, back] = prefix === 'out' ? ['o', 'i'] : ['i', 'o'];
  return [
    [`${prefix}_valid_${there}`, 0],
    [`${prefix}_ready_${back}`, 0],
    [`${prefix}_data_${there}`, bits],
  ];
}
