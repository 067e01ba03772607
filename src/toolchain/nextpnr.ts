/**
 * Place and route of an iCE40 or ECP5 netlist with nextpnr, once a seed: clock frequency, the path that limits it, and
 * what of the device is taken. The device is the largest of the family, so that most layers fit.
 */
import { join } from 'node:path';
import { temporaryFolder } from '../base/cleanup.js';
import { FlexorError } from '../base/errors.js';
import { exists, writeFile } from '../base/files.js';
import { readJson } from '../base/json.js';
import { runTool } from './run.js';
import { findTool } from './tools.js';
import type { ToolName } from './tools.js';

export type PlaceFamily = 'ice40' | 'ecp5';

export interface PlaceRequest {
  readonly family: PlaceFamily;
  /** Yosys's `write_json` of a netlist of the family's cells. */
  readonly netlist: string;
  /** At least one; the runs follow one another. */
  readonly seeds: readonly number[];
  /** Of one run. Default: 1800. */
  readonly timeoutSeconds?: number;
  /** Everything that nextpnr prints goes here as well; an error names it. */
  readonly logFile?: string;
  readonly signal?: AbortSignal;
}

export interface Utilisation {
  readonly used: number;
  readonly available: number;
}

/** The slowest path from clock edge to clock edge, in names of cells of the netlist. */
export interface CellPath {
  readonly ns: number;
  /** LUTs and carry cells that it passes. */
  readonly luts: number;
  readonly carries: number;
  /** In order, the registers or memories at both ends included; a cell once. */
  readonly cells: readonly string[];
}

export interface PlacementRun {
  readonly seed: number;
  readonly maxMegahertz: number;
  /** Null where nextpnr reports no path between registers. */
  readonly path: CellPath | null;
}

export interface Placement {
  readonly device: string;
  /** `nextpnr-ice40 -- Next Generation Place and Route (Version 0.4)`. */
  readonly version: string;
  /** The lowest of the runs. */
  readonly maxMegahertz: number;
  readonly runs: readonly PlacementRun[];
  /** By nextpnr's name of the resource; of the first run, which differs from the others by little or nothing. */
  readonly utilisation: Readonly<Record<string, Utilisation>>;
}

interface Device {
  readonly tool: ToolName;
  readonly title: string;
  readonly args: readonly string[];
}

const DEVICES: Readonly<Record<PlaceFamily, Device>> = {
  ice40: {
    tool: 'nextpnr',
    title: 'iCE40 HX8K, package ct256',
    args: ['--hx8k', '--package', 'ct256', '--pcf-allow-unconstrained'],
  },
  ecp5: {
    tool: 'nextpnr-ecp5',
    title: 'LFE5U-85F, package CABGA756, speed 6',
    args: ['--85k', '--package', 'CABGA756', '--speed', '6', '--lpf-allow-unconstrained'],
  },
};
/** Asked for, so that placement has an aim; a slower result is no failure. */
const TARGET_MEGAHERTZ = 200;
const [NETLIST, REPORT] = ['netlist.json', 'report.json'] as const;
const SETTINGS = ['--freq', String(TARGET_MEGAHERTZ), '--timing-allow-fail'];

/** The tool, or one line that says how to get it. */
export function requireNextpnr(family: PlaceFamily): Promise<unknown> {
  return findTool(DEVICES[family].tool);
}

/** What decides results besides the netlist: part of every cache key. */
export async function nextpnrIdentity(family: PlaceFamily, seeds: readonly number[]): Promise<string> {
  const { tool, args } = DEVICES[family];
  return [(await findTool(tool)).version, ...args, ...SETTINGS, seeds.join(',')].join(' ');
}

export async function placeAndRoute(request: PlaceRequest): Promise<Placement> {
  const { tool, title } = DEVICES[request.family];
  const { path, version } = await findTool(tool);
  const results: RunResult[] = [];
  for (const seed of request.seeds) results.push(await placeOnce(path, seed, request));
  const runs = results.map(({ run }) => run);
  const maxMegahertz = Math.min(...runs.map((run) => run.maxMegahertz));
  return { device: title, version, maxMegahertz, runs, utilisation: results[0]!.utilisation };
}

interface RunResult {
  readonly run: PlacementRun;
  readonly utilisation: Placement['utilisation'];
}

async function placeOnce(tool: string, seed: number, request: PlaceRequest): Promise<RunResult> {
  const folder = temporaryFolder('flexor-nextpnr');
  try {
    writeFile(join(folder.path, NETLIST), request.netlist);
    const { exitCode, stdout, stderr } = await runTool({
      command: tool,
      args: [
        ...[...DEVICES[request.family].args, ...SETTINGS, '--seed', String(seed)],
        ...['--json', NETLIST, '--report', REPORT],
      ],
      cwd: folder.path,
      timeoutSeconds: request.timeoutSeconds ?? 1800,
      ...(request.logFile === undefined ? {} : { logFile: request.logFile }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    if (exitCode !== 0) throw placeError(stdout + stderr, exitCode, request);
    return readReport(join(folder.path, REPORT), seed, request.logFile);
  } finally {
    folder.remove();
  }
}

interface ReportPath {
  readonly from: string;
  readonly to: string;
  readonly path: readonly {
    readonly delay: number;
    readonly type: string;
    readonly from: { readonly cell: string; readonly port: string };
    readonly to: { readonly cell: string; readonly port: string };
  }[];
}

function readReport(path: string, seed: number, logFile: string | undefined): RunResult {
  if (!exists(path)) {
    throw new FlexorError('tool', `nextpnr did not write ${REPORT}, although it ended well${logNote(logFile)}`);
  }
  const report = readJson(path, 'tool') as {
    fmax: Record<string, { achieved: number }>;
    utilization: Record<string, Utilisation>;
    critical_paths?: readonly ReportPath[];
  };
  const clocks = Object.values(report.fmax).map(({ achieved }) => achieved);
  if (clocks.length === 0) {
    throw new FlexorError('tool', `nextpnr found no clock in the netlist, so it has no frequency${logNote(logFile)}`);
  }
  const utilisation = Object.entries(report.utilization).map(([name, { used, available }]) => [
    name,
    { used, available },
  ]);
  return {
    run: { seed, maxMegahertz: Math.min(...clocks), path: slowest(report.critical_paths ?? []) },
    utilisation: Object.fromEntries(utilisation) as Placement['utilisation'],
  };
}

/** The slowest path between registers; those from or to pins have no clock at one end. */
function slowest(paths: readonly ReportPath[]): CellPath | null {
  const clocked = paths.filter(({ from, to }) => from.includes('edge ') && to.includes('edge '));
  const found = clocked.map(cellPath).sort((a, b) => b.ns - a.ns);
  return found[0] ?? null;
}

function cellPath({ path }: ReportPath): CellPath {
  const logic = path.filter(({ type }) => type === 'logic');
  const carries = logic.filter(({ to }) => /^(COUT|FCO|CO)/.test(to.port)).length;
  // Cells that nextpnr put in itself, to feed a carry chain, have no name of the design.
  const cells = path.flatMap(({ from, to }) => [from.cell, to.cell]).filter((cell) => !cell.startsWith('$nextpnr'));
  return {
    ns: path.reduce((sum, { delay }) => sum + delay, 0),
    luts: logic.length - carries,
    carries,
    cells: cells.filter((cell, i) => cell !== cells[i - 1]),
  };
}

function logNote(logFile: string | undefined): string {
  return logFile === undefined ? '' : `; log: ${logFile}`;
}

function placeError(text: string, exitCode: number, { family, logFile }: PlaceRequest): FlexorError {
  const log = logNote(logFile);
  const errors = text.split('\n').filter((line) => line.startsWith('ERROR:'));
  if (errors.some((line) => /no BELs remaining/i.test(line))) {
    const taken = [...text.matchAll(/^Info:\s+(\w+):\s*(\d+)\/\s*(\d+)\s/gm)];
    const over = taken.filter(([, , used, available]) => Number(used) > Number(available));
    const which = over.map(([, name, used, available]) => `${used} of ${available} ${name}`).join(', ');
    const { title } = DEVICES[family];
    throw new FlexorError('tool', `the design does not fit ${title}${which && `: it needs ${which}`}${log}`);
  }
  const words = errors[0] ?? text.trim().split('\n').at(-1) ?? '';
  return new FlexorError('tool', `nextpnr failed with exit code ${exitCode}: ${words.trim()}${log}`);
}
