/** What a model file holds and what it takes to store it. */
import { shippedFile } from '../base/places.js';
import {
  encryptedBitsPerWeight,
  inventory,
  storedRates,
  type Inventory,
  type StoredRates,
} from '../model/inventory.js';
import { loadModel } from '../model/read.js';
import type { FlexorModel } from '../model/types.js';
import { matrixRows } from '../xor/matrix-file.js';
import { xorProperties, type XorProperties } from '../xor/properties.js';
import type { XorMatrix } from '../xor/types.js';

export { histogramBits } from '../model/histogram.js';

/** The M⊕ of a plane; `name` says which where a layer has several. */
export interface PlaneMatrix {
  readonly name: string;
  readonly layer: string;
  readonly plane: number;
  readonly matrix: XorMatrix;
  readonly properties: XorProperties;
}

export interface Inspection {
  readonly inventory: Inventory;
  /** Encrypted bits a weight of the layers that have codes. */
  readonly bitsPerWeight: number;
  /** Stored, nominal and compacted rate; null without codes. */
  readonly rates: StoredRates | null;
  readonly xor: readonly PlaneMatrix[];
}

/** Reads a model file and counts what is in it. */
export function inspectModel(path: string): Inspection {
  const { model, digest } = loadModel(shippedFile(path));
  const summary = inventory(model, digest);
  return {
    inventory: summary,
    bitsPerWeight: encryptedBitsPerWeight(summary.layers),
    rates: storedRates(summary.layers),
    xor: planeMatrices(model),
  };
}

/** Properties of the M⊕ of every plane; equal ones are worked out once. */
function planeMatrices(model: FlexorModel): PlaneMatrix[] {
  const known = new Map<string, XorProperties>();
  return model.nodes.flatMap((node) => {
    if (!('weights' in node) || node.weights.encoding !== 'xor') return [];
    return node.weights.planes.map(({ matrix }, plane, all) => {
      const key = matrixRows(matrix).join(' ');
      const properties = known.get(key) ?? xorProperties(matrix);
      known.set(key, properties);
      const name = all.length === 1 ? node.name : `${node.name}, plane ${plane}`;
      return { name, layer: node.name, plane, matrix, properties };
    });
  });
}
