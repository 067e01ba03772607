/** Lint: what Verilator's -Wall says about a design, line by line. Nothing is waived here. */
import { runTool } from './run.js';
import { findTool } from './tools.js';

export interface LintResult {
  /** `%Warning-...` and `%Error...` lines; empty for a clean design. */
  readonly findings: readonly string[];
}

/** Lints Verilog files (paths relative to `folder`) from `topModule` down. `extra` takes a waiver file or parameters. */
export async function lintVerilog(
  folder: string,
  verilog: readonly string[],
  topModule: string,
  extra: readonly string[] = [],
): Promise<LintResult> {
  const verilator = await findTool('verilator');
  const { stdout, stderr, exitCode } = await runTool({
    command: verilator.path,
    args: ['--lint-only', '-Wall', '--top-module', topModule, ...extra, ...verilog],
    cwd: folder,
    timeoutSeconds: 600,
  });
  const findings = `${stdout}\n${stderr}`.split('\n').filter((line) => /^%(Warning|Error)/.test(line));
  if (exitCode !== 0 && findings.length === 0) findings.push(`%Error: exit code ${exitCode}`);
  return { findings };
}
