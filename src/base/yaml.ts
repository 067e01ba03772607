/**
 * The one reader of YAML (1.2, core schema, and merge keys): no repeated keys, no tags of other kinds, a bounded number of
 * aliases and a bounded depth, so that a small file cannot stand for gigabytes.
 */
import { parseDocument } from 'yaml';
import { FlexorError, oneLine, type ErrorCode } from './errors.js';
import { readText } from './files.js';
import { printable } from './json.js';

const MOST_FILE_BYTES = 2 ** 20;
const MAX_DEPTH = 32;
const MAX_ALIASES = 100;
/** Most values, with those that aliases repeat. */
const MAX_VALUES = 200_000;

/** Reads a YAML file as what JSON could say; errors name it and carry `code`. */
export function readYaml(path: string, code: ErrorCode): unknown {
  const text = readText(path, MOST_FILE_BYTES);
  return parseYaml(text, (rule) => new FlexorError(code, `${path}: ${rule}`));
}

/** Parses YAML text; `problem` makes an error of a rule that it breaks (`must …`). */
export function parseYaml(text: string, problem: (rule: string) => FlexorError): unknown {
  const value = parse(text, problem);
  const { depth, values } = extent(value);
  if (depth > MAX_DEPTH) throw problem(`must nest at most ${MAX_DEPTH} levels deep, got ${depth}`);
  if (values > MAX_VALUES) throw problem(`must have at most ${MAX_VALUES} values, aliases counted, got more`);
  return value;
}

function parse(text: string, problem: (rule: string) => FlexorError): unknown {
  try {
    const document = parseDocument(text, { schema: 'core', merge: true, uniqueKeys: true, logLevel: 'silent' });
    const [wrong] = [...document.errors, ...document.warnings];
    if (wrong !== undefined) throw wrong;
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // Deep nesting ends the parser with a RangeError, too many aliases with a ReferenceError.
    throw problem(`must be YAML, got: ${printable(oneLine(error), 150)}`);
  }
}

/** Levels and number of values; it stops counting beyond the bounds, as aliases may repeat large parts many times. */
function extent(value: unknown): { readonly depth: number; readonly values: number } {
  let values = 0;
  let deepest = 0;
  const visit = (at: unknown, depth: number): void => {
    values++;
    deepest = Math.max(deepest, depth);
    if (values > MAX_VALUES || depth > MAX_DEPTH || typeof at !== 'object' || at === null) return;
    for (const child of Object.values(at)) visit(child, depth + 1);
  };
  visit(value, 0);
  return { depth: deepest, values };
}
