/**
 * Combinational paths through the modules of an elaborated design, on the netlist that Yosys writes as JSON: from which input
 * ports signals reach which output ports without a register between. Clock and reset are no signals here.
 */
import { runYosys } from '../../src/toolchain/yosys.js';

type Bit = number | string;

interface Cell {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly port_directions: Readonly<Record<string, 'input' | 'output'>>;
  readonly connections: Readonly<Record<string, readonly Bit[]>>;
}

interface Module {
  readonly ports: Readonly<Record<string, { readonly direction: 'input' | 'output'; readonly bits: readonly Bit[] }>>;
  readonly cells: Readonly<Record<string, Cell>>;
}

export type Netlist = Readonly<Record<string, Module>>;

/** `from` and `to`: a port of the module, or `instance.port` of a stage inside it. */
export interface Path {
  readonly from: string;
  readonly to: string;
}

const NETLIST = 'netlist.json';
const NOT_SIGNALS = /(^|\.)(clk_i|rst_ni|core_rst_ni)$/;

/**
 * Elaborates a design: the stages (module names, `*` for anything) stay modules, each with all that it holds flattened into it,
 * and so does the top. Memories stay cells.
 */
export async function elaborate(
  files: ReadonlyMap<string, string>,
  top: string,
  stages: readonly string[],
): Promise<Netlist> {
  const verilog = [...files.keys()].filter((path) => path.endsWith('.v'));
  const script = [
    `read_verilog -defer ${verilog.join(' ')}`,
    `hierarchy -check -top ${top}`,
    'proc',
    'setattr -mod -unset keep_hierarchy *',
    ...stages.map((stage) => `setattr -mod -set keep_hierarchy 1 ${stage}`),
    'flatten',
    // Constant parameters open and close paths.
    'opt_expr',
    'opt_clean',
    `write_json ${NETLIST}`,
  ].join('\n');
  const { files: written } = await runYosys({ script, files, outputs: [NETLIST] });
  return (JSON.parse(written.get(NETLIST)!) as { modules: Netlist }).modules;
}

/** Flip-flops and latches, memories' write ports and contents. */
const STORES = /^\$(_?A?L?S?DFF|a?l?s?dff|ff$|d?latch|memwr|meminit)/i;

/** Whether what leaves the cell follows from what enters it in the same cycle. */
function isCombinational({ type, parameters }: Cell): boolean {
  if (type.startsWith('$memrd')) return Number(`0b${parameters['CLK_ENABLE']!}`) === 0;
  if (type.startsWith('$mem')) throw new Error(`${type} holds several ports`);
  return !STORES.test(type);
}

/** What a port of a cell or module is fed by and feeds. */
class Graph {
  /** Bit → the cell that drives it, where that one is combinational. */
  private readonly drivers = new Map<Bit, Cell>();
  /** Bit → the name of the port that brings it in. */
  private readonly sources = new Map<Bit, string>();
  /** Ports that take bits out. */
  readonly sinks: { readonly name: string; readonly bits: readonly Bit[] }[] = [];

  constructor(
    { ports, cells }: Module,
    private readonly stages: ReadonlySet<string>,
  ) {
    for (const [name, { direction, bits }] of Object.entries(ports)) this.port(name, direction === 'input', bits);
    for (const [instance, cell] of Object.entries(cells)) {
      for (const [port, bits] of Object.entries(cell.connections)) {
        const drives = cell.port_directions[port] === 'output';
        if (this.stages.has(cell.type)) this.port(`${instance}.${port}`, drives, bits);
        else if (drives && isCombinational(cell)) for (const bit of bits) this.drivers.set(bit, cell);
      }
    }
  }

  private port(name: string, source: boolean, bits: readonly Bit[]): void {
    if (NOT_SIGNALS.test(name)) return;
    if (source) for (const bit of bits) this.sources.set(bit, name);
    else this.sinks.push({ name, bits });
  }

  /** Ports that reach these bits; wires alone count where `wires` says so. */
  cone(bits: readonly Bit[], wires: boolean): Set<string> {
    const found = new Set<string>();
    const seen = new Set<Bit>();
    const open = bits.map((bit) => ({ bit, logic: wires }));
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { bit, logic } = next;
      const source = this.sources.get(bit);
      if (source !== undefined && logic) found.add(source);
      const cell = this.drivers.get(bit);
      if (cell === undefined || seen.has(bit)) continue;
      seen.add(bit);
      for (const [port, inputs] of Object.entries(cell.connections)) {
        if (cell.port_directions[port] === 'input') for (const each of inputs) open.push({ bit: each, logic: true });
      }
    }
    return found;
  }
}

/**
 * All paths through a module, stages inside it taken for registered. Between stages a wire is no path, only logic is; through a
 * stage itself (`wires`) a wire is one, too.
 */
export function pathsThrough(netlist: Netlist, module: string, { wires }: { readonly wires: boolean }): Path[] {
  const graph = new Graph(netlist[module]!, new Set(Object.keys(netlist)));
  return graph.sinks.flatMap(({ name, bits }) => [...graph.cone(bits, wires)].map((from) => ({ from, to: name })));
}
