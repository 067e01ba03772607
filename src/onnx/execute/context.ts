/** What an operator's implementation gets: its node, its inputs, and typed access to both with errors that name the node. */
import { FlexorError } from '../../base/errors.js';
import { sameNumbers } from './indices.js';
import { nodeText } from '../sort.js';
import type { OnnxNode } from '../types.js';
import { isFloat, sizeOf } from './value.js';
import type { Value } from './value.js';

/** Largest number of elements of a tensor while a graph is executed. */
export const MAX_EXECUTED_ELEMENTS = 2 ** 26;

export class Context {
  constructor(
    readonly node: OnnxNode,
    private readonly values: readonly (Value | null)[],
    readonly opset: number,
    private readonly where: string,
  ) {}

  get inputCount(): number {
    return this.values.length;
  }

  input(index: number): Value {
    const value = this.values[index];
    if (value === null || value === undefined) throw this.problem(`needs input ${index}, which is left out`);
    return value;
  }

  optional(index: number): Value | null {
    return this.values[index] ?? null;
  }

  /** All inputs that are there. */
  inputs(): Value[] {
    return this.values.filter((value): value is Value => value !== null);
  }

  integer(name: string, otherwise: number): number {
    const found = this.node.attributes.get(name);
    if (found === undefined) return otherwise;
    if (found.kind !== 'int') throw this.problem(`attribute ${name} must be an integer`);
    return found.value;
  }

  float(name: string, otherwise: number): number {
    const found = this.node.attributes.get(name);
    if (found === undefined) return otherwise;
    if (found.kind !== 'float') throw this.problem(`attribute ${name} must be a float`);
    if (!Number.isFinite(found.value)) throw this.problem(`attribute ${name} must be finite, got ${found.value}`);
    return found.value;
  }

  text(name: string, otherwise: string): string {
    const found = this.node.attributes.get(name);
    if (found === undefined) return otherwise;
    if (found.kind !== 'string') throw this.problem(`attribute ${name} must be a text`);
    return found.value;
  }

  integers(name: string): readonly number[] | null {
    const found = this.node.attributes.get(name);
    if (found === undefined) return null;
    if (found.kind !== 'ints') throw this.problem(`attribute ${name} must be a list of integers`);
    return found.value;
  }

  /** Integers that are an attribute in older operator sets and a constant input in newer ones. */
  listed(name: string, index: number): readonly number[] | null {
    const attribute = this.integers(name);
    if (attribute !== null) return attribute;
    const value = this.optional(index);
    if (value === null) return null;
    if (isFloat(value.type)) throw this.problem(`input ${index} must be integers`);
    return [...value.values];
  }

  /** One number, from a constant input. */
  scalar(index: number): number {
    const value = this.input(index);
    if (value.values.length !== 1) throw this.problem(`input ${index} must be one number, got ${value.values.length}`);
    return value.values[0]!;
  }

  /** An axis of a tensor of this rank, from the front. */
  axis(axis: number, rank: number): number {
    const found = axis < 0 ? axis + rank : axis;
    if (!Number.isInteger(found) || found < 0 || found >= Math.max(rank, 1)) {
      throw this.problem(`axis ${axis} does not exist in a tensor of ${rank} dimensions`);
    }
    return found;
  }

  /** The dims, after a check that a tensor of them is not too large to be made. */
  checked(dims: readonly number[]): readonly number[] {
    if (dims.some((n) => !Number.isSafeInteger(n) || n < 0) || sizeOf(dims) > MAX_EXECUTED_ELEMENTS) {
      throw this.problem(
        `its output would be a tensor [${dims.join(', ')}]; at most ${MAX_EXECUTED_ELEMENTS} elements`,
      );
    }
    return dims;
  }

  sameDims(a: readonly number[], b: readonly number[], what: string): void {
    if (!sameNumbers(a, b)) throw this.problem(`${what}: [${a.join(', ')}] does not fit [${b.join(', ')}]`);
  }

  problem(rule: string): FlexorError {
    return new FlexorError('model-file', `${this.where}: ${nodeText(this.node)}: ${rule}`);
  }
}

/** Computes the outputs of a node. */
export type Operator = (context: Context) => readonly Value[];
