/** Memory of the processes that a piece of work starts, by /proc. */
import { readFileSync, readdirSync } from 'node:fs';

const INTERVAL_MS = 100;

export interface PeakMemory<T> {
  readonly result: T;
  /** Most bytes that all children and their children held at once, each with its own peak so far (VmHWM). */
  readonly peakBytes: number;
}

/** Does the work and looks at this process's descendants several times a second. */
export async function withPeakMemory<T>(work: () => Promise<T>): Promise<PeakMemory<T>> {
  let peakBytes = 0;
  const timer = setInterval(() => (peakBytes = Math.max(peakBytes, childBytes())), INTERVAL_MS);
  try {
    const result = await work();
    return { result, peakBytes };
  } finally {
    clearInterval(timer);
  }
}

function childBytes(): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => status(Number(pid)) ?? []);
  let bytes = 0;
  for (let parents = new Set([process.pid]); parents.size > 0;) {
    const children = found.filter(({ parent }) => parents.has(parent));
    for (const child of children) bytes += child.bytes;
    parents = new Set(children.map(({ pid }) => pid));
  }
  return bytes;
}

/** Null where the process has ended meanwhile. */
function status(pid: number): { pid: number; parent: number; bytes: number } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return null;
  }
  const number = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { pid, parent: number('PPid'), bytes: 1024 * number('VmHWM') };
}
