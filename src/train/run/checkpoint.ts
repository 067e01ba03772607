/**
 * A checkpoint holds all that a run needs to continue with the same bits: what it is a run of, position, parameters,
 * optimiser state and moving averages. Every random choice of the trainer is a function of seed and position, so no generator state is left.
 *
 * Layout: 8 bytes `FLXCKPT1`, 4 bytes length of the JSON header (little-endian), header, then the arrays as little-endian
 * float32. The header carries the SHA-256 of the arrays.
 */
import { FlexorError } from '../../base/errors.js';
import { readFile, sha256 } from '../../base/files.js';
import { isObject, parseJson } from '../../base/json.js';
import { writeFileAtomic } from '../../base/output.js';
import type { TrainConfig } from './config.js';
import type { NamedArray } from '../weights/parameters.js';

const MAGIC = 'FLXCKPT1';
const PREFIX_BYTES = MAGIC.length + 4;

/** Where a run stands. */
export interface Position {
  /** Epochs finished. */
  epoch: number;
  /** Steps done in the current epoch. */
  step: number;
  /** Sum of the losses of those steps. */
  lossSum: number;
  /** Of finished epochs. */
  history: EpochRecord[];
}

export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Mean loss of the epoch's steps. */
  readonly loss: number;
  /** Accuracy on the test images after the epoch, 0 to 1. */
  readonly testAccuracy: number;
}

/** What must be the same for a run to go on with the same bits. */
export interface RunIdentity {
  readonly config: TrainConfig;
  /** `Engine.identity`. */
  readonly engine: string;
  /** `imagesIdentity` of the data set. */
  readonly images: string;
}

interface Header extends RunIdentity {
  readonly position: Position;
  readonly arrays: readonly { readonly name: string; readonly length: number }[];
  readonly digest: string;
}

export function saveCheckpoint(
  path: string,
  run: RunIdentity,
  position: Position,
  arrays: readonly NamedArray[],
): void {
  const payload = new Uint8Array(4 * arrays.reduce((sum, a) => sum + a.values.length, 0));
  let at = 0;
  for (const { values } of arrays) {
    payload.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  const header: Header = {
    ...run,
    position,
    arrays: arrays.map(({ name, values }) => ({ name, length: values.length })),
    digest: sha256(payload),
  };
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.write(MAGIC, 'latin1');
  prefix.writeUInt32LE(json.length, MAGIC.length);
  writeFileAtomic(path, Buffer.concat([prefix, json, payload]));
}

function damaged(path: string, what: string): FlexorError {
  return new FlexorError('data', `${path}: ${what}; to start again remove it (and leave out --resume)`);
}

function readHeader(path: string, bytes: Uint8Array): { header: Header; payload: Uint8Array } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.toString('latin1', 0, MAGIC.length) !== MAGIC) throw damaged(path, 'this is not a checkpoint');
  const length = buffer.length >= PREFIX_BYTES ? buffer.readUInt32LE(MAGIC.length) : Infinity;
  if (PREFIX_BYTES + length > buffer.length) throw damaged(path, 'the checkpoint is cut off');
  const header = parseJson(buffer.toString('utf8', PREFIX_BYTES, PREFIX_BYTES + length), (rule) =>
    damaged(path, `the checkpoint's header is damaged: it ${rule}`),
  ) as Header;
  if (!isObject(header)) throw damaged(path, "the checkpoint's header is damaged: it must be an object");
  const payload = bytes.subarray(PREFIX_BYTES + length);
  if (sha256(payload) !== header.digest) throw damaged(path, 'the checkpoint is damaged (SHA-256 differs)');
  return { header, payload };
}

/** First option in which two configurations differ, as a sentence; null where they are equal. */
function difference(stored: TrainConfig, wanted: TrainConfig): string | null {
  for (const key of Object.keys(wanted) as (keyof TrainConfig)[]) {
    const [a, b] = [JSON.stringify(stored[key]), JSON.stringify(wanted[key])];
    if (a !== b) return `${key} was ${a} and is now ${b}`;
  }
  return null;
}

/** In what two runs differ first, as a sentence; null where they are the same. */
export function runDifference(stored: RunIdentity, wanted: RunIdentity): string | null {
  return difference(stored.config, wanted.config) ?? otherPlace(stored, wanted);
}

/** Whether engine or images differ, as a sentence; null where they are equal. */
function otherPlace(stored: RunIdentity, wanted: RunIdentity): string | null {
  if (stored.engine !== wanted.engine) {
    return `the engine was ${stored.engine} and is now ${wanted.engine} (see --engine, --threads, --precision)`;
  }
  if (stored.images === wanted.images) return null;
  return `the data were ${stored.images} and are now ${wanted.images} (see --data)`;
}

/** Loads a checkpoint into `arrays` and returns the position; it must be one of the same run. */
export function loadCheckpoint(path: string, run: RunIdentity, arrays: readonly NamedArray[]): Position {
  const { header, payload } = readHeader(path, readFile(path));
  const differs = runDifference(header, run);
  if (differs !== null) {
    throw new FlexorError(
      'data',
      `${path}: the checkpoint belongs to another run: ${differs}; to start again move it away (and leave out --resume)`,
    );
  }
  const fits = header.arrays.length === arrays.length;
  if (
    !fits ||
    arrays.some((a, i) => a.name !== header.arrays[i]?.name || a.values.length !== header.arrays[i].length)
  ) {
    throw damaged(path, 'the checkpoint has other parameters than the network');
  }
  let at = 0;
  for (const { values } of arrays) {
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(
      payload.subarray(at, at + values.byteLength),
    );
    at += values.byteLength;
  }
  return header.position;
}
