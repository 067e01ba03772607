/**
 * A design on disk: the generated files and `manifest.json`, which lists them all, so that the next design in that folder
 * replaces these files and no others.
 */
import { FlexorError } from '../base/errors.js';
import { isObject, parseJson } from '../base/json.js';
import { prepareFolder, writeFolder, type FolderKind } from '../base/output-folder.js';
import type { RtlFiles } from './types.js';

const MANIFEST = 'manifest.json';
const TOOL = 'flexor';

const DESIGN: FolderKind = {
  title: 'a design',
  manifest: MANIFEST,
  listed: (text) => {
    const manifest = parsed(text);
    if (!isObject(manifest) || manifest['tool'] !== TOOL) return null;
    const { files } = manifest;
    return Array.isArray(files) && files.every((name) => typeof name === 'string') ? files : null;
  },
  unfinished: (files) => manifestText({ tool: TOOL, unfinished: true, files }),
};

function parsed(text: string): unknown {
  try {
    return parseJson(text, (rule) => new FlexorError('file-system', rule));
  } catch {
    return null;
  }
}

function manifestText(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Checks that a design can be written to a folder, before the work; returns its absolute path. */
export function prepareDesignFolder(folder: string): string {
  return prepareFolder(folder, DESIGN);
}

/** Writes a design to a folder. Of a design that is there, the files that its manifest lists are replaced. */
export function writeDesign(design: RtlFiles, folder: string): void {
  const files = new Map(design.files);
  const listed = [...files.keys()].filter((name) => name !== MANIFEST).sort();
  files.set(MANIFEST, manifestText({ ...design.manifest, files: listed }));
  writeFolder(folder, files, DESIGN);
}
