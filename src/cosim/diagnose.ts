/** Words what went wrong in one line that names the layer. */
import type { Manifest } from '../rtl/types.js';
import type { RunRecord, StreamState } from './record.js';
import type { Mismatch, TimingMismatch } from './types.js';

/** `layer conv1 (stream 1): frame 0, pixel [3,4], channel 2: expected 17, got 18 in cycle 1234`. */
export function mismatchMessage(mismatch: Mismatch): string {
  const { stream, layer, frame, pixel, channel, expected, actual, cycle } = mismatch;
  const got = actual === null ? (cycle === null ? 'none came' : 'got an undefined value') : `got ${actual}`;
  const when = cycle === null ? '' : ` in cycle ${cycle}`;
  if (stream < 0) return `output: class of frame ${frame}: expected ${expected}, ${got}${when}`;
  const where = `frame ${frame}, pixel [${pixel.join(',')}], channel ${channel}`;
  return `layer ${layer} (stream ${stream}): ${where}: expected ${expected}, ${got}${when}`;
}

/** `layer conv1: gives element 12 of frame 0 on stream 1 in cycle 1240, predicted 1234`. */
export function timingMessage(timing: TimingMismatch): string {
  const { stream, layer, frame, event, element, measured, predicted } = timing;
  const cycles = `in cycle ${measured}, predicted ${predicted}`;
  if (event === 'gives')
    return `layer ${layer}: gives element ${element} of frame ${frame} on stream ${stream} ${cycles}`;
  if (event === 'takes')
    return `layer ${layer}: takes element ${element} of frame ${frame} on stream ${stream} ${cycles}`;
  const place = stream < 0 ? 'AXI4-Stream output' : `layer ${layer} (stream ${stream})`;
  return `${place}: frame ${frame} ${event === 'first' ? 'begins' : 'ends'} ${cycles}`;
}

/** `layer conv1: a check in the Verilog failed: TOP.….u_top.u_conv1.u_window: error: overflow of the ring of rows`. */
export function checkMessage(manifest: Manifest, check: string | null): string {
  const message = `a check in the Verilog failed: ${check ?? 'no message'}`;
  const path = check?.slice(0, check.indexOf(': error: ')).split('.') ?? [];
  const instance = path[path.indexOf('u_top') + 1];
  const layer = manifest.layers.find((each) => instance === `u_${nameInVerilog(manifest, each)}`);
  return layer === undefined ? message : `layer ${layer.name}: ${message}`;
}

/** Where the simulator ended by itself, as for a memory file of more words than the memory has: the layer of that file, if any. */
export function simulatorMessage(manifest: Manifest, exitCode: number, said: string): string {
  const message = `the simulator failed with exit code ${exitCode}: ${said}`;
  const file = /(\w+)\.mem\b/.exec(said)?.[1] ?? '';
  const layer = manifest.layers.find((each) => `/${file}`.match(`[/_]${nameInVerilog(manifest, each)}_[a-z]+$`));
  return layer === undefined ? message : `layer ${layer.name}: ${message}`;
}

/** What a layer is called in instances and files: its module's name without the model's. */
function nameInVerilog({ topModule }: Manifest, { module }: Manifest['layers'][number]): string {
  return module.slice(topModule.length - 'top'.length);
}

/** Which stream is stuck, and on which side. */
export function deadlockMessage(manifest: Manifest, record: RunRecord, images: number): string {
  const last = manifest.streams.length - 1;
  const blocked = record.streams.findLastIndex((stream) => stream.valid && !stream.ready);
  const framesBefore = manifest.streams.map(() => images);
  for (const [s, { readers }] of manifest.streams.entries()) {
    for (const { node } of readers) {
      const to = manifest.streams.findIndex((stream) => stream.node === node);
      framesBefore[to] = Math.min(framesBefore[to]!, record.streams[s]!.frame);
    }
  }
  const starved = record.streams.findIndex(
    (stream, s) => isUnfinished(stream, framesBefore[s]!) && !stream.valid && stream.ready,
  );
  const cycle = `no transfer on any stream up to cycle ${record.lastCycle}`;
  if (blocked >= 0) {
    const consumer = consumerText(manifest, record, blocked);
    return `deadlock, ${cycle}: ${streamText(manifest, record, blocked)} is valid and not taken: consumer ${consumer} does not take`;
  }
  if (starved >= 0) {
    const producer = manifest.streams[starved]!.node;
    return `deadlock, ${cycle}: ${streamText(manifest, record, starved)} is ready and gets nothing: producer ${producer} is idle`;
  }
  return `deadlock, ${cycle}: ${streamText(manifest, record, last)} is neither valid nor ready`;
}

/** Of several that take from a stream by a fork, the one that is behind: the others wait for what the fork gives to it. */
function consumerText(manifest: Manifest, record: RunRecord, stream: number): string {
  const { readers } = manifest.streams[stream]!;
  const all = readersText(manifest, stream);
  if (readers.length < 2) return all;
  const progress = (node: string): number => {
    const s = manifest.streams.findIndex((each) => each.node === node);
    const { frame, element } = record.streams[s]!;
    return frame + element / manifest.streams[s]!.elementsPerFrame;
  };
  const behind = readers.map(({ node }) => node).reduce((a, b) => (progress(b) < progress(a) ? b : a));
  return `${behind}, the one behind of ${all},`;
}

/** Who takes from a stream: a layer, the branches of a fork, or the output. */
export function readersText(manifest: Manifest, stream: number): string {
  const { readers } = manifest.streams[stream]!;
  return readers.length === 0 ? 'output' : readers.map(({ node }) => node).join(' and ');
}

/** A stream has more to carry in the middle of a frame, or where what feeds it has finished more frames. */
function isUnfinished(stream: StreamState, framesBefore: number): boolean {
  return stream.element > 0 || stream.frame < framesBefore;
}

function streamText(manifest: Manifest, record: RunRecord, index: number): string {
  const state = record.streams[index]!;
  const { node, elementsPerFrame } = manifest.streams[index]!;
  return `stream ${index} (output of layer ${node}), frame ${state.frame}, element ${state.element} of ${elementsPerFrame},`;
}

/** `stream 1 (output of layer conv1) broke the valid/ready law in cycle 17: data changed before the transfer, 3 became 4`. */
export function violationMessage(manifest: Manifest, record: RunRecord): string {
  const { stream, cycle, rule, held, offered } = record.violation!;
  const node = manifest.streams[stream]?.node;
  const place = node === undefined ? 'the AXI4-Stream output' : `layer ${node}: its output stream ${stream}`;
  const values = rule.startsWith('data') && node !== undefined ? `, ${held} became ${offered}` : '';
  return `${place} broke the valid/ready law in cycle ${cycle}: ${rule}${values}`;
}
