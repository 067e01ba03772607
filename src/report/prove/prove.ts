/**
 * Proofs about the modules of `hw/` and about the XOR circuits of a design, by Yosys's SAT solver: `sat -tempinduct` shows a
 * property for all inputs and all times (base case and induction step), or finds inputs that break it.
 *
 * The properties of a module lie in `hw/formal/MODULE.v`: a text that is put into the module, so that it sees the state. Its
 * first line names the parameter sets (`// prove: Width=1 Depth=1 | …`), a line `// bounded: N` asks for the first N cycles
 * only, `// holds: PREFIX` assumes the law of a stream that comes in, `// gives: PREFIX` asserts it of one that goes out
 * (hw/README.md), `// file: NAME: WORDS` is a memory file, `// stops: NAME` keeps the checks for simulation, with NAME 1 behind
 * the cycle in which one stops the run. `f_started` is 1 from the cycle behind the reset on, with which every run begins; later resets come at any time.
 */
import { FlexorError } from '../../base/errors.js';
import { listFolder } from '../../base/files.js';
import { packageFile, packageText } from '../../base/places.js';
import { template } from '../../base/template.js';
import { libraryModules, librarySource } from '../../rtl/library.js';
import { xorView } from '../../rtl/xor-modules.js';
import { runYosys } from '../../toolchain/yosys.js';
import { rowTaps } from '../../xor/matrix.js';
import type { MinimisedCircuit } from '../../xor/minimise.js';
import type { XorMatrix } from '../../xor/types.js';

/** `proven`: for all times. `bounded`: in the first cycles. `failed`: there is a counterexample. `unknown`: no answer in time. */
export type Verdict = 'proven' | 'bounded' | 'failed' | 'unknown';

export interface Proof {
  /** Module, or XOR circuit. */
  readonly module: string;
  /** Parameters as text. */
  readonly parameters: string;
  readonly verdict: Verdict;
  /** Cycles looked at, where it is bounded. */
  readonly cycles: number | null;
}

export interface ProveOptions {
  /** Of one proof. Default: 120. */
  readonly timeoutSeconds?: number;
  /** Of what comes before the solver, for each proof. Default: 60. */
  readonly graceSeconds?: number;
  /** A change of the module's text, for faults that must not be proven. */
  readonly change?: (source: string) => string;
  readonly signal?: AbortSignal;
}

const MOST_STEPS = 12;

interface Properties {
  readonly sets: readonly string[];
  readonly bounded: number | null;
  /** Memory files by name. */
  readonly files: ReadonlyMap<string, string>;
  /** Register that tells of a check for simulation; null: there are none. */
  readonly stops: string | null;
  readonly text: string;
}

const FORMAL = 'hw/formal';

/** Modules that have a property file, by name. */
export function provableModules(): string[] {
  const files = listFolder(packageFile(FORMAL)).map(({ name }) => name);
  return files.flatMap((name) => (name.endsWith('.v') ? [name.slice(0, -2)] : [])).sort();
}

/** The property file of a module. */
export function propertiesOf(module: string): Properties {
  const text = packageText(`${FORMAL}/${module}.v`);
  const line = /^\/\/ prove: (.*)$/m.exec(text);
  if (line === null) throw new FlexorError('usage', `${FORMAL}/${module}.v does not say which parameters to prove`);
  const bounded = /^\/\/ bounded: (\d+)$/m.exec(text);
  const files = new Map([...text.matchAll(/^\/\/ file: (\S+): (.*)$/gm)].map(([, name, words]) => [name!, words!]));
  const stops = /^\/\/ stops: (\w+)$/m.exec(text)?.[1] ?? null;
  const sets = line[1]!.split('|').map((set) => set.trim());
  return { sets, bounded: bounded && Number(bounded[1]), files, stops, text };
}

/** The module with its checks for simulation as a register that says that one stopped the run. */
function withStops(source: string, register: string): string {
  const told = source.replace(/\$display\(.*\);/g, '').replace(/\$stop;/g, `${register} = 1'b1;`);
  return told.replace(/^\);$/m, `);\n  reg ${register} = 1'b0;`);
}

/** The law of a stream: valid and data hold until the transfer. */
function lawText(prefix: string, kind: 'assume' | 'assert'): string {
  const [there, back] = kind === 'assume' ? ['i', 'o'] : ['o', 'i'];
  const [valid, ready, data] = [`${prefix}_valid_${there}`, `${prefix}_ready_${back}`, `${prefix}_data_${there}`];
  return `
  reg f_${prefix}_held = 1'b0;
  reg [$bits(${data})-1:0] f_${prefix}_data;
  always @(posedge clk_i) begin
    f_${prefix}_held <= rst_ni && ${valid} && !${ready};
    f_${prefix}_data <= ${data};
  end
  always @* if (f_${prefix}_held) ${kind} (${valid} && ${data} == f_${prefix}_data);
`;
}

/** The module with its properties inside. */
function withProperties(source: string, properties: string): string {
  const at = source.lastIndexOf('endmodule');
  const clocked = /\bclk_i\b/.test(source);
  const reset = /\brst_ni\b/.test(source);
  const started = [
    "  reg f_started = 1'b0;",
    ...(clocked ? ["  always @(posedge clk_i) f_started <= 1'b1;"] : []),
    ...(reset ? ['  always @* if (!f_started) assume (!rst_ni);'] : []),
  ];
  const laws = [...properties.matchAll(/^\/\/ (holds|gives): (\w+)$/gm)].map(([, kind, prefix]) =>
    lawText(prefix!, kind === 'holds' ? 'assume' : 'assert'),
  );
  return `${source.slice(0, at)}${started.join('\n')}\n${laws.join('')}\n${properties}\n${source.slice(at)}`;
}

/**
 * Proves the properties of a module at these parameter sets, `NAME=VALUE …`, by default those of its file. One Yosys does all
 * of them, since its start takes longer than most proofs.
 */
export async function proveModule(
  module: string,
  sets: readonly string[] = propertiesOf(module).sets,
  options: ProveOptions = {},
): Promise<Proof[]> {
  const { bounded, files: memories, stops, text } = propertiesOf(module);
  const change = options.change ?? ((source: string) => source);
  const changed = change(librarySource(module));
  const source = withProperties(stops === null ? changed : withStops(changed, stops), text);
  const others = libraryModules([librarySource(module)]).filter((name) => name !== module);
  const verilog = new Map([[module, source], ...others.map((name) => [name, librarySource(name)] as const)]);
  const settle = sets.map((set) => {
    const parameters = set.split(' ').map((pair) => `-set ${pair.replace('=', ' ')}`);
    return `chparam ${parameters.join(' ')} ${module}`;
  });
  const verdicts = await solve({ verilog, memories, top: module, settle, bounded, checks: stops !== null }, options);
  return sets.map((parameters, i) => {
    const verdict = verdicts[i]!;
    return { module, parameters, verdict, cycles: verdict === 'bounded' ? bounded : null };
  });
}

/** Proves that the Verilog of a circuit, as the generator prints it, computes M⊕ for every slice. */
export async function proveXor(
  circuit: MinimisedCircuit,
  matrix: XorMatrix,
  options: ProveOptions = {},
): Promise<Proof> {
  const module = 'xor_circuit';
  const change = options.change ?? ((source: string) => source);
  const text = change(template('xor.v', 'verilog')(xorView({ module, circuit }, 'For a proof.')));
  const rows = rowTaps(matrix).map(
    (taps, j) => `  always @* assert (y_o[${j}] == ^{1'b0${taps.map((i) => `, x_i[${i}]`).join('')}});`,
  );
  const at = text.lastIndexOf('endmodule');
  const verilog = new Map([[module, `${text.slice(0, at)}${rows.join('\n')}\n${text.slice(at)}`]]);
  const [verdict] = await solve({ verilog, memories: new Map(), top: module, settle: [''], bounded: null }, options);
  return { module, parameters: `N_in ${matrix.nIn}, N_out ${matrix.nOut}`, verdict: verdict!, cycles: null };
}

export interface Problem {
  /** Module → text, the top first. */
  readonly verilog: ReadonlyMap<string, string>;
  readonly memories: ReadonlyMap<string, string>;
  readonly top: string;
  /** A command for each proof that sets its parameters; an empty one sets none. */
  readonly settle: readonly string[];
  readonly bounded: number | null;
  /** Whether the checks for simulation are kept. */
  readonly checks?: boolean;
}

/** Between the proofs in what Yosys prints. */
const NEXT_PROOF = 'flexor: next proof';

/** A verdict for each entry of `settle`. */
export async function solve(
  { verilog, memories, top, settle, bounded, checks = false }: Problem,
  { timeoutSeconds = 120, graceSeconds = 60, signal }: ProveOptions,
): Promise<Verdict[]> {
  const steps =
    bounded === null ? `-tempinduct -maxsteps ${MOST_STEPS}` : `-tempinduct -tempinduct-baseonly -maxsteps ${bounded}`;
  const script = settle.flatMap((parameters) => [
    `log ${NEXT_PROOF}`,
    'design -reset',
    `read_verilog -formal ${checks ? '' : '-DSYNTHESIS '}${[...verilog.keys()].map((module) => `${module}.v`).join(' ')}`,
    parameters,
    `hierarchy -top ${top}`,
    'proc',
    'setattr -mod -unset keep_hierarchy *',
    'flatten',
    'chformal -lower',
    'memory',
    'opt',
    `sat ${steps} -set-assumes -prove-asserts -seq 1 -timeout ${timeoutSeconds}`,
  ]);
  const files = new Map([...verilog].map(([module, text]) => [`${module}.v`, text]));
  for (const [name, words] of memories) files.set(name, `${words.split(' ').join('\n')}\n`);
  const limits = {
    timeoutSeconds: (timeoutSeconds + graceSeconds) * settle.length,
    ...(signal === undefined ? {} : { signal }),
  };
  const { stdout } = await runYosys({ script: script.join('\n'), files, outputs: [], ...limits });
  return stdout
    .split(new RegExp(`^${NEXT_PROOF}$`, 'm'))
    .slice(1)
    .map((text) => verdictOf(text, bounded));
}

function verdictOf(text: string, bounded: number | null): Verdict {
  if (/^Induction step proven: SUCCESS!/m.test(text)) return 'proven';
  if (/model found for base case: FAIL!/.test(text)) return 'failed';
  if (bounded !== null && /^Reached maximum number of time steps/m.test(text)) return 'bounded';
  return 'unknown';
}
