/** Which processor this is, for machine code that is compiled for exactly one (`-march=native`). */
import { cpus } from 'node:os';
import { kernelText, sha256 } from './files.js';

/** Linux' description of the processors; other systems have none. */
const CPU_INFO = '/proc/cpuinfo';

/** Model name and a digest of the instruction sets: virtual machines of one model name may hide different ones. */
export function processorName(cpuInfo: string = kernelText(CPU_INFO)): string {
  const features = /^(?:flags|Features)\s*:.*$/m.exec(cpuInfo)?.[0] ?? '';
  return `${cpus()[0]?.model ?? ''} features ${sha256(features).slice(0, 16)}`;
}
