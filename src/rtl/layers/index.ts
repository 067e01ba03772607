/** The kinds of layers, by node kind: the only list. A new kind of node is a folder and a row here. */
import type { IntNode } from '../../fixed/types.js';
import { CONCATS } from './concat/index.js';
import { POOL } from './pool/index.js';
import { SUBSAMPLES } from './subsample/index.js';
import type { LayerKind, LayerPlan } from './types.js';
import { WEIGHTED } from './weighted/index.js';

const KINDS: Readonly<Record<IntNode['kind'], LayerKind>> = {
  conv: WEIGHTED,
  dense: WEIGHTED,
  maxPool: POOL,
  avgPool: POOL,
  subsample: SUBSAMPLES,
  concat: CONCATS,
};

/** The kind of a node. */
export function layerKind({ kind }: IntNode): LayerKind {
  return KINDS[kind];
}

/** Static busy cycles a frame of a layer's slowest unit. */
export function layerCycles(layer: LayerPlan): number {
  return layerKind(layer.node).cycles(layer);
}
