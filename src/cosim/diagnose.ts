/** Words what went wrong in one line that names the layer. */
import type { Manifest } from '../rtl/types.js';
import type { RunRecord } from './record.js';
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

/** Who takes from a stream: a layer, the branches of a fork, or the output. */
export function readersText(manifest: Manifest, stream: number): string {
  const { readers } = manifest.streams[stream]!;
  return readers.length === 0 ? 'output' : readers.map(({ node }) => node).join(' and ');
}

/** `stream 1 (output of layer conv1) broke the valid/ready law in cycle 17: data changed before the transfer, 3 became 4`. */
export function violationMessage(manifest: Manifest, record: RunRecord): string {
  const { stream, cycle, rule, held, offered } = record.violation!;
  const node = manifest.streams[stream]?.node;
  const place = node === undefined ? 'the AXI4-Stream output' : `layer ${node}: its output stream ${stream}`;
  const values = rule.startsWith('data') && node !== undefined ? `, ${held} became ${offered}` : '';
  return `${place} broke the valid/ready law in cycle ${cycle}: ${rule}${values}`;
}
