/** Reads a written design: its manifest, and that every file it lists is there. */
import { join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { exists } from '../base/files.js';
import { isObject, readJson } from '../base/json.js';
import type { Manifest } from '../rtl/types.js';

/** The manifest of the design in `folder`. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, 'manifest.json');
  const json = readJson(path, 'file-system');
  const manifest: Partial<Manifest> = isObject(json) ? json : {};
  if (manifest.tool !== 'flexor' || manifest.manifestVersion !== 1 || !Array.isArray(manifest.streams)) {
    throw new FlexorError('file-system', `${path} is no manifest of version 1; generate the design again with gen-rtl`);
  }
  const complete = manifest as Manifest;
  // Verilator only warns of a memory file that is missing, and would then simulate random weights.
  for (const file of [...complete.verilog, ...complete.memories, complete.simTop.file, ...complete.simTop.sources]) {
    if (!exists(join(folder, file))) {
      throw new FlexorError(
        'file-system',
        `${join(folder, file)} is missing although manifest.json lists it; generate the design again with gen-rtl`,
      );
    }
  }
  return complete;
}

/** All Verilog of a simulation, top last. */
export function simulationSources(manifest: Manifest): string[] {
  return [...manifest.verilog, ...manifest.simTop.sources, manifest.simTop.file];
}
