/**
 * One synthesis: Verilog of a module and what it needs → the netlist's figures, and its place and route where asked for.
 * Results are cached by content (sources, memory files, script, versions of the tools), so a second run reads them back.
 */
import { join } from 'node:path';
import { FlexorError, invariant, oneLine } from '../../base/errors.js';
import { remove, writeFile } from '../../base/files.js';
import { readJson } from '../../base/json.js';
import { cacheKey, cachedFolder } from '../../toolchain/cache.js';
import { nextpnrIdentity, placeAndRoute } from '../../toolchain/nextpnr.js';
import type { PlaceFamily, Placement, PlacementRun } from '../../toolchain/nextpnr.js';
import { runYosys, yosysIdentity } from '../../toolchain/yosys.js';
import type { YosysEngine } from '../../toolchain/yosys.js';
import { readNetlist } from './netlist.js';
import type { Netlist } from './netlist.js';
import { longestPath } from './paths/longest-path.js';
import { hierarchyOf, placedPath } from './paths/names.js';
import type { Hierarchy as ModuleHierarchy } from './paths/names.js';
import { readNetlistJson } from './paths/netlist-json.js';
import { classify } from './targets.js';
import type { Hierarchy, TargetRule } from './target-rule.js';
import type { LongestPath } from './types.js';

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
  /** Measure only the cells of these module types inside the top, all instances together; null: the whole top. */
  readonly only: readonly string[] | null;
  readonly hierarchy: Hierarchy;
  /** Place and route the netlist too, with these seeds of nextpnr. */
  readonly seeds: readonly number[];
}

export interface SynthesisOptions {
  readonly rule: TargetRule;
  readonly engine: YosysEngine;
  /** Cache folder. */
  readonly cache: string;
  /** Time limit of one synthesis, and of one place and route. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
}

/** Goes into every key: to be changed with what is read from Yosys or stored, so that older results are not taken. */
const FORMAT = 'area 2';

/** Content of the cached file. */
interface Stored {
  readonly yosysVersion: string;
  readonly netlist: Netlist;
  /** By the delays of the target's cells; null where they are not known or the unit is no whole netlist. */
  readonly path: LongestPath | null;
  readonly placement: UnitPlacement | null;
}

export interface UnitPlacement extends Omit<Placement, 'runs'> {
  readonly runs: readonly (Omit<PlacementRun, 'path'> & { readonly path: LongestPath | null })[];
}

export interface Synthesis extends Stored {
  /** Module of the netlist that stands for the unit. */
  readonly top: string;
  readonly cached: boolean;
}

const EXTRACTED = 'flexor_extracted';
const [STATISTICS, DEPTH, MEMORIES, NETLIST] = ['stat.json', 'depth.txt', 'memories.txt', 'netlist.json'] as const;
const RESULT = 'result.json';

/** Synthesises a unit, or finds the result of an earlier run. */
export async function synthesise(unit: Unit, options: SynthesisOptions): Promise<Synthesis> {
  const { rule, engine, cache } = options;
  const script = scriptOf(unit, rule);
  const files = new Map([...unit.files, ...rule.files]);
  const placed = unit.seeds.length > 0 ? await nextpnrIdentity(placeFamily(rule), unit.seeds) : '';
  const tools = [await yosysIdentity(engine), placed];
  const key = cacheKey([FORMAT, ...tools, script, ...[...files].flatMap(([path, text]) => [path, text])]);
  const job = { unit, script, files, logFile: join(cache, 'area', `${key}.log`) };
  const { folder, cached } = await cachedFolder(cache, 'area', key, (temporary) =>
    run(job, temporary, options).catch((error: unknown) => {
      // Another one failed; this one's log says nothing.
      if (error instanceof FlexorError && error.code === 'interrupted') remove(job.logFile);
      throw error;
    }),
  );
  const stored = readJson(join(folder, RESULT), 'tool') as Stored;
  return { ...stored, top: topOf(unit), cached };
}

function placeFamily({ family, title }: TargetRule): PlaceFamily {
  invariant(family !== null, `place and route for ${title}`);
  return family;
}

/** Estimated are paths of whole netlists: not those of parts, nor of what was taken out of one. */
function isEstimated({ only, hierarchy }: Unit, { estimated }: TargetRule): boolean {
  return estimated && only === null && hierarchy === 'flat';
}

function topOf({ only, top }: Unit): string {
  return only === null ? top : EXTRACTED;
}

/** The commands for Yosys. */
export function scriptOf(unit: Unit, rule: TargetRule): string {
  const verilog = [...unit.files.keys()].filter((path) => path.endsWith('.v') && !unit.blackBoxes.includes(path));
  const top = topOf(unit);
  return [
    // Parameters come with the instances; elaborating a module by itself would look for memory files without a name.
    `read_verilog -defer ${verilog.join(' ')}`,
    ...unit.blackBoxes.map((path) => `read_verilog -lib ${path}`),
    `hierarchy -check -top ${unit.top}`,
    ...(unit.only === null ? [] : extract(unit.only)),
    rule.synthesise(top, unit.hierarchy),
    `tee -q -o ${STATISTICS} stat -json`,
    `select ${rule.logic.map((type) => `t:${type}`).join(' ')} w:*`,
    `tee -q -o ${DEPTH} ltp`,
    'select -clear',
    `tee -q -o ${MEMORIES} dump -m t:$mem_v2`,
    // Scopes are notes, no cells, but nextpnr would look for a place for them.
    ...(unit.seeds.length > 0 || isEstimated(unit, rule) ? ['delete t:$scopeinfo', `write_json ${NETLIST}`] : []),
  ].join('\n');
}

/** Moves the cells of some types, which may stand anywhere below the top, into a module of their own and forgets the rest. */
function extract(types: readonly string[]): string[] {
  const modules = types.join(' ');
  return [
    'proc',
    `setattr -mod -set keep_hierarchy 1 ${modules}`,
    'flatten',
    `setattr -mod -unset keep_hierarchy ${modules}`,
    // Cells do not move out of modules with memories that are no cells yet.
    'memory -nomap',
    `submod -name ${EXTRACTED} ${types.map((type) => `t:${type}`).join(' ')}`,
    `hierarchy -top ${EXTRACTED}`,
  ];
}

interface Job {
  readonly unit: Unit;
  readonly script: string;
  /** Those of the unit and of the target. */
  readonly files: ReadonlyMap<string, string>;
  readonly logFile: string;
}

/** Writes the result into the folder; the log stays where there is none. */
async function run(
  { unit, script, files, logFile }: Job,
  folder: string,
  { rule, engine, timeoutSeconds, signal }: SynthesisOptions,
): Promise<void> {
  const limits = { timeoutSeconds, logFile, ...(signal === undefined ? {} : { signal }) };
  const [placed, estimated] = [unit.seeds.length > 0, isEstimated(unit, rule)];
  const outputs = [STATISTICS, DEPTH, MEMORIES, ...(placed || estimated ? [NETLIST] : [])];
  const result = await runYosys({ script, files, outputs, engine, ...limits });
  const [statistics, depth, memories] = [STATISTICS, DEPTH, MEMORIES].map((name) => result.files.get(name)!);
  const texts = { statistics: statistics!, depth: depth!, memories: memories!, log: result.stdout };
  const netlist = readNetlist(texts, rule.library);
  checkCells(netlist, unit, rule, logFile);
  const hierarchy = hierarchyOf(unit.top, unit.files);
  const json = result.files.get(NETLIST) ?? '';
  const path = estimated ? longestPath(readNetlistJson(json, unit.top), hierarchy) : null;
  const place = (): Promise<Placement> =>
    placeAndRoute({ family: placeFamily(rule), netlist: json, seeds: unit.seeds, ...limits });
  const placement = placed ? named(await place(), hierarchy) : null;
  const stored: Stored = { yosysVersion: result.version, netlist, path, placement };
  writeFile(join(folder, RESULT), JSON.stringify(stored));
  remove(logFile);
}

function named(placement: Placement, hierarchy: ModuleHierarchy): UnitPlacement {
  const runs = placement.runs.map(({ path, ...run }) => ({ ...run, path: path && placedPath(path, hierarchy) }));
  return { ...placement, runs };
}

/** A cell that the target does not know is found here, while there is a log to look into. */
function checkCells(netlist: Netlist, { blackBoxModules }: Unit, rule: TargetRule, logFile: string): void {
  for (const { cells } of Object.values(netlist)) {
    const own = Object.entries(cells).filter(
      ([type]) => !Object.hasOwn(netlist, type) && !blackBoxModules.includes(type),
    );
    try {
      classify(rule, Object.fromEntries(own));
    } catch (error) {
      if (!(error instanceof FlexorError)) throw error;
      throw new FlexorError(error.code, `${oneLine(error)}; log: ${logFile}`, { cause: error });
    }
  }
}
