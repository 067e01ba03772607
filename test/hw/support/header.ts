/**
 * Reads the header of a module of hw/: parameters with their defaults, ports with their widths. Only what the library's
 * style uses is understood; anything else is an error, so that a test never passes because it read nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';

const HW = new URL('../../../hw/', import.meta.url);

export interface Port {
  readonly name: string;
  readonly input: boolean;
  /** Expression of the most significant bit's index, null for one wire. */
  readonly msb: string | null;
}

export interface Header {
  readonly module: string;
  /** Name and default, as text. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly ports: readonly Port[];
}

/** Parameter values of an instance, as Verilog text or numbers. */
export type Parameters = Readonly<Record<string, string | number>>;

/** Names of all modules of the library. */
export const LIBRARY: readonly string[] = readdirSync(HW)
  .filter((name) => name.endsWith('.v'))
  .map((name) => name.slice(0, -2))
  .sort();

export function moduleSource(module: string): string {
  return readFileSync(new URL(`${module}.v`, HW), 'utf8');
}

export function readHeader(module: string): Header {
  const source = moduleSource(module).replace(/\/\/.*$/gm, '');
  const found = /\bmodule\s+(\w+)\s*#\(([\s\S]*?)\n\)\s*\(([\s\S]*?)\n\);/.exec(source);
  if (found === null || found[1] !== module) throw new Error(`no header of module ${module} found`);
  const parameters = new Map<string, string>();
  for (const line of declarations(found[2]!)) {
    const match = /^parameter\s+(?:integer\s+|\[[^\]]*\]\s*)?(\w+)\s*=\s*(.*)$/.exec(line);
    if (match === null) throw new Error(`${module}: parameter not understood: ${line}`);
    parameters.set(match[1]!, match[2]!);
  }
  const ports = declarations(found[3]!).map((line): Port => {
    const match = /^(input|output)\s+(?:wire|reg)\s+(?:signed\s+)?(?:\[(.*):0\]\s*)?(\w+)$/.exec(line);
    if (match === null) throw new Error(`${module}: port not understood: ${line}`);
    return { name: match[3]!, input: match[1] === 'input', msb: match[2] ?? null };
  });
  return { module, parameters, ports };
}

/** Comma-separated declarations, one an element, white space squeezed. */
function declarations(text: string): string[] {
  return text
    .split(/,\s*\n/)
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '');
}

/** Bits of a port for given parameters. */
export function portBits(header: Header, port: Port, parameters: Parameters): number {
  if (port.msb === null) return 1;
  const value = (name: string): number => {
    const text = String(parameters[name] ?? header.parameters.get(name));
    if (!/^-?\d+$/.test(text)) throw new Error(`${header.module}: ${name} = ${text} is no number`);
    return Number(text);
  };
  return evaluate(port.msb, value) + 1;
}

/** Sums and products of names and numbers. */
function evaluate(text: string, value: (name: string) => number): number {
  const tokens = text.match(/\w+|[-+*()]/g) ?? [];
  let at = 0;
  const factor = (): number => {
    const token = tokens[at++]!;
    if (token === '(') {
      const inner = sum();
      at++;
      return inner;
    }
    return /^\d/.test(token) ? Number(token) : value(token);
  };
  const product = (): number => {
    let result = factor();
    while (tokens[at] === '*') {
      at++;
      result *= factor();
    }
    return result;
  };
  const sum = (): number => {
    let result = product();
    while (tokens[at] === '+' || tokens[at] === '-') result += tokens[at++] === '+' ? product() : -product();
    return result;
  };
  const result = sum();
  if (at !== tokens.length) throw new Error(`width not understood: ${text}`);
  return result;
}

/** `#(.A(1), .B(2))`, or nothing. */
export function parameterText(parameters: Parameters): string {
  const list = Object.entries(parameters).map(([name, value]) => `.${name}(${value})`);
  return list.length === 0 ? '' : `#(${list.join(', ')}) `;
}

/**
 * A module that instantiates library modules at several parameter sets with every port brought out, so that one run of a
 * tool elaborates them all.
 */
export function wrapperOf(name: string, instances: readonly { module: string; parameters: Parameters }[]): string {
  const ports: string[] = [];
  const body: string[] = [];
  instances.forEach(({ module, parameters }, i) => {
    const header = readHeader(module);
    for (const parameter of Object.keys(parameters)) {
      if (!header.parameters.has(parameter)) throw new Error(`${module} has no parameter ${parameter}`);
    }
    const connections = header.ports.map((port) => {
      ports.push(
        `  ${port.input ? 'input ' : 'output'} wire [${portBits(header, port, parameters) - 1}:0] p${i}_${port.name}`,
      );
      return `.${port.name}(p${i}_${port.name})`;
    });
    body.push(`  ${module} ${parameterText(parameters)}u_${i} (${connections.join(', ')});`);
  });
  return `module ${name} (\n${ports.join(',\n')}\n);\n${body.join('\n')}\nendmodule\n`;
}
