/** Which processor this is, for machine code that is compiled for exactly one (`-march=native`). */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { sha256 } from './files.js';

const CPU_INFO = '/proc/cpuinfo';

/** Model name and a digest of the instruction sets: virtual machines of one model name may hide different ones. */
export function processorName(cpuInfo: string = readCpuInfo()): string {
  const features = /^(?:flags|Features)\s*:.*$/m.exec(cpuInfo)?.[0] ?? '';
  return `${cpus()[0]?.model ?? ''} features ${sha256(features).slice(0, 16)}`;
}

/** Linux' description of the processors; empty on systems without one. */
function readCpuInfo(): string {
  try {
    return readFileSync(CPU_INFO, 'utf8');
  } catch {
    return '';
  }
}
