/**
 * The exact function of an XOR circuit, read from its Verilog: every signal is a sum of inputs over GF(2), so it is a row of
 * bits, and two circuits are equal for all inputs where their rows are. The text must be made of nothing but wires, assigns
 * and XORs; anything else is refused, so that no statement goes unread.
 */
import { FlexorError } from '../../base/errors.js';
import type { XorMatrix } from '../../xor/types.js';

/** Rows of the XOR module of this name: which inputs each output sums. Throws FlexorError('mismatch') for a text that is no such module. */
export function circuitOfVerilog(text: string, module: string): XorMatrix {
  const code = text.replace(/\/\/.*$/gm, '').trim();
  const head = /^module (\w+) \(\s*input +wire +(?:\[(\d+):0\] *)?x_i,\s*output +wire +(?:\[(\d+):0\] *)?y_o\s*\);/;
  const ports = head.exec(code);
  if (ports?.[1] !== module || !code.endsWith('endmodule'))
    throw refused(`it is no module ${module} with ports x_i and y_o`);
  const [nIn, nOut] = [Number(ports[2] ?? 0) + 1, Number(ports[3] ?? 0) + 1];
  const body = code.slice(ports[0].length, -'endmodule'.length);
  const signals = new Map<string, Uint8Array>();
  for (let i = 0; i < nIn; i++) {
    signals.set(
      `x_i[${i}]`,
      Uint8Array.from({ length: nIn }, (_, k) => Number(k === i)),
    );
  }
  if (nIn === 1) signals.set('x_i', signals.get('x_i[0]')!);
  for (const statement of body.split(';')) {
    const line = statement.trim();
    if (line === '') continue;
    const parts = /^(?:wire (\w+)|assign (y_o(?:\[\d+\])?)) = (.+)$/s.exec(line);
    if (parts === null) throw refused(`it holds '${shorten(line)}'`);
    const name = parts[1] ?? parts[2]!;
    if (signals.has(name)) throw refused(`it drives ${name} twice`);
    // Inputs that nothing reads are summed into a wire that nothing reads.
    if (name !== 'unused_x') signals.set(name, sumOf(parts[3]!, signals, nIn));
  }
  const bits = new Uint8Array(nOut * nIn);
  for (let j = 0; j < nOut; j++) {
    const row = signals.get(`y_o[${j}]`) ?? (nOut === 1 ? signals.get('y_o') : undefined);
    if (row === undefined) throw refused(`it does not drive y_o[${j}]`);
    bits.set(row, j * nIn);
  }
  return { nIn, nOut, bits };
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function refused(what: string): FlexorError {
  return new FlexorError('mismatch', `must be a circuit of XORs alone, but ${what}`);
}

/** `a ^ (b ^ c)`: the sum of what its names stand for. */
function sumOf(text: string, signals: ReadonlyMap<string, Uint8Array>, nIn: number): Uint8Array {
  const tokens = [...text.matchAll(/\s*(\w+(?:\[\d+\])?|[\^()]|\S)/g)].map((match) => match[1]!);
  const sum = new Uint8Array(nIn);
  let depth = 0;
  let wantsOperand = true;
  for (const token of tokens) {
    const row = signals.get(token);
    if (wantsOperand && token === '(') depth++;
    else if (wantsOperand && row !== undefined) {
      for (let i = 0; i < nIn; i++) sum[i]! ^= row[i]!;
      wantsOperand = false;
    } else if (!wantsOperand && token === '^') wantsOperand = true;
    else if (!wantsOperand && token === ')' && depth > 0) depth--;
    else throw refused(`it holds '${shorten(text)}'`);
  }
  if (wantsOperand || depth > 0) throw refused(`it holds '${shorten(text)}'`);
  return sum;
}
