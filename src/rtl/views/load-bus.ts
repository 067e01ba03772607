/** The load bus (hw/README.md): its wires, and how it passes through a layer and the top. */
import { range } from './common.js';
import type { NamedValues } from './instances.js';

/** Bits of what a beat is, and of its word (hw/flexor_store.v). */
const KIND_BITS = 3;
export const LOAD_WORD_BITS = 32;

/** Names of the bus's two wires at a place. */
export interface LoadBus {
  readonly kind: string;
  readonly word: string;
}

export function loadBus(name: string): LoadBus {
  return { kind: `${name}_kind`, word: `${name}_word` };
}

/** A layer's ports. */
export const PORTS_IN: LoadBus = { kind: 'load_kind_i', word: 'load_word_i' };
export const PORTS_OUT: LoadBus = { kind: 'load_kind_o', word: 'load_word_o' };

/** `links` of the bus side by side, as a top needs it between its layers. */
export function loadWires(name: string, links = 1): string[] {
  const { kind, word } = loadBus(name);
  return [`${range(links * KIND_BITS)} ${kind}`, `${range(links * LOAD_WORD_BITS)} ${word}`];
}

/** Link i of such wires. */
export function loadLink(name: string, i: number): LoadBus {
  const part = (bits: number): string => `[${(i + 1) * bits - 1}:${i * bits}]`;
  const { kind, word } = loadBus(name);
  return { kind: `${kind}${part(KIND_BITS)}`, word: `${word}${part(LOAD_WORD_BITS)}` };
}

export function loadConnections(from: LoadBus, to: LoadBus): NamedValues {
  return [
    [PORTS_IN.kind, from.kind],
    [PORTS_IN.word, from.word],
    [PORTS_OUT.kind, to.kind],
    [PORTS_OUT.word, to.word],
  ];
}

/** The ports of a module on the bus, with the frame from which it switches (`frameBits`) and whether it has. */
export function loadPorts(frameBits: number): (readonly [name: string, bits: number])[] {
  return [
    [PORTS_IN.kind, KIND_BITS],
    [PORTS_IN.word, LOAD_WORD_BITS],
    [PORTS_OUT.kind, KIND_BITS],
    [PORTS_OUT.word, LOAD_WORD_BITS],
    ['switch_i', frameBits + 1],
    ['settled_o', 0],
  ];
}
