/**
 * Parsers for option values, given to commander: `.option('--images <n>', 'how many', integer(1, 10_000), 10)`. What does
 * not parse ends as one line with exit code 2.
 */
import { InvalidArgumentError } from 'commander';

/** An integer from `min` to `max`, both included. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`Must be an integer ${interval(min, max)}.`);
    return value;
  };
}

/** A finite number from `min` to `max`, both included. */
export function real(min: number, max = Infinity): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!Number.isFinite(value) || value < min || value > max) {
      throw new InvalidArgumentError(`Must be a number ${interval(min, max)}.`);
    }
    return value;
  };
}

/** A parser that knows words which it takes, for completion in a shell. */
export interface WordParser<T> {
  (text: string): T;
  readonly words: readonly string[];
}

/** One of a list of words. */
export function oneOf<T extends string>(words: readonly T[]): WordParser<T> {
  return withWords(words, (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidArgumentError(`Must be one of ${words.join(', ')}.`);
    return word;
  });
}

/** A parser with words that it takes, perhaps beside other texts. */
export function withWords<T>(words: readonly string[], parse: (text: string) => T): WordParser<T> {
  return Object.assign((text: string) => parse(text), { words });
}

/** Words that the parser of an option or argument takes; none where it knows none. */
export function wordsOf(parser: unknown): readonly string[] {
  return typeof parser === 'function' && 'words' in parser ? (parser as WordParser<unknown>).words : [];
}

/** One of a few words, or what another parser takes; the error names both. */
export function wordOr<W extends string, T>(words: readonly W[], parse: (text: string) => T): WordParser<W | T> {
  return withWords(words, (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      throw new InvalidArgumentError(error.message.replace(/\.$/, `, or ${words.join(' or ')}.`));
    }
  });
}

/** `name=value` with commas between them, each name once. */
export function assignments<T>(parse: (text: string) => T): (text: string) => Record<string, T> {
  return (text) => {
    const found = new Map<string, T>();
    for (const part of text.split(',')) {
      const at = part.lastIndexOf('=');
      const name = part.slice(0, at).trim();
      if (at < 1 || name === '') throw new InvalidArgumentError(`Must be like name=value, got '${part}'.`);
      if (found.has(name)) throw new InvalidArgumentError(`Names '${name}' twice.`);
      found.set(name, parse(part.slice(at + 1)));
    }
    return Object.fromEntries(found);
  };
}

/** Values with commas between them, in order. */
export function sequence<T>(parse: (text: string) => T): WordParser<T[]> {
  return withWords(wordsOf(parse), (text) => text.split(',').map((part) => parse(part)));
}

/** Several values with commas between them, each taken once. */
export function listOf<T>(parse: (text: string) => T): WordParser<T[]> {
  return withWords(wordsOf(parse), (text) => [...new Set(text.split(',').map((part) => parse(part)))]);
}

function interval(min: number, max: number): string {
  return max === Infinity || max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
}
