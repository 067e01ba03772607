/**
 * The Verilog of a written design against what this version prints for it: its library modules are those of hw/, about which
 * the proofs are, and its wrappers bind them as the model wants. Memories and XOR circuits are checked for what they mean.
 */
import type { GeneratedDesign } from '../../rtl/generate.js';
import type { Manifest } from '../../rtl/types.js';
import { xorModules } from '../../rtl/xor-modules.js';
import { moduleFile } from './circuits.js';
import type { SourceCheck, SourceKind } from './types.js';

/** `written`: the manifest in the folder; `read`: a file there. */
export function checkSources(
  { files, manifest, design }: GeneratedDesign,
  written: Manifest,
  read: (path: string) => string,
): SourceCheck[] {
  const circuits = new Set(xorModules(design.circuits, design.names.model).map(({ module }) => moduleFile(module)));
  const layers = new Map(manifest.layers.map(({ module, name }) => [moduleFile(module), name]));
  const checks: SourceCheck[] = [];
  for (const [file, text] of files) {
    if (!/^(rtl|sim)\//.test(file) || circuits.has(file)) continue;
    const kind = kindOf(file, layers);
    const at = differingLine(read(file), text);
    const what = kind === 'layer' ? `layer ${layers.get(file)!}: ${file}` : file;
    const fault = at === null ? null : `${what} line ${at}: differs from what this version generates`;
    checks.push({ file, kind, fault });
  }
  const listed = differingLine(written.verilog.join('\n'), manifest.verilog.join('\n'));
  const fault =
    listed === null ? null : `manifest.json: entry ${listed} of verilog differs from what this version generates`;
  return [...checks, { file: 'manifest.json', kind: 'other', fault }];
}

function kindOf(file: string, layers: ReadonlyMap<string, string>): SourceKind {
  if (layers.has(file)) return 'layer';
  return /^rtl\/flexor_/.test(file) ? 'library' : 'other';
}

/** The first line, from 1, in which two texts differ; null where they are equal. */
function differingLine(text: string, wanted: string): number | null {
  if (text === wanted) return null;
  const [lines, others] = [text.split('\n'), wanted.split('\n')];
  return Math.max(lines.length, others.length) && lines.concat('').findIndex((line, i) => line !== others[i]) + 1;
}
