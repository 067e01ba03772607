/**
 * One synthesis: Verilog of a module and what it needs → cells, resources, logic depth. Results are cached by content
 * (sources, memory files, script, version of Yosys), so a second run reads them back.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { invariant } from '../../base/errors.js';
import { readFile } from '../../base/files.js';
import { cacheKey, cachedFolder } from '../../toolchain/cache.js';
import { runYosys, yosysIdentity } from '../../toolchain/yosys.js';
import type { YosysEngine } from '../../toolchain/yosys.js';
import { classify, targetRule } from './targets.js';
import type { AreaTarget, UnitArea } from './types.js';

/** What to synthesise. */
export interface Unit {
  /** For people: progress and errors. */
  readonly title: string;
  readonly top: string;
  /** Relative path → content: Verilog and memory files. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths of Verilog that is only instantiated: modules that are counted elsewhere. */
  readonly blackBoxes: readonly string[];
  /** Modules of the black boxes. */
  readonly blackBoxModules: readonly string[];
  /** Measure only the cells of this module type inside the top, all instances together; null: the whole top. */
  readonly only: string | null;
}

export interface SynthesisOptions {
  readonly target: AreaTarget;
  readonly engine: YosysEngine;
  /** Cache folder. */
  readonly cache: string;
  /** Time limit of one synthesis. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
}

export interface Synthesis extends UnitArea {
  readonly yosysVersion: string;
  readonly cached: boolean;
}

type CellCounts = Readonly<Record<string, number>>;

/** Content of the cached file. */
interface Stored {
  readonly yosysVersion: string;
  readonly cells: CellCounts;
  readonly depth: number;
  readonly memories: readonly Memory[];
}

interface Memory {
  readonly bits: number;
  readonly writable: boolean;
}

const EXTRACTED = 'flexor_extracted';
const [STATISTICS, DEPTH, MEMORIES, RESULT] = ['stat.json', 'depth.txt', 'memories.txt', 'result.json'] as const;

/** Synthesises a unit, or finds the result of an earlier run. */
export async function synthesise(unit: Unit, options: SynthesisOptions): Promise<Synthesis> {
  const { target, engine, cache } = options;
  const script = scriptOf(unit, target);
  const sources = [...unit.files].flatMap(([path, text]) => [path, text]);
  const key = cacheKey([await yosysIdentity(engine), script, ...sources]);
  const { folder, cached } = await cachedFolder(cache, 'area', key, (temporary) =>
    run(unit, options, script, temporary),
  );
  const stored = JSON.parse(new TextDecoder().decode(readFile(join(folder, RESULT)))) as Stored;
  const counted = Object.entries(stored.cells).filter(([type]) => !unit.blackBoxModules.includes(type));
  const cells = Object.fromEntries(counted);
  const bits = (writable: boolean): number =>
    stored.memories.filter((each) => each.writable === writable).reduce((sum, each) => sum + each.bits, 0);
  const resources = { ...classify(target, cells), romBits: bits(false), ramBits: bits(true) };
  return { resources, cells, depth: stored.depth, criticalPathNs: null, yosysVersion: stored.yosysVersion, cached };
}

function scriptOf(unit: Unit, target: AreaTarget): string {
  const rule = targetRule(target);
  const verilog = [...unit.files.keys()].filter((path) => path.endsWith('.v') && !unit.blackBoxes.includes(path));
  const top = unit.only === null ? unit.top : EXTRACTED;
  const logic = rule.logic.map((type) => `${top}/t:${type}`);
  return [
    // Parameters come with the instances; elaborating a module by itself would look for memory files without a name.
    `read_verilog -defer ${verilog.join(' ')}`,
    ...unit.blackBoxes.map((path) => `read_verilog -lib ${path}`),
    `hierarchy -check -top ${unit.top}`,
    ...(unit.only === null ? [] : extract(unit.only)),
    rule.synthesise(top),
    `tee -q -o ${STATISTICS} stat -json`,
    `select ${logic.join(' ')} ${top}/w:*`,
    `tee -q -o ${DEPTH} ltp`,
    'select -clear',
    `tee -q -o ${MEMORIES} dump t:$mem_v2`,
  ].join('\n');
}

/** Moves the cells of a type into a module of their own and forgets the rest. */
function extract(type: string): string[] {
  return ['proc', `submod -name ${EXTRACTED} */t:*${type}*`, `hierarchy -top ${EXTRACTED}`];
}

async function run(unit: Unit, options: SynthesisOptions, script: string, folder: string): Promise<void> {
  const logFile = `${folder.replace(/\.tmp$/, '')}.log`;
  const result = await runYosys({
    script,
    files: unit.files,
    outputs: [STATISTICS, DEPTH, MEMORIES],
    engine: options.engine,
    timeoutSeconds: options.timeoutSeconds,
    logFile,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const stored: Stored = {
    yosysVersion: result.version,
    cells: cellsIn(result.files.get(STATISTICS)!),
    depth: depthIn(result.files.get(DEPTH)!),
    memories: memoriesIn(result.files.get(MEMORIES)!),
  };
  writeFileSync(join(folder, RESULT), JSON.stringify(stored));
  rmSync(logFile, { force: true });
}

function cellsIn(json: string): CellCounts {
  // Yosys puts its own chatter before the JSON in some versions.
  const stat = JSON.parse(json.slice(json.indexOf('{'))) as { design?: { num_cells_by_type?: CellCounts } };
  const cells = stat.design?.num_cells_by_type;
  invariant(cells !== undefined, 'yosys stat -json has no design.num_cells_by_type');
  return cells;
}

function depthIn(text: string): number {
  const match = /Longest topological path in .* \(length=(-?\d+)\)/.exec(text);
  invariant(match, 'yosys ltp names no longest path');
  return Math.max(0, Number(match[1]));
}

/** Memories in a dump: parameters of each `$mem_v2` cell. */
function memoriesIn(text: string): Memory[] {
  return text
    .split(/^\s*cell \$mem_v2 /m)
    .slice(1)
    .map((cell) => {
      const parameter = (name: string): number => {
        const match = new RegExp(`parameter (?:signed )?\\\\${name} (?:\\d+'([01]+)|(\\d+))`).exec(cell);
        invariant(match, `a memory in yosys's dump has no parameter ${name}`);
        return match[1] === undefined ? Number(match[2]) : parseInt(match[1], 2);
      };
      return { bits: parameter('SIZE') * parameter('WIDTH'), writable: parameter('WR_PORTS') > 0 };
    });
}
