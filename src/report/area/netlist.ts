/** What Yosys prints of a finished netlist → cells, logic depth, memories and delay of every module. */
import { FlexorError, invariant } from '../../base/errors.js';
import { parseJson } from '../../base/json.js';
import type { Library } from './liberty/library.js';

export interface Memory {
  readonly bits: number;
  readonly writable: boolean;
}

/** One module of a netlist, without what it instantiates. */
export interface NetlistModule {
  /** Cells by type; instances of modules have the module's name as type. */
  readonly cells: Readonly<Record<string, number>>;
  /** Most logic cells on a path: Yosys's `ltp`, with a Liberty file ABC's levels. */
  readonly depth: number;
  readonly memories: readonly Memory[];
  /** Greatest delay through logic that ABC found with a Liberty file; null without one. */
  readonly logicDelayNs: number | null;
}

/** By name, without Yosys's leading backslash. */
export type Netlist = Readonly<Record<string, NetlistModule>>;

/** Texts that `synthesise.ts` asks Yosys for. */
export interface NetlistTexts {
  /** `stat -json`. */
  readonly statistics: string;
  /** `ltp` on logic cells. */
  readonly depth: string;
  /** `dump t:$mem_v2`. */
  readonly memories: string;
  /** Everything that was printed. */
  readonly log: string;
}

/** `library`: what the netlist is mapped to; null for targets without a Liberty file. */
export function readNetlist({ statistics, depth, memories, log }: NetlistTexts, library: Library | null): Netlist {
  // Yosys puts its own chatter before the JSON in some versions.
  const stat = parseJson(
    jsonLines(statistics.slice(statistics.indexOf('{'))),
    (rule) => new FlexorError('tool', `yosys stat -json ${rule}`),
  ) as { modules?: Record<string, { num_cells_by_type: Record<string, number> }> };
  invariant(stat.modules !== undefined, 'yosys stat -json names no modules');
  const depths = depthsIn(depth);
  const contents = memoriesIn(memories);
  const abc = abcIn(log);
  const entries = Object.entries(stat.modules).map(([name, { num_cells_by_type: cells }]): [string, NetlistModule] => {
    const module = plainName(name);
    const figures =
      library === null
        ? { depth: depths.get(module) ?? 0, logicDelayNs: null }
        : (abc.get(module) ?? withoutLogic(module, cells, library));
    return [module, { cells, memories: contents.get(module) ?? [], ...figures }];
  });
  return Object.fromEntries(entries);
}

/** Yosys 0.23 lists instances in plain text among the lines of its JSON, each of which begins with a quote or a brace. */
function jsonLines(text: string): string {
  return text.replace(/^ *[^\s"{}].*$/gm, '');
}

function plainName(name: string): string {
  return name.startsWith('\\') ? name.slice(1) : name;
}

function depthsIn(text: string): Map<string, number> {
  const matches = text.matchAll(/^Longest topological path in (.*) \(length=(-?\d+)\):?$/gm);
  return new Map([...matches].map((match) => [plainName(match[1]!), Math.max(0, Number(match[2]))]));
}

/** Memories in a dump of RTLIL: parameters of each `$mem_v2` cell, by module. */
function memoriesIn(text: string): Map<string, Memory[]> {
  const modules = text.split(/^module /m).slice(1);
  return new Map(
    modules.map((module) => {
      const [name] = module.split('\n', 1) as [string];
      const cells = module.split(/^\s*cell \$mem_v2 /m).slice(1);
      return [plainName(name.trim()), cells.map(memoryIn)];
    }),
  );
}

function memoryIn(cell: string): Memory {
  const parameter = (name: string): number => {
    const match = new RegExp(`parameter (?:signed )?\\\\${name} (?:\\d+'([01]+)|(\\d+))`).exec(cell);
    invariant(match, `a memory in yosys's dump has no parameter ${name}`);
    return match[1] === undefined ? Number(match[2]) : parseInt(match[1], 2);
  };
  return { bits: parameter('SIZE') * parameter('WIDTH'), writable: parameter('WR_PORTS') > 0 };
}

type Mapped = Pick<NetlistModule, 'depth' | 'logicDelayNs'>;

/** ABC is not called for a module without logic, and only for those. */
function withoutLogic(module: string, cells: NetlistModule['cells'], { cells: known }: Library): Mapped {
  const logic = Object.keys(cells).find((type) => known.get(type)?.flipFlop === false);
  invariant(logic === undefined, `ABC reported neither levels nor delay of module ${module}, which has cells ${logic}`);
  return { depth: 0, logicDelayNs: 0 };
}

/** What ABC's `print_stats` and `stime` say of a network mapped to a Liberty file, by module; else empty. */
function abcIn(log: string): Map<string, Mapped> {
  const parts = log.split(/Extracting gate netlist of module `/).slice(1);
  return new Map(
    parts.flatMap((part): [string, Mapped][] => {
      const delay = /\bDelay = +([\d.]+) ps/.exec(part);
      const levels = /\blev = *(\d+)/.exec(part);
      // The values of parameters in a name have quotes too: `$paramod\flexor_rom\Width=s32'0…1' to `.
      const name = /^(.*)' to `/.exec(part);
      if (delay === null || levels === null || name === null) return [];
      return [[plainName(name[1]!), { depth: Number(levels[1]), logicDelayNs: Number(delay[1]) / 1000 }]];
    }),
  );
}
