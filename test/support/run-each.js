/**
 * Runs command lines one after another in this process (`flexorEach` in cli.ts): each as in the thread of a command,
 * without the thread that takes signals. Arguments: the compiled src/cli/run.ts, and the command lines as JSON. Behind the
 * output of each, on stdout and on stderr, come a zero byte, its exit code and a line break.
 */
import { writeSync } from 'node:fs';

/** Thrown where a command ends its thread. */
class Ended extends Error {
  constructor(code) {
    super(`ended with ${code}`);
    this.code = code;
  }
}

const [module, lines] = process.argv.slice(2);
const { runCli } = await import(module);
process.exit = (code) => {
  throw new Ended(code);
};
for (const args of JSON.parse(lines)) {
  const ended = await runCli({ args, ending: new SharedArrayBuffer(4) }).catch((error) => error);
  if (!(ended instanceof Ended)) throw ended;
  for (const event of ['uncaughtException', 'unhandledRejection']) process.removeAllListeners(event);
  process.exitCode = 0;
  for (const file of [1, 2]) writeSync(file, `\0${ended.code}\n`);
}
