/**
 * onnxruntime, the judge of standard operators: it was written by others. Pinned to 1.16.3, the last version whose package
 * holds all that it needs and downloads nothing when it is installed; it ships no type declarations of its own.
 */
import { createRequire } from 'node:module';

interface JudgeTensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number | bigint>;
}

interface Session {
  run(inputs: Readonly<Record<string, JudgeTensor>>): Promise<Record<string, JudgeTensor>>;
}

interface Runtime {
  readonly InferenceSession: { create(model: Uint8Array, options: { logSeverityLevel: number }): Promise<Session> };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => JudgeTensor;
}

const runtime = createRequire(import.meta.url)('onnxruntime-node') as Runtime;

/** Output `output` of a model with one input `x`. */
export async function judged(
  model: Uint8Array,
  x: Float32Array,
  dims: readonly number[],
  output: string,
): Promise<{ dims: readonly number[]; values: number[] }> {
  const session = await runtime.InferenceSession.create(model, { logSeverityLevel: 4 });
  const results = await session.run({ x: new runtime.Tensor('float32', x, dims) });
  const result = results[output]!;
  return { dims: result.dims, values: Array.from(result.data, Number) };
}
