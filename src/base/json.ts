/**
 * The one reader of JSON, for everything that comes from outside: nesting is bounded and no key may repeat (readers in
 * other languages would not agree on which one counts); a byte-order mark in front is accepted. Also texts of such files,
 * made safe to print.
 */
import { FlexorError, oneLine, type ErrorCode } from './errors.js';
import { readText } from './files.js';

const MAX_DEPTH = 32;
/** Largest JSON file that is read. */
const MOST_FILE_BYTES = 2 ** 24;

/** Parses JSON text; `problem` makes an error of a rule that it breaks (`must …`). */
export function parseJson(text: string, problem: (rule: string) => FlexorError): unknown {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const { colons, depth } = scan(json);
  if (depth > MAX_DEPTH) throw problem(`must nest at most ${MAX_DEPTH} levels deep, got ${depth}`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw problem(`must be JSON, got: ${printable(oneLine(error), 100)}`);
  }
  if (colons !== countKeys(value)) throw problem('must not repeat a key of an object, got one twice');
  // Copies of an object lose it, so that what stands under it would pass unread.
  if (json.includes('__proto__') && hasPrototypeKey(value)) throw problem('must not have the key __proto__');
  return value;
}

/** Reads a JSON file; errors name it and carry `code`. */
export function readJson(path: string, code: ErrorCode): unknown {
  const text = readText(path, MOST_FILE_BYTES);
  return parseJson(text, (rule) => new FlexorError(code, `${path}: ${rule}`));
}

/** True for a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text from a file, made safe to print: no control characters, not endless. */
export function printable(text: string, length = 60): string {
  const clean = text.replace(/\p{Cc}/gu, '?');
  return clean.length > length ? `${clean.slice(0, length)}…` : clean;
}

/** A JSON value as text for an error. */
export function shown(value: unknown): string {
  return value === undefined ? 'nothing' : printable(JSON.stringify(value));
}

/** Colons outside strings (one per key in valid JSON) and the deepest nesting. */
function scan(json: string): { colons: number; depth: number } {
  let colons = 0;
  let level = 0;
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const c = json[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === ':') colons++;
    else if (c === '{' || c === '[') depth = Math.max(depth, ++level);
    else if (c === '}' || c === ']') level--;
  }
  return { colons, depth };
}

function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasPrototypeKey);
}

/** Keys of all objects in a JSON value; fewer than the colons of its text where a key repeats. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, child) => sum + countKeys(child), own);
}
