/**
 * Runs a command line in the thread of the command, words its errors and ends the thread; supervise.ts is the other side.
 *
 * Exit codes: 0 done; 1 the run failed, found a mismatch, or its output could not be written; 2 the command line is wrong;
 * 130 interrupted. A user's error is one line on stderr, `flexor: <message>`; an error of our own prints its stack after
 * `internal:`.
 */
import { parentPort } from 'node:worker_threads';
import { Command, CommanderError, Option } from 'commander';
import { reportRemedies, runCleanups } from '../base/cleanup.js';
import { FlexorError, oneLine } from '../base/errors.js';
import { packageVersion } from '../app/version.js';
import { commands } from './commands/list.js';
import {
  INTERRUPT,
  INTERRUPTED_CODE,
  interruptedText,
  mayEnd,
  type CommandData,
  type ThreadMessage,
} from './messages.js';
import { GROUPS } from './options/help.js';
import { outputFailure, printComplaint, printError, printText } from './terminal/print.js';
import { textWidth } from './terminal/screen.js';
import { paragraph } from './terminal/text.js';

/**
 * The program with all its commands, of which only the one that is called has options and an action; `exitOverride` makes
 * commander throw where it would end the process.
 */
async function buildProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('flexor')
    .description(
      'Train networks below one bit per weight (FleXOR) and turn them into Verilog proven equal to a simulator.',
    )
    .optionsGroup(GROUPS.output)
    .version(packageVersion(), '-V, --version', 'print the version')
    .addHelpOption(new Option('-h, --help', 'show help').helpGroup(GROUPS.output))
    .commandsGroup('Command line:')
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError(false)
    .exitOverride()
    // `report` words usage errors, so that they look like all others.
    .configureOutput({
      ...{ writeOut: printText, writeErr: printError, outputError: () => undefined },
      ...{ getOutHelpWidth: textWidth, getErrHelpWidth: textWidth },
    })
    .addHelpText('after', () =>
      [
        '\nflexor COMMAND --help shows the options and examples of a command.',
        'Lines fit the terminal, or what the variable COLUMNS says; NO_COLOR and FORCE_COLOR are respected.',
      ]
        .map(paragraph)
        .join('\n'),
    );
  const called = calledCommand(args);
  for (const { name, group, summary, load } of commands) {
    const command = program.command(name).description(summary).helpGroup(group);
    if (name === called) (await load()).define(command);
  }
  return program;
}

/** The command that a command line calls or asks help for; options of the program itself take no values. */
function calledCommand(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((word) => !word.startsWith('-'));
  return first === 'help' ? second : first;
}

/** Runs a command line (without `node` and the script's name) and ends the thread. */
export async function runCli({ args, ending }: CommandData): Promise<void> {
  const say = (message: ThreadMessage): void => parentPort?.postMessage(message);
  reportRemedies((change) => say({ kind: 'remedy', change }));
  parentPort?.on('message', (message) => {
    // Where the other thread is at it, it ends this one.
    if (message === INTERRUPT && mayEnd(ending)) end(interrupted());
  });
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => end(report(error)));
  }
  try {
    await (await buildProgram(args)).parseAsync(args, { from: 'user' });
  } catch (error) {
    end(report(error));
  }
  end(Number(process.exitCode ?? 0));
}

/** Prints what was thrown and returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // Commander has printed the help already where no command was given.
    if (error.code !== 'commander.help') printComplaint(oneLine(error).replace(/^error: /, ''));
    return 2;
  }
  if (error instanceof FlexorError) {
    printComplaint(oneLine(error));
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  printComplaint(stack.replace(/^(\w*Error: )?(internal: )?/, 'internal: '));
  return 1;
}

function interrupted(): number {
  printComplaint(interruptedText(runCleanups()));
  return INTERRUPTED_CODE;
}

/** Undoes what is left over and ends the thread; what could not be printed makes a success a failure. */
function end(code: number): never {
  runCleanups();
  const failure = outputFailure();
  if (failure === null || code !== 0) process.exit(code);
  printComplaint(oneLine(failure));
  process.exit(failure.exitCode);
}
