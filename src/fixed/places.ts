/** Where the tensors of the float network are in the integer network, and the shapes that they have there. */
import { FlexorError, invariant } from '../base/errors.js';
import { sameShape } from '../graph/shapes.js';
import type { Encoding } from './quantise-stage.js';
import type { IntShape, IntTensor } from './types.js';

/** Where a float node's output is in the integer network. */
export interface Place {
  readonly name: string;
  readonly tensor: IntTensor;
  readonly encoding: Encoding;
}

/** What a node of the integer network reads. */
export interface Link {
  readonly name: string;
  readonly input: string;
  readonly inputTensor: IntTensor;
}

export class Places {
  private readonly places = new Map<string, Place>();

  constructor(private readonly shapes: ReadonlyMap<string, IntShape>) {}

  set(name: string, place: Place): void {
    this.places.set(name, place);
  }

  of(name: string): Place {
    const place = this.places.get(name);
    invariant(place, `no tensor for node ${name}`);
    return place;
  }

  /** By node of the float network, the node of the integer network. */
  names(): ReadonlyMap<string, string> {
    return new Map(Array.from(this.places, ([name, place]) => [name, place.name]));
  }

  /** Input of a node that sees shapes: a flattened tensor has none. */
  link(name: string, input: string): Link {
    const link = this.flatLink(name, input);
    if (sameShape(link.inputTensor.shape, this.shape(input))) return link;
    throw new FlexorError('unsupported', `layer ${name}: only a dense layer can follow a flattened tensor`);
  }

  flatLink(name: string, input: string): Link {
    const place = this.of(input);
    return { name, input: place.name, inputTensor: place.tensor };
  }

  shape(name: string): IntShape {
    const shape = this.shapes.get(name);
    invariant(shape, `no shape for node ${name}`);
    return shape;
  }
}
