/**
 * Lint, format and types (`npm run check`), all three at once, for machines of more than one core. What each says is printed
 * when it is through; fails if one does.
 */
import { spawn } from 'node:child_process';

const CHECKS = [
  ['eslint', '--cache', '--cache-location', 'build/eslint', '.'],
  ['prettier', '--cache', '--cache-location', 'build/prettier', '--check', '.'],
  ['tsc', '-p', 'tsconfig.json'],
];

/** Runs one of them; true where it finds nothing. */
function run([command, ...args]) {
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => {
      process.stderr.write(`check: ${command}: ${error.message}\n`);
      done(false);
    });
    child.on('close', (code) => {
      process.stdout.write(output);
      done(code === 0);
    });
  });
}

const passed = await Promise.all(CHECKS.map(run));
if (passed.includes(false)) process.exitCode = 1;
