/** Who reads which stream. Stream 0 is the network's input, stream n the output of node n−1. */
import { inputsOf } from '../fixed/shapes.js';
import type { IntNetwork } from '../fixed/types.js';

/** The input of a layer, or its residual input (fixed/types.ts). */
export type Port = 'input' | 'residual';

export interface Reader {
  /** Index of the node. */
  readonly layer: number;
  readonly port: Port;
}

/**
 * A fork with a FIFO a branch stands behind a stream that several layers read, or one of them as its residual: what reaches
 * the two inputs of a layer comes by ways of different length.
 */
export function isForked(readers: readonly Reader[]): boolean {
  return readers.length > 1 || readers[0]?.port === 'residual';
}

/** Per stream, those who read it, in the order of the nodes; the logits are read by none. */
export function streamReaders(network: IntNetwork): readonly (readonly Reader[])[] {
  const streams = new Map([['input', 0], ...network.nodes.map(({ name }, i) => [name, i + 1] as const)]);
  const readers = Array.from({ length: streams.size }, () => [] as Reader[]);
  for (const [layer, node] of network.nodes.entries()) {
    for (const [i, name] of inputsOf(node).entries()) {
      readers[streams.get(name)!]!.push({ layer, port: i === 0 ? 'input' : 'residual' });
    }
  }
  return readers;
}
