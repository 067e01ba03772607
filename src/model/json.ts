/**
 * JSON as a file from anywhere needs it read: nesting is bounded and no key may repeat (readers in other languages would
 * not agree on which one counts). Also the wording of errors about such a file.
 */
import { FlexorError, oneLine } from '../base/errors.js';

const MAX_DEPTH = 32;

/** Parses JSON text; `field` names it in errors. */
export function parseJson(text: string, where: string, field: string): unknown {
  const { colons, depth } = scan(text);
  if (depth > MAX_DEPTH) throw fileProblem(where, field, `must nest at most ${MAX_DEPTH} levels deep, got ${depth}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fileProblem(where, field, `must be JSON, got: ${printable(oneLine(error), 100)}`);
  }
  if (colons !== countKeys(value)) throw fileProblem(where, field, 'must not repeat a key of an object, got one twice');
  return value;
}

/** An error about a model file: where, field, rule and offending value. */
export function fileProblem(where: string, field: string, rule: string): FlexorError {
  return new FlexorError('model-file', `${where}: ${field}: ${rule}`);
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

/** Keys of all objects in a JSON value; fewer than the colons of its text where a key repeats. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, child) => sum + countKeys(child), own);
}
