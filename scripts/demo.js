/**
 * `npm run demo`: the main job on a shipped model, step by step, each with the command that a user would type, and what
 * came of it in five lines. MNIST where it is found (--data DIR, FLEXOR_DATA, ../shared/data), else the built-in digits
 * with the model trained on them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { URL, fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findMnist } from '../dist/data/mnist.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODELS = {
  mnist: 'models/lenet5-mnist-0.6-systematic.flexor',
  digits: 'models/lenet5-digits-0.6-systematic.flexor',
};

/** What the user gave as --data, as an absolute path. */
function dataOption() {
  try {
    const { data } = parseArgs({ options: { data: { type: 'string' } } }).values;
    return data === undefined ? undefined : resolve(data);
  } catch (error) {
    process.stderr.write(`demo: ${error.message}\n`);
    return process.exit(2);
  }
}

/** The folder of MNIST as the commands look for it; a folder that the user names and that is wrong ends the demo. */
function mnistFolder(chosen) {
  try {
    return findMnist(chosen);
  } catch (error) {
    process.stderr.write(`demo: ${error.message}\n`);
    return process.exit(1);
  }
}

/** Runs one command of the toolchain, ends the demo where it fails, and returns what it printed where that is not shown. */
function flexor(args, stdout) {
  const { status, stdout: text } = spawnSync(process.execPath, ['lib/flexor.js', ...args], {
    cwd: ROOT,
    stdio: ['inherit', stdout, 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) {
    process.stderr.write(`demo: flexor ${args[0]} failed\n`);
    process.exit(status ?? 1);
  }
  return text;
}

/** A command as a shell takes it, in lines of at most 80 characters; options stay beside their values. */
function wrapped(words) {
  const parts = words.join(' ').split(/ (?=-)/);
  return parts.reduce((text, part) => {
    const line = text.slice(text.lastIndexOf('\n') + 1);
    return `${text}${line.length + part.length < 76 ? ' ' : ' \\\n    '}${part}`;
  });
}

/** A step that the user sees. */
function step(title, args) {
  const started = performance.now();
  console.log(`\n=== ${title}\n$ ${wrapped(['flexor', ...args])}\n`);
  flexor(args, 'inherit');
  console.log(`\n(${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

/** The figures of a command. */
function figures(...args) {
  return JSON.parse(flexor([...args, '--json'], 'pipe'));
}

const count = (n) => n.toLocaleString('en-US');

const started = performance.now();
const chosen = dataOption();
const folder = mnistFolder(chosen);
const dataset = folder !== null && existsSync(new URL(`../${MODELS.mnist}`, import.meta.url)) ? 'mnist' : 'digits';
const model = MODELS[dataset];
const data = dataset === 'mnist' && chosen !== undefined ? ['--data', chosen] : [];
console.log(
  dataset === 'mnist'
    ? `MNIST found in ${folder}.`
    : 'MNIST not found (--data DIR, FLEXOR_DATA): the built-in digits are used instead.',
);

const images = [...data, '--images', '2000', '--rtl-images', '20', '--stalls', '30', '--seed', '1'];
const page = 'build/demo-report.html';

step('What the model holds', ['inspect', model]);
step('Verilog, memory files and manifest', ['gen-rtl', model, '-o', 'build/demo']);
step('Float, integer network and RTL in Verilator, without and with stalls', ['compare', model, ...images]);
step('Weight memories beside those of plain 1-bit weights', ['memory', model]);

const report = figures('report', model, ...images, '--no-area', '-o', page).models[0];
const memory = figures('memory', model).total;
const fold = figures('fold', model);
const { rtl } = report;
/** Of FleXOR and of plain 1-bit weights under the same fold, by the cost model. */
const [luts, plainLuts] = [fold.total, fold.plain].map((cost) => cost.luts + cost.lutRams);
const flipFlops = fold.total.flipFlops - fold.plain.flipFlops;
const cost = `${count(luts - plainLuts)} LUTs, ${count(flipFlops)} flip-flops more than plain`;
console.log(`
Equal   ${rtl.images} images at every layer, with and without stalls: ${rtl.mismatches} differ in the RTL
Saved   ${memory.flexor.bram18} block RAMs for the weights where plain 1-bit weights take ${memory.plain.bram18}
Cost    ${cost}; ${count(luts)} LUTs in all (cost model)
Report  ${page}; the Verilog is in build/demo
Next    npx flexor verify ${model}; README.md

Done in ${((performance.now() - started) / 1000).toFixed(0)} s.`);
