/**
 * Faults in Verilog text, one at a time: another operator, a constant, a condition turned round, an assignment that is lost;
 * shallower and deeper memories, narrower and wider words. It knows as much of the language as `hw/` and the templates use.
 *
 * A fault in an expression costs no build of its own: `withSwitch` puts right and wrong side by side,
 * `(flexor_mutant[0] == 7 ? WRONG : RIGHT)`, and a memory file says which of them holds (0: all are right).
 */

/** Text from `from` to `to` that becomes `text`. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A fault: an expression or condition, and the wrong one. */
export interface ExpressionFault extends Edit {
  /** What is changed, in a few words. */
  readonly what: string;
}

const SWITCH_FILE = 'mem/mutant.mem';

/** Which fault holds, as the memory file that `withSwitch` reads. */
export function switchFile(number: number): readonly [path: string, text: string] {
  return [SWITCH_FILE, `${number.toString(16).padStart(8, '0')}\n`];
}

/** Spaces in place of comments, and of checks for simulation, at the same offsets. */
function codeOf(text: string): string {
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ');
  return text
    .replace(/`ifndef SYNTHESIS[\s\S]*?`endif/g, blank)
    .replace(/\/\/.*$/gm, blank)
    .replace(/\bfunction\b[\s\S]*?\bendfunction\b/g, blank);
}

interface Expression {
  readonly kind: 'value' | 'condition';
  readonly from: number;
  readonly to: number;
  /** What a value is assigned to with `<=`; null where losing the assignment is no fault of a register. */
  readonly target: string | null;
}

/** Right-hand sides of assignments and conditions of always blocks; what is worked out before the simulation is none. */
function expressionsOf(code: string): Expression[] {
  const found: Expression[] = [];
  const continuous = /\b(?:assign\s+[^=;]+?|wire(?:\s+signed)?(?:\s*\[[^\]=]*\])?\s+(?!unused_)\w+)\s*=(?!=)/g;
  for (const match of code.matchAll(continuous)) {
    const from = match.index + match[0].length;
    found.push({ kind: 'value', from, to: code.indexOf(';', from), target: null });
  }
  for (const match of code.matchAll(/\balways\s*@\s*(?:\*|\([^)]*\))/g)) {
    statement(code, match.index + match[0].length, found);
  }
  return found;
}

/** Collects the expressions of the statement at `at`; returns where it ends. */
function statement(code: string, at: number, found: Expression[]): number {
  const start = skipSpace(code, at);
  const word = /^(\w+)?/.exec(code.slice(start, start + 20))![0];
  if (word === 'begin') {
    let next = skipSpace(code, start + 5);
    while (!/^end\b/.test(code.slice(next, next + 4))) next = skipSpace(code, statement(code, next, found));
    return next + 3;
  }
  if (word === 'if') {
    const open = code.indexOf('(', start);
    const close = closing(code, open);
    found.push({ kind: 'condition', from: open + 1, to: close, target: null });
    const then = statement(code, close + 1, found);
    const after = skipSpace(code, then);
    return /^else\b/.test(code.slice(after, after + 5)) ? statement(code, after + 4, found) : then;
  }
  // The bounds of loops are known before the simulation.
  if (word === 'for') return statement(code, closing(code, code.indexOf('(', start)) + 1, found);
  const end = code.indexOf(';', start);
  if (word === 'case') return code.indexOf('endcase', start) + 'endcase'.length;
  const assignment = /^([\w[\]+:*() -]+?)\s*<=/.exec(code.slice(start, end));
  if (assignment !== null) {
    found.push({ kind: 'value', from: start + assignment[0].length, to: end, target: assignment[1]! });
  }
  return end + 1;
}

function skipSpace(code: string, at: number): number {
  return at + /^\s*/.exec(code.slice(at))![0].length;
}

function closing(code: string, open: number): number {
  let depth = 0;
  for (let i = open; ; i++) {
    if (code[i] === '(') depth++;
    if (code[i] === ')' && --depth === 0) return i;
  }
}

const SWAPS: Readonly<Record<string, string>> = {
  ...{ '&&': '||', '||': '&&', '==': '!=', '!=': '==', '+': '-', '-': '+', '>=': '>', '<=': '<', '>': '>=', '<': '<=' },
  ...{
    '&': '|',
    '|': '&',
    '^': '&',
    '<<': '>>',
    '>>>': '<<<',
    '>>': '<<',
    '*': '+',
    "1'b1": "1'b0",
    "1'b0": "1'b1",
    '!': '',
  },
};
const TOKEN = /1'b[01]|>>>|<<<|>=|<=|==|!=|&&|\|\||<<|>>|[-+<>&|^!*]/g;

/** Faults in the expressions of a module. */
export function expressionFaults(text: string): ExpressionFault[] {
  const code = codeOf(text);
  return expressionsOf(code).flatMap(({ kind, from, to, target }): ExpressionFault[] => {
    const right = code.slice(from, to);
    const fault = (text: string, what: string): ExpressionFault => ({ from, to, text, what });
    const fixed = constantPlaces(right);
    const tokens = [...right.matchAll(TOKEN)].flatMap((match): ExpressionFault[] => {
      const [token] = match;
      const other = SWAPS[token];
      if (other === undefined || fixed[match.index] === true) return [];
      // A reduction, or the sign of a number, stands behind an operator or a bracket.
      const before = right.slice(0, match.index).trimEnd().at(-1);
      const unary = before === undefined || /[-+*/&|^<>=!?:({,~]/.test(before);
      if (token !== '!' && !token.startsWith('1') && unary) return [];
      const wrong = right.slice(0, match.index) + other + right.slice(match.index + token.length);
      return [fault(wrong, other === '' ? `without ${token}` : `${token} becomes ${other}`)];
    });
    if (kind === 'condition') return [...tokens, fault(`!(${right})`, 'condition turned round')];
    return target === null ? tokens : [...tokens, fault(target, 'assignment lost')];
  });
}

/** Which characters lie within brackets of a select or the count of a replication, and so are constants. */
function constantPlaces(text: string): boolean[] {
  const fixed = Array.from(text, () => false);
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') depth++;
    fixed[i] = depth > 0;
    if (text[i] === ']') depth--;
  }
  for (const match of text.matchAll(/\{[^{},]*(?=\{)/g)) fixed.fill(true, match.index, match.index + match[0].length);
  return fixed;
}

/** The module with all of these faults in it, each under its number; none may overlap another unless it is of the same text. */
export function withSwitch(text: string, faults: ReadonlyMap<number, ExpressionFault>): string {
  if (faults.size === 0) return text;
  const byPlace = new Map<number, { to: number; wrong: (readonly [number, string])[] }>();
  for (const [number, { from, to, text: wrong }] of faults) {
    const place = byPlace.get(from) ?? { to, wrong: [] };
    place.wrong.push([number, wrong]);
    byPlace.set(from, place);
  }
  let result = text;
  for (const [from, { to, wrong }] of [...byPlace].sort(([a], [b]) => b - a)) {
    const cases = wrong.map(([number, each]) => `(flexor_mutant[0] == 32'd${number}) ? (${each}) : `).join('');
    result = `${result.slice(0, from)} ${cases}(${result.slice(from, to).replace(/\/\/.*$/gm, '')})${result.slice(to)}`;
  }
  const head = /^\);$/m.exec(result)!;
  const at = head.index + head[0].length;
  const memory = `\n  reg [31:0] flexor_mutant [0:0];\n  initial $readmemh("${SWITCH_FILE}", flexor_mutant);`;
  return result.slice(0, at) + memory + result.slice(at);
}

/** Faults in the numbers that a wrapper binds: depths and counts of places, widths of parameters and of wires. */
export function numberFaults(text: string): (ExpressionFault & { readonly kind: 'depth' | 'width' })[] {
  const code = codeOf(text);
  const found: (ExpressionFault & { readonly kind: 'depth' | 'width' })[] = [];
  const add = (kind: 'depth' | 'width', name: string, at: number, value: string, other: number): void => {
    const edit = { from: at, to: at + value.length, text: String(other) };
    found.push({ kind, ...edit, what: `${name} ${value} becomes ${other}` });
  };
  for (const match of code.matchAll(/\.(\w+)\((\d+)\)/g)) {
    const [, name, value] = match as unknown as [string, string, string];
    const at = match.index + name.length + 2;
    const kind = /^(Depth|Rows|Words|Steps|Groups|Elements|WordCycles)$/.test(name)
      ? 'depth'
      : /Bits$|^Width$|^Shift$/.test(name)
        ? 'width'
        : null;
    if (kind === null) continue;
    for (const other of [Number(value) - 1, Number(value) + 1]) {
      if (other >= 1) add(kind, `.${name}`, at, value, other);
    }
  }
  for (const match of code.matchAll(/\bwire \[(\d+):0\] (\w+);/g)) {
    const [, value, name] = match as unknown as [string, string, string];
    if (Number(value) > 0) add('width', `wire ${name}`, match.index + 'wire ['.length, value, Number(value) - 1);
  }
  return found;
}

/** The text with one part changed. */
export function withEdit(text: string, { from, to, text: wrong }: Edit): string {
  return text.slice(0, from) + wrong + text.slice(to);
}
