/** Writes ONNX files for tests: the protobuf messages that src/onnx reads, by the numbers of onnx.proto3. */

export interface WrittenTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: readonly number[];
  /** float32 unless stated. */
  readonly type?: 'float32' | 'int64' | 'float64';
}

export type WrittenAttribute =
  number | { readonly float: number } | { readonly tensor: WrittenTensor } | string | readonly number[];

export interface WrittenNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  /** Numbers are integers, lists are lists of integers. */
  readonly attributes?: Readonly<Record<string, WrittenAttribute>>;
}

export interface WrittenPort {
  readonly name: string;
  /** null for a port without a shape. */
  readonly dims: readonly (number | null)[] | null;
  /** Number of TensorProto.DataType; 1, float32, unless stated. */
  readonly type?: number;
}

export interface WrittenModel {
  readonly nodes: readonly WrittenNode[];
  readonly initialisers?: readonly WrittenTensor[];
  readonly inputs: readonly WrittenPort[];
  readonly outputs: readonly WrittenPort[];
  readonly opset?: number;
  /** Messages of TensorProto to add as they are. */
  readonly rawInitialisers?: readonly Uint8Array[];
}

export const QONNX = 'qonnx.custom_op.general';

/** The bytes of a model's file. */
export function onnxBytes(model: WrittenModel): Uint8Array {
  const graph = joined([
    ...model.nodes.map((node) => message(1, nodeBytes(node))),
    text(2, 'test'),
    ...(model.initialisers ?? []).map((tensor) => message(5, tensorBytes(tensor))),
    ...(model.rawInitialisers ?? []).map((bytes) => message(5, bytes)),
    ...model.inputs.map((port) => message(11, portBytes(port))),
    ...model.outputs.map((port) => message(12, portBytes(port))),
  ]);
  const opsets = [
    { domain: '', version: model.opset ?? 13 },
    { domain: QONNX, version: 1 },
  ].map(({ domain, version }) => message(8, joined([text(1, domain), integer(2, version)])));
  return joined([integer(1, 8), message(7, graph), ...opsets]);
}

export function tensorBytes({ name, dims, values, type = 'float32' }: WrittenTensor): Uint8Array {
  const size = type === 'float32' ? 4 : 8;
  const view = new DataView(new ArrayBuffer(values.length * size));
  values.forEach((value, i) => {
    if (type === 'float32') view.setFloat32(i * 4, value, true);
    else if (type === 'float64') view.setFloat64(i * 8, value, true);
    else view.setBigInt64(i * 8, BigInt(value), true);
  });
  const code = { float32: 1, int64: 7, float64: 11 }[type];
  return joined([
    ...dims.map((n) => integer(1, n)),
    integer(2, code),
    text(8, name),
    message(9, new Uint8Array(view.buffer)),
  ]);
}

function nodeBytes({ operator, inputs, outputs, name = '', domain = '', attributes = {} }: WrittenNode): Uint8Array {
  return joined([
    ...inputs.map((each) => text(1, each)),
    ...outputs.map((each) => text(2, each)),
    text(3, name),
    text(4, operator),
    ...Object.entries(attributes).map(([key, value]) => message(5, attributeBytes(key, value))),
    text(7, domain),
  ]);
}

function attributeBytes(name: string, value: WrittenAttribute): Uint8Array {
  if (typeof value === 'number') return joined([text(1, name), integer(3, value), integer(20, 2)]);
  if (typeof value === 'string') return joined([text(1, name), text(4, value), integer(20, 3)]);
  if ('float' in value) return joined([text(1, name), float(2, value.float), integer(20, 1)]);
  if ('tensor' in value) return joined([text(1, name), message(5, tensorBytes(value.tensor)), integer(20, 4)]);
  return joined([text(1, name), ...value.map((n) => integer(8, n)), integer(20, 7)]);
}

function portBytes({ name, dims, type = 1 }: WrittenPort): Uint8Array {
  const shape = dims?.map((n) => message(1, n === null ? text(2, 'N') : integer(1, n)));
  const parts = [integer(1, type), ...(shape === undefined ? [] : [message(2, joined(shape))])];
  return joined([text(1, name), message(2, message(1, joined(parts)))]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function message(field: number, bytes: Uint8Array): Uint8Array {
  return joined([varint(BigInt(field * 8 + 2)), varint(BigInt(bytes.length)), bytes]);
}

export function text(field: number, value: string): Uint8Array {
  return message(field, Buffer.from(value));
}

export function integer(field: number, value: number): Uint8Array {
  return joined([varint(BigInt(field * 8)), varint(BigInt.asUintN(64, BigInt(value)))]);
}

function float(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return joined([varint(BigInt(field * 8 + 5)), bytes]);
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
