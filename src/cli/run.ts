/**
 * The one place that runs a command line, words its errors and ends the process.
 *
 * Exit codes: 0 done; 1 the run failed, was interrupted, or found a mismatch; 2 the command line is wrong. A user's error
 * is one line on stderr, `flexor: <message>`; an error of our own prints its stack after `internal:`.
 */
import { Command, CommanderError } from 'commander';
import { runCleanups } from '../base/cleanup.js';
import { FlexorError, oneLine } from '../base/errors.js';
import { packageVersion } from '../app/version.js';
import { commands } from './commands/list.js';
import { clearProgress } from './terminal/progress.js';

/**
 * The program with all its commands, of which only the one that is called has options and an action; `exitOverride` makes
 * commander throw where it would end the process.
 */
async function buildProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('flexor')
    .description(
      'Train networks below one bit per weight (FleXOR) and turn them into Verilog proven equal to a simulator.',
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showHelpAfterError(false)
    .exitOverride()
    // `report` words usage errors, so that they look like all others.
    .configureOutput({ outputError: () => undefined })
    .addHelpText('after', '\nflexor COMMAND --help shows the options and examples of a command.');
  const called = calledCommand(args);
  for (const { name, summary, load } of commands) {
    const command = program.command(name).description(summary);
    if (name === called) (await load()).define(command);
  }
  return program;
}

/** The command that a command line calls or asks help for; options of the program itself take no values. */
function calledCommand(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((word) => !word.startsWith('-'));
  return first === 'help' ? second : first;
}

/** Runs a command line (without `node` and the script's name) and ends the process. */
export async function runCli(args: readonly string[]): Promise<void> {
  handleSignals();
  try {
    await (await buildProgram(args)).parseAsync(args, { from: 'user' });
  } catch (error) {
    end(report(error));
  }
  end(Number(process.exitCode ?? 0));
}

/** Prints what was thrown and returns the exit code. */
function report(error: unknown): number {
  clearProgress();
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // Commander has printed the help already where no command was given.
    if (error.code !== 'commander.help') complain(oneLine(error).replace(/^error: /, ''));
    return 2;
  }
  if (error instanceof FlexorError) {
    complain(oneLine(error));
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  complain(stack.replace(/^(\w*Error: )?(internal: )?/, 'internal: '));
  return 1;
}

function complain(text: string): void {
  process.stderr.write(`flexor: ${text}\n`);
}

function end(code: number): never {
  runCleanups();
  process.exit(code);
}

function handleSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => end(report(new FlexorError('interrupted', 'interrupted'))));
  }
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => end(report(error)));
  }
  // The reader of a pipe (head, less) may leave early; that is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => end(error.code === 'EPIPE' ? 0 : report(error)));
  process.stderr.on('error', () => end(1));
}
