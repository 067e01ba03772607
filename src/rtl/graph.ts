/** Who reads which stream. Stream 0 is the network's input, stream n the output of node n−1. */
import { inputsOf } from '../graph/order.js';
import type { IntNetwork } from '../fixed/types.js';
import { layerKind } from './layers/index.js';

export interface Reader {
  /** Index of the node, and which of its inputs it is. */
  readonly layer: number;
  readonly input: number;
  /** Name of that input (layers/types.ts). */
  readonly port: string;
  /** The input joins another one that comes another way. */
  readonly joins: boolean;
}

/**
 * A fork with a FIFO a branch stands behind a stream that several layers read, or one of them joins with another stream: what
 * reaches the inputs of a layer comes by ways of different length.
 */
export function isForked(readers: readonly Reader[]): boolean {
  return readers.length > 1 || (readers[0]?.joins ?? false);
}

/** Per stream, those who read it, in the order of the nodes; the logits are read by none. */
export function streamReaders(network: IntNetwork): readonly (readonly Reader[])[] {
  const streams = new Map([['input', 0], ...network.nodes.map(({ name }, i) => [name, i + 1] as const)]);
  const readers = Array.from({ length: streams.size }, () => [] as Reader[]);
  for (const [layer, node] of network.nodes.entries()) {
    const ports = layerKind(node).inputs(node);
    for (const [i, name] of inputsOf(node).entries()) {
      readers[streams.get(name)!]!.push({ layer, input: i, port: ports[i]!.name, joins: ports[i]!.joins });
    }
  }
  return readers;
}
