/**
 * An ONNX model as read: the messages of the format that the importer and the executor need, in plain types. Imports
 * nothing. Tensors are row-major, images NCHW, as ONNX has them.
 */

/** Element types that are read; values are kept as doubles, integers exact below 2^53. */
export type ElementType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool';

export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly values: Float64Array;
}

export type OnnxAttribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  /** Subgraphs, lists of strings and the like, which no supported operator has. */
  | { readonly kind: 'other' };

export interface OnnxNode {
  /** Unique; the file's own name where it has one that is unique, else operator and number. */
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  /** Names of tensors; '' for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** An input or output of the graph; null for a dimension that is free (a batch). */
export interface OnnxPort {
  readonly name: string;
  readonly type: ElementType | null;
  readonly dims: readonly (number | null)[] | null;
}

export interface OnnxModel {
  readonly name: string;
  /** Version of the standard operators. */
  readonly opset: number;
  /** In an order in which every node stands behind its inputs. */
  readonly nodes: readonly OnnxNode[];
  readonly initialisers: ReadonlyMap<string, OnnxTensor>;
  /** Inputs that are not initialisers. */
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}
