/**
 * Place and route of an iCE40 netlist with nextpnr: highest clock frequency and what of the device is taken. The device is
 * the largest of the family, so that most layers fit.
 */
import { join } from 'node:path';
import { temporaryFolder } from '../base/cleanup.js';
import { FlexorError } from '../base/errors.js';
import { exists, writeFile } from '../base/files.js';
import { readJson } from '../base/json.js';
import { runTool } from './run.js';
import { findTool } from './tools.js';

export interface PlaceRequest {
  /** Yosys's `write_json` of a netlist of iCE40 cells. */
  readonly netlist: string;
  /** Default: 1800. */
  readonly timeoutSeconds?: number;
  /** Everything that nextpnr prints goes here as well; an error names it. */
  readonly logFile?: string;
  readonly signal?: AbortSignal;
}

export interface Utilisation {
  readonly used: number;
  readonly available: number;
}

export interface Placement {
  readonly device: string;
  /** `nextpnr-ice40 -- Next Generation Place and Route (Version 0.4)`. */
  readonly version: string;
  readonly maxMegahertz: number;
  /** By nextpnr's name of the resource. */
  readonly utilisation: Readonly<Record<string, Utilisation>>;
}

const DEVICE = { title: 'iCE40 HX8K, package ct256', args: ['--hx8k', '--package', 'ct256'] } as const;
/** Asked for, so that placement has an aim; a slower result is no failure. */
const TARGET_MEGAHERTZ = 200;
const SEED = 1;
const [NETLIST, REPORT] = ['netlist.json', 'report.json'] as const;
const SETTINGS = [
  ...DEVICE.args,
  ...['--freq', String(TARGET_MEGAHERTZ), '--timing-allow-fail', '--seed', String(SEED), '--pcf-allow-unconstrained'],
];

/** What decides results besides the netlist: part of every cache key. */
export async function nextpnrIdentity(): Promise<string> {
  return [(await findTool('nextpnr')).version, ...SETTINGS].join(' ');
}

export async function placeAndRoute(request: PlaceRequest): Promise<Placement> {
  const { path, version } = await findTool('nextpnr');
  const folder = temporaryFolder('flexor-nextpnr');
  try {
    writeFile(join(folder.path, NETLIST), request.netlist);
    const { exitCode, stdout, stderr } = await runTool({
      command: path,
      args: [...SETTINGS, '--json', NETLIST, '--report', REPORT],
      cwd: folder.path,
      timeoutSeconds: request.timeoutSeconds ?? 1800,
      ...(request.logFile === undefined ? {} : { logFile: request.logFile }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    if (exitCode !== 0) throw placeError(stdout + stderr, exitCode, request.logFile);
    return { device: DEVICE.title, version, ...readReport(join(folder.path, REPORT), request.logFile) };
  } finally {
    folder.remove();
  }
}

function readReport(path: string, logFile: string | undefined): Pick<Placement, 'maxMegahertz' | 'utilisation'> {
  if (!exists(path)) {
    throw new FlexorError('tool', `nextpnr did not write ${REPORT}, although it ended well${logNote(logFile)}`);
  }
  const report = readJson(path, 'tool') as {
    fmax: Record<string, { achieved: number }>;
    utilization: Record<string, Utilisation>;
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
    maxMegahertz: Math.min(...clocks),
    utilisation: Object.fromEntries(utilisation) as Placement['utilisation'],
  };
}

function logNote(logFile: string | undefined): string {
  return logFile === undefined ? '' : `; log: ${logFile}`;
}

function placeError(text: string, exitCode: number, logFile: string | undefined): FlexorError {
  const log = logNote(logFile);
  const errors = text.split('\n').filter((line) => line.startsWith('ERROR:'));
  if (errors.some((line) => /no BELs remaining/i.test(line))) {
    const taken = [...text.matchAll(/^Info:\s+(\w+):\s*(\d+)\/\s*(\d+)\s/gm)];
    const over = taken.filter(([, , used, available]) => Number(used) > Number(available));
    const which = over.map(([, name, used, available]) => `${used} of ${available} ${name}`).join(', ');
    throw new FlexorError('tool', `the design does not fit ${DEVICE.title}${which && `: it needs ${which}`}${log}`);
  }
  const words = errors[0] ?? text.trim().split('\n').at(-1) ?? '';
  return new FlexorError('tool', `nextpnr failed with exit code ${exitCode}: ${words.trim()}${log}`);
}
