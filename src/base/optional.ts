/**
 * Packages that only some commands need (`optionalDependencies`). They are imported where they are used, so that everything
 * else works without them; where one is missing, the error names it and the command that installs it.
 */
import { createRequire } from 'node:module';
import { FlexorError } from './errors.js';
import { packageDocument } from './places.js';

/** What needs which packages. */
const USES = {
  training: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-backend-wasm'],
  charts: ['echarts'],
  'decoding of images': ['sharp'],
  'synthesis by Yosys from npm': ['@yowasp/yosys'],
} as const;

export type OptionalUse = keyof typeof USES;

const { resolve } = createRequire(import.meta.url);

/** Path of a module of an optional package. */
export function optionalFile(use: OptionalUse, specifier: string): string {
  try {
    return resolve(specifier);
  } catch (error) {
    throw missingPackages(use) ?? error;
  }
}

/** What `load` imports, which needs the packages of a use. */
export async function loadOptional<T>(use: OptionalUse, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw missingPackages(use) ?? error;
  }
}

/** The error for packages of a use that are not installed; null where all are. */
export function missingPackages(use: OptionalUse): FlexorError | null {
  const missing = USES[use].filter((name) => !isInstalled(name));
  if (missing.length === 0) return null;
  const { optionalDependencies: wanted } = packageDocument();
  const [packages, are] = missing.length === 1 ? ['package', 'is'] : ['packages', 'are'];
  const install = missing.map((name) => `${name}@${wanted[name]}`).join(' ');
  return new FlexorError(
    'tool',
    `${use} needs the ${packages} ${missing.join(', ')}, which ${are} not installed: npm install ${install}`,
  );
}

function isInstalled(name: string): boolean {
  try {
    resolve(name);
    return true;
  } catch {
    return false;
  }
}
