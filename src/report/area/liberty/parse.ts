/**
 * Liberty text → groups and attributes, as far as area and delay need them: `group (arguments) { … }`, `name : value ;`
 * and `name (values) ;`, comments, continued lines, missing semicolons behind brackets.
 */
import { FlexorError } from '../../../base/errors.js';

export interface LibertyGroup {
  readonly name: string;
  readonly args: readonly string[];
  /** `name : value`. */
  readonly attributes: ReadonlyMap<string, string>;
  /** `name (values)`. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly groups: readonly LibertyGroup[];
}

interface Token {
  readonly text: string;
  readonly line: number;
}

const TOKEN = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|\\\r?\n|\s+|"(?:[^"\\]|\\[\s\S])*"|[(){};:,]|[^\s(){};:,"]+/y;

/** The library group of a file; `path` is for messages. */
export function parseLiberty(text: string, path: string): LibertyGroup {
  const parser = new Parser(tokenise(text, path), path);
  const library = parser.statement();
  if (library?.kind !== 'group' || library.group.name !== 'library') {
    throw new FlexorError('data', `${path} is not a Liberty file: it does not begin with library (...) { ... }`);
  }
  return library.group;
}

function tokenise(text: string, path: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text)?.[0];
    if (match === undefined) throw new FlexorError('data', `${path}:${line}: not Liberty: a string does not end`);
    if (!/^(\s|\/\*|\/\/|\\\r?\n)/.test(match)) tokens.push({ text: match, line });
    line += match.split('\n').length - 1;
  }
  return tokens;
}

type Statement =
  | { readonly kind: 'group'; readonly group: LibertyGroup }
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string }
  | { readonly kind: 'list'; readonly name: string; readonly values: readonly string[] };

class Parser {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly path: string,
  ) {}

  /** The next statement; null at a closing brace or the end. */
  statement(): Statement | null {
    while (this.peek() === ';') this.at++;
    const name = this.peek();
    if (name === undefined || name === '}') return null;
    if (/^[(){:,]/.test(name)) throw this.error(`a name, not ${name}`);
    this.at++;
    if (this.peek() === ':') return { kind: 'attribute', name, value: this.value() };
    if (this.peek() !== '(') throw this.error(`: or ( behind ${name}`);
    const args = this.bracket();
    if (this.peek() !== '{') return { kind: 'list', name, values: args };
    return { kind: 'group', group: this.body(name, args) };
  }

  private value(): string {
    const { line } = this.tokens[this.at++]!;
    const words: string[] = [];
    // A semicolon may be missing at the end of the line.
    for (let token = this.tokens[this.at]; token !== undefined; token = this.tokens[this.at]) {
      if (token.text === ';' || token.text === '}' || (token.line > line && words.length > 0)) break;
      words.push(unquote(token.text));
      this.at++;
    }
    return words.join(' ');
  }

  private bracket(): string[] {
    const values: string[] = [];
    for (this.at++; this.peek() !== ')'; this.at++) {
      const token = this.peek();
      if (token === undefined || /^[({};]/.test(token)) throw this.error(') at the end of a list');
      if (token !== ',') values.push(unquote(token));
    }
    this.at++;
    return values;
  }

  private body(name: string, args: readonly string[]): LibertyGroup {
    const attributes = new Map<string, string>();
    const lists = new Map<string, readonly string[]>();
    const groups: LibertyGroup[] = [];
    this.at++;
    for (let next = this.statement(); next !== null; next = this.statement()) {
      if (next.kind === 'group') groups.push(next.group);
      else if (next.kind === 'list') lists.set(next.name, next.values);
      else attributes.set(next.name, next.value);
    }
    if (this.peek() !== '}') throw this.error(`} at the end of ${name} (${args.join(', ')})`);
    this.at++;
    return { name, args, attributes, lists, groups };
  }

  private peek(): string | undefined {
    return this.tokens[this.at]?.text;
  }

  private error(expected: string): FlexorError {
    const line = (this.tokens[this.at] ?? this.tokens.at(-1))?.line ?? 1;
    return new FlexorError('data', `${this.path}:${line}: not Liberty: expected ${expected}`);
  }
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\\r?\n/g, ' ') : text;
}
