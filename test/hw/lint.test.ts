/**
 * Every module of hw/ alone, at a matrix of parameters: no warning of Verilator (-Wall, nothing waived) or Icarus, and
 * Yosys reads it and finds nothing wrong.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import { checkWithIcarus } from '../../src/toolchain/icarus.js';
import { lintVerilog } from '../../src/toolchain/lint.js';
import { runYosys } from '../../src/toolchain/yosys.js';
import { LIBRARY, moduleSource, wrapperOf } from './support/header.js';
import { MATRIX } from './support/matrix.js';

const EMPTY_MEMORY = 'empty.mem';
const folder = temporaryFolder('flexor-lint');
const library = LIBRARY.map((module) => `${module}.v`);

beforeAll(() => {
  mkdirSync(folder.path, { recursive: true });
  for (const module of LIBRARY) writeFileSync(join(folder.path, `${module}.v`), moduleSource(module));
});
afterAll(() => folder.remove());

/** Parameter sets of some modules in one top module of its own file: all, or of each module the first ones. */
function wrapper(name: string, modules: readonly string[], most = Infinity): string {
  const sets = modules.flatMap((module) =>
    MATRIX[module]!.slice(0, most).map((parameters) => ({ module, parameters })),
  );
  return wrapperOf(name, sets);
}

test('the matrix covers every module of the library, and no other', () => {
  expect(Object.keys(MATRIX).sort()).toEqual(LIBRARY);
});

test('each module lies in the file of its name and is documented by its first line', () => {
  for (const module of LIBRARY) {
    const text = moduleSource(module);
    expect([...text.matchAll(/^module (\w+)/gm)].map((match) => match[1])).toEqual([module]);
    expect(text).toMatch(/^\/\/ [A-Z]/);
  }
});

describe('a checker that finds nothing would find something', () => {
  test('Verilator and Icarus warn of a width that does not fit', async () => {
    const text =
      'module bad (input wire [3:0] a_i, output wire [7:0] b_o);\nflexor_resize #(.InBits(5)) u (.in_i(a_i), .out_o(b_o));\nendmodule\n';
    writeFileSync(join(folder.path, 'bad.v'), text);
    const files = ['flexor_resize.v', 'bad.v'];
    expect((await lintVerilog(folder.path, files, 'bad')).findings.join()).toMatch(/WIDTH/);
    expect(await checkWithIcarus(folder.path, files, 'bad')).toMatch(/warning: Port/);
  });
});

describe.each(LIBRARY)('%s', (module) => {
  test('alone as top with its default parameters', async () => {
    expect((await lintVerilog(folder.path, library, module)).findings).toEqual([]);
  });

  test('at every parameter set', async () => {
    const name = `lint_${module}`;
    writeFileSync(join(folder.path, `${name}.v`), wrapper(name, [module]));
    const files = [...library, `${name}.v`];
    expect((await lintVerilog(folder.path, files, name)).findings).toEqual([]);
    expect(await checkWithIcarus(folder.path, files, name)).toBe('');
  });
});

/** Of each module; Yosys elaborates a thousand sets in half a minute, and other sets are checked by the other two. */
const SETS_FOR_YOSYS = 3;

test('Yosys reads all of it and finds nothing wrong', async () => {
  const files = new Map(LIBRARY.map((module) => [`${module}.v`, moduleSource(module)]));
  files.set('all.v', wrapper('all', LIBRARY, SETS_FOR_YOSYS));
  files.set(EMPTY_MEMORY, '0\n');
  const script = `read_verilog -defer ${[...library, 'all.v'].join(' ')}; hierarchy -check -top all; proc; check -assert`;
  const { stdout } = await runYosys({ script, files, outputs: [] });
  expect(stdout).toMatch(/Found and reported 0 problems/);
  expect(stdout.split('\n').filter((line) => /^Warning/.test(line))).toEqual([]);
});
