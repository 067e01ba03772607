/** Starts the engine that was asked for, or the fastest one, and says why not a faster one. */
import { FlexorError } from '../../base/errors.js';
import type { EngineName, Precision } from '../../train/engine/engine.js';
import type { EngineChoice } from '../../train/engine/engines.js';

export interface EngineFlags {
  readonly engine?: EngineName;
  readonly threads?: number;
  readonly precision?: Precision;
}

export async function startEngine({
  engine: name,
  threads,
  precision = 'float32',
}: EngineFlags): Promise<EngineChoice> {
  if (threads !== undefined && name !== undefined && name !== 'native') {
    throw new FlexorError('usage', `--threads is for the native engine; leave it out with --engine ${name}`);
  }
  // Another engine would train with other numbers than those that were asked for.
  const wanted = precision === 'float32' ? name : (name ?? 'native');
  if (precision !== 'float32' && wanted !== 'native') {
    throw new FlexorError('usage', `--precision is for the native engine; leave it out with --engine ${wanted}`);
  }
  const { chooseEngine, createEngine } = await import('../../train/engine/engines.js');
  const options = { threads: threads ?? null, precision };
  if (wanted === undefined) return chooseEngine(options);
  return { engine: await createEngine(wanted, options), asked: true, refused: [] };
}

/** One line: which engine runs, and why this one. */
export function describeEngine({ engine, asked, refused }: EngineChoice): string {
  const reasons = asked ? 'asked for' : refused.length === 0 ? 'the fastest' : refused.join('; ');
  return `engine ${engine.identity} (${reasons})`;
}
