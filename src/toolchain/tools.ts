/**
 * Finds and version-checks the native tools. An environment variable names a tool that is not on PATH; the error for a
 * missing tool says both and which Debian package has it.
 */
import { delimiter, isAbsolute, join } from 'node:path';
import { FlexorError } from '../base/errors.js';
import { isExecutable } from '../base/files.js';
import { runTool } from './run.js';

export type ToolName =
  'verilator' | 'cxx' | 'iverilog' | 'vvp' | 'yosys' | 'nextpnr' | 'nextpnr-ecp5' | 'sbatch' | 'squeue';

/** A tool that was found and is new enough. `version` is its own words for it, part of every cache key. */
export interface Tool {
  readonly name: ToolName;
  readonly path: string;
  readonly version: string;
}

interface ToolRule {
  readonly title: string;
  readonly variable: string;
  readonly commands: readonly string[];
  /** Null where Debian has none. */
  readonly debianPackage: string | null;
  /** Whether scripts/setup.sh installs it. */
  readonly inSetup: boolean;
  readonly versionArgs: readonly string[];
  /** Finds `major.minor` in what the tool prints. */
  readonly pattern: RegExp;
  readonly minimum: readonly [major: number, minor: number];
}

const RULES: Readonly<Record<ToolName, ToolRule>> = {
  verilator: {
    title: 'Verilator',
    variable: 'FLEXOR_VERILATOR',
    commands: ['verilator'],
    debianPackage: 'verilator',
    inSetup: true,
    versionArgs: ['--version'],
    pattern: /Verilator (\d+)\.(\d+)/,
    minimum: [5, 0],
  },
  cxx: {
    title: 'C++ compiler',
    variable: 'FLEXOR_CXX',
    commands: ['g++', 'clang++', 'c++'],
    debianPackage: 'g++',
    inSetup: true,
    versionArgs: ['--version'],
    pattern: /(?:^|\s)(\d+)\.(\d+)(?:\.|\s)/,
    minimum: [8, 0],
  },
  iverilog: {
    title: 'Icarus Verilog',
    variable: 'FLEXOR_IVERILOG',
    commands: ['iverilog'],
    debianPackage: 'iverilog',
    inSetup: true,
    versionArgs: ['-V'],
    pattern: /version (\d+)\.(\d+)/,
    minimum: [10, 0],
  },
  vvp: {
    title: 'Icarus Verilog run time',
    variable: 'FLEXOR_VVP',
    commands: ['vvp'],
    debianPackage: 'iverilog',
    inSetup: true,
    versionArgs: ['-V'],
    pattern: /version (\d+)\.(\d+)/,
    minimum: [10, 0],
  },
  yosys: {
    title: 'Yosys',
    variable: 'FLEXOR_YOSYS',
    commands: ['yosys'],
    debianPackage: 'yosys',
    inSetup: true,
    versionArgs: ['-V'],
    pattern: /Yosys (\d+)\.(\d+)/,
    minimum: [0, 20],
  },
  nextpnr: {
    title: 'nextpnr for iCE40',
    variable: 'FLEXOR_NEXTPNR',
    commands: ['nextpnr-ice40'],
    debianPackage: 'nextpnr-ice40',
    inSetup: true,
    versionArgs: ['--version'],
    pattern: /nextpnr-ice40.*Version (?:nextpnr-)?(\d+)\.(\d+)/,
    minimum: [0, 4],
  },
  'nextpnr-ecp5': {
    title: 'nextpnr for ECP5',
    variable: 'FLEXOR_NEXTPNR_ECP5',
    commands: ['nextpnr-ecp5'],
    debianPackage: null,
    inSetup: false,
    versionArgs: ['--version'],
    pattern: /nextpnr-ecp5.*Version (?:nextpnr-)?(\d+)\.(\d+)/,
    minimum: [0, 4],
  },
  sbatch: slurmRule('sbatch', 'FLEXOR_SBATCH'),
  squeue: slurmRule('squeue', 'FLEXOR_SQUEUE'),
};

/** Slurm belongs to a cluster, so setup leaves it alone. */
function slurmRule(command: string, variable: string): ToolRule {
  return {
    title: `Slurm's ${command}`,
    variable,
    commands: [command],
    debianPackage: 'slurm-client',
    inSetup: false,
    versionArgs: ['--version'],
    pattern: /slurm\S* (\d+)\.(\d+)/,
    minimum: [20, 2],
  };
}

const found = new Map<string, Promise<Tool>>();

/** The tool, found once per path and environment. */
export function findTool(name: ToolName): Promise<Tool> {
  const path = locate(name);
  const key = `${name} ${path}`;
  let tool = found.get(key);
  if (tool === undefined) {
    tool = checkVersion(name, path);
    found.set(key, tool);
    // A failure must not stick: the user may install the tool while a long-lived process runs.
    tool.catch(() => found.delete(key));
  }
  return tool;
}

/** Path of the tool from its environment variable, else from PATH. */
function locate(name: ToolName): string {
  const rule = RULES[name];
  const chosen = process.env[rule.variable];
  if (chosen !== undefined && chosen !== '') {
    const path = isAbsolute(chosen) || chosen.includes('/') ? chosen : onPath(chosen);
    if (path !== null && isExecutable(path)) return path;
    throw new FlexorError('tool', `${rule.variable} names ${chosen}, which is not an executable file`);
  }
  for (const command of rule.commands) {
    const path = onPath(command);
    if (path !== null) return path;
  }
  throw new FlexorError(
    'tool',
    `${rule.title} not found: neither ${rule.variable} is set nor is ${rule.commands[0]} on PATH; ` +
      `${remedy(rule)}${rule.inSetup ? ' (scripts/setup.sh does)' : ''} or set ${rule.variable}`,
  );
}

function remedy({ debianPackage, title }: ToolRule): string {
  return debianPackage === null ? `build ${title} from its sources` : `install the Debian package ${debianPackage}`;
}

function onPath(command: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder === '' ? '.' : folder, command);
    if (isExecutable(path)) return path;
  }
  return null;
}

async function checkVersion(name: ToolName, path: string): Promise<Tool> {
  const rule = RULES[name];
  const result = await runTool({ command: path, args: rule.versionArgs, timeoutSeconds: 60 });
  const { exitCode } = result;
  const text = result.stdout + result.stderr;
  const match = rule.pattern.exec(text);
  if (!match) {
    throw new FlexorError(
      'tool',
      `${path} does not answer like ${rule.title}: ${rule.versionArgs.join(' ')} ended with exit code ${exitCode} ` +
        `and no version; ${remedy(rule)} or set ${rule.variable}`,
    );
  }
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const [wantedMajor, wantedMinor] = rule.minimum;
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    throw new FlexorError(
      'tool',
      `${rule.title} must be at least ${wantedMajor}.${wantedMinor}, ${path} is ${major}.${minor}; ` +
        `${rule.debianPackage === null ? remedy(rule) : `install a newer Debian package ${rule.debianPackage}`} or set ${rule.variable}`,
    );
  }
  return { name, path, version: text.trim().split('\n')[0]!.trim() };
}
