/** Writes what the harness reads: the job file (sim/job.h) and the images. */
import { dirname, join, resolve } from 'node:path';
import { FlexorError, invariant } from '../base/errors.js';
import { fileSystemError, makeFolder, openOutput, writeFile } from '../base/files.js';
import { READ_COMMAND } from '../rtl/load.js';
import type { Manifest } from '../rtl/types.js';
import type { CosimOptions } from './types.js';

/** Limits of a run, in cycles. */
export interface RunLimits {
  readonly longestPause: number;
  readonly watchdog: number;
  readonly maxCycles: number;
  /** A run is over when all logits came and no stream has moved for so long: longer than any layer works on a pixel. */
  readonly settle: number;
}

/** Files of one run, in a folder of its own. */
export interface RunFiles {
  readonly folder: string;
  readonly job: string;
  readonly images: string;
  readonly result: string;
  readonly log: string;
}

/** Names of a run's files; the names that belong to the same run share a folder. */
export function runFiles(folder: string): RunFiles {
  return {
    folder,
    job: join(folder, 'job.txt'),
    images: join(folder, 'images.bin'),
    result: join(folder, 'result.json'),
    log: join(folder, 'transfers.bin'),
  };
}

/**
 * A pause lasts up to a frame, so that every FIFO fills or drains. No stream may rest longer than a pause, a frame, what
 * a run settles in and 10,000 cycles; a run may take ten times what the prediction and the stalls explain.
 */
export function runLimits(manifest: Manifest, frames: number, stalls: number): RunLimits {
  const { cyclesPerFrame, latencyCycles } = manifest.prediction;
  const longestPause = stalls > 0 ? Math.max(16, cyclesPerFrame) : 0;
  const slowdown = 100 / (100 - stalls);
  const pixels = manifest.layers.map((layer) => layer.weighted?.cyclesPerPixel ?? 0);
  // A pixel whose weights are streamed in takes as long as they do.
  const patience = manifest.weightStreams === undefined ? 1 : Math.ceil(4 * slowdown);
  const settle = patience * (256 + Math.max(0, ...pixels));
  const watchdog = 10_000 + settle + cyclesPerFrame + longestPause;
  const maxCycles = Math.ceil(
    10 * slowdown * (latencyCycles + frames * (cyclesPerFrame + 2 * longestPause)) + 2 * watchdog,
  );
  return { longestPause, watchdog, maxCycles, settle };
}

/** Cycles behind a reset in which the first rows of all layers' weights are fetched (hw/flexor_weight_rom.v). */
export function leadCycles({ layers, weightStreams }: Manifest): number {
  const most = Math.max(1, ...layers.map(({ weighted }) => weighted?.rowsPerWord ?? 1));
  return most === 1 && weightStreams === undefined ? 0 : most + 4;
}

/** Checks the options against the design. */
export function checkOptions(manifest: Manifest, options: CosimOptions): void {
  const { stalls, images, design } = options;
  const { network } = design;
  if (!Number.isInteger(stalls) || stalls < 0 || stalls > 95) {
    throw new FlexorError('usage', `stalls must be an integer from 0 to 95 percent, got ${stalls}`);
  }
  if (options.trace !== undefined) checkWritable(options.trace.path);
  if (images.length === 0) throw new FlexorError('usage', 'co-simulation needs at least one image, got 0');
  const { shape, format } = manifest.input;
  const elements = shape.height * shape.width * shape.channels;
  for (const [i, image] of images.entries()) {
    invariant(image.length === elements, `image ${i} has ${image.length} elements, the design takes ${elements}`);
  }
  if (manifest.modelDigest !== network.modelDigest) {
    throw new FlexorError(
      'mismatch',
      `the design in ${options.folder} was generated from another model (${manifest.modelDigest.slice(0, 12)} instead of ` +
        `${network.modelDigest.slice(0, 12)}); generate it again with gen-rtl`,
    );
  }
  invariant(options.loads === undefined || options.events === undefined, 'loads and events are not combined');
  invariant(format.bits <= 32, 'input elements have at most 32 bits');
  invariant(manifest.streams.length === network.nodes.length + 1, 'the design has one stream per node and the input');
}

/** A trace that cannot be written is told before minutes of building. */
function checkWritable(path: string): void {
  try {
    makeFolder(dirname(resolve(path)));
    openOutput(path, 'w').close();
  } catch (error) {
    throw fileSystemError('write', path, error instanceof FlexorError ? error.cause : error);
  }
}

/** Writes images and job file; returns their names. */
export function writeJob(manifest: Manifest, options: CosimOptions, layers: boolean, folder: string): RunFiles {
  const files = runFiles(folder);
  const images = new Int32Array(options.images.length * (options.images[0]?.length ?? 0));
  options.images.forEach((image, i) => images.set(image, i * image.length));
  writeFile(files.images, new Uint8Array(images.buffer));
  for (const [i, packet] of packetsOf(options).entries())
    writeFile(
      packetFile(files, i),
      new Uint8Array(packet.beats.buffer, packet.beats.byteOffset, packet.beats.byteLength),
    );
  writeFile(files.job, jobLines(manifest, options, layers, files).join('\n') + '\n');
  return files;
}

/** Loads and, behind the last one, the request to read everything back. */
function packetsOf({ loads = [] }: CosimOptions): { readonly beats: Uint32Array; readonly afterBeats: number }[] {
  const packets = loads.map(({ packet, afterBeats }) => ({ beats: packet, afterBeats }));
  return packets.length === 0 ? [] : [...packets, { beats: Uint32Array.of(READ_COMMAND), afterBeats: 0 }];
}

function packetFile({ folder }: RunFiles, index: number): string {
  return join(folder, `packet-${index}.bin`);
}

function jobLines(manifest: Manifest, options: CosimOptions, layers: boolean, files: RunFiles): string[] {
  const { input, output, streams } = manifest;
  const limits = runLimits(manifest, options.images.length, options.stalls);
  return [
    `images ${files.images}`,
    `result ${files.result}`,
    ...(layers ? [`log ${files.log}`] : []),
    ...traceLines(options.trace),
    `frames ${options.images.length}`,
    `input-elements ${input.shape.height * input.shape.width * input.shape.channels}`,
    `input-width ${streams[0]!.width}`,
    `input-bytes ${input.bytesPerBeat / streams[0]!.width}`,
    `output-count ${output.count}`,
    `output-width ${output.width}`,
    `logit-bytes ${output.logitBytes}`,
    `class-bytes ${output.classBytes}`,
    ...streams.map((stream) => `stream ${stream.elementsPerFrame} ${stream.width}`),
    `stalls ${options.stalls}`,
    `longest-pause ${limits.longestPause}`,
    `seed ${options.seed >>> 0}`,
    `watchdog ${limits.watchdog}`,
    `max-cycles ${limits.maxCycles}`,
    `settle ${limits.settle}`,
    `lead ${leadCycles(manifest)}`,
    ...packetsOf(options).map(({ afterBeats }, i) => `packet ${afterBeats} ${packetFile(files, i)}`),
    `reads ${options.loads === undefined ? 0 : 1}`,
    ...(options.events ?? []).map(({ frame, kind, beat }) => `event ${frame} ${kind} ${beat}`),
  ];
}

function traceLines(trace: CosimOptions['trace']): string[] {
  if (trace === undefined) return [];
  const range = [
    trace.from === undefined ? [] : `trace-from ${trace.from}`,
    trace.to === undefined ? [] : `trace-to ${trace.to}`,
  ];
  return [`trace ${resolve(trace.path)}`, ...range.flat()];
}
