/** The package around a design, used as its README says: with plain make, Icarus, Verilator, Yosys and Tcl. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import { packaged } from '../../src/app/package.js';
import { randomImages } from '../../src/cosim/vectors.js';
import { lower } from '../../src/fixed/lower.js';
import { chooseVectors } from '../../src/report/verify/vectors.js';
import { makeDesign } from '../../src/rtl/design.js';
import { packageView } from '../../src/rtl/package/view.js';
import { weightSources } from '../../src/rtl/weight-sources.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { registerMap } from '../../src/rtl/registers.js';
import type { RtlFiles } from '../../src/rtl/types.js';
import { runTool } from '../../src/toolchain/run.js';
import { runYosys } from '../../src/toolchain/yosys.js';
import { tinyModel, type TinyNode } from '../support/tiny-model.js';

const NODES: readonly TinyNode[] = [
  { kind: 'conv', channels: 4, kernel: [3, 3], padding: [1, 1, 1, 1], weights: { nIn: 12, nOut: 20 } },
  { kind: 'pool' },
  { kind: 'flatten' },
  { kind: 'dense', channels: 3, weights: { nIn: 8, nOut: 10, relu: false } },
];
const network = lower(tinyModel(3, NODES, { height: 4, width: 4, channels: 1 }), 'ab'.repeat(32));
const generated = generateRtl(makeDesign(network, { axiLite: true }));
const design = packaged(generated, { seed: 1, clockMhz: 250 });
const top = design.manifest.topModule;
const scratch = temporaryFolder('flexor-package');
const folder = join(scratch.path, 'design');

beforeAll(() => writeDesign(design, folder));
afterAll(() => scratch.remove());

function text(path: string, of: RtlFiles = design): string {
  const found = of.files.get(path);
  if (found === undefined) throw new Error(`${path} is not in the design`);
  return found;
}

async function make(...args: string[]) {
  const { exitCode, stdout, stderr } = await runTool({ command: 'make', args, cwd: folder });
  return { exitCode, output: stdout + stderr };
}

describe('README says what to send', () => {
  const { manifest } = generated;
  const said = (input: Partial<typeof manifest.input>): string =>
    packageView({ ...manifest, input: { ...manifest.input, ...input } }, { vectors: null, clockMhz: 100, diagram: '' })
      .elementText;

  test('of the values of the data', () => {
    expect(text('README.md')).toMatch(
      /^An element is floor\(x \/ [\d.]+ \+ 0\.5\), clamped to the format\. x is \(p\/255 - mean\)\/std of a number p /m,
    );
    const preprocessing = { mean: [0], std: [1] };
    expect(said({ scale: 1 / 255, preprocessing })).toMatch(/ So it is the pixel itself\.$/);
    expect(said({ scale: 1 / 255, preprocessing: { mean: [0.1], std: [1] } })).not.toContain('pixel itself');
  });

  test('as the quantiser of the input has it', () => {
    const format = { bits: 1, signed: false };
    expect(said({ format, quantiser: { kind: 'bipolar', scale: 1 } })).toContain(
      '1 where x is 0 or more and 0, which stands for -1, elsewhere',
    );
    const quantiser = { kind: 'uniform', bits: 4, signed: true, narrow: true, scale: 0.25, rounding: 'floor' } as const;
    expect(said({ scale: 0.25, quantiser })).toContain('x / 0.25, rounded (floor) and clamped to the narrow range');
  });
});

/** For the C++ compiler behind Verilator: a design that runs for a few frames takes longest to build. */
const FAST_BUILD = ['OPT_FAST=-O0', 'OPT_SLOW=-O0', 'OPT_GLOBAL=-O0'];

describe('testbench', () => {
  test.each(['0', '60'])('passes in Icarus with %s % stalls', async (stalls) => {
    const { exitCode, output } = await make('icarus', `STALLS=${stalls}`);
    expect(output).toMatch(/^PASS: 2 frames, 6 values/m);
    expect(exitCode).toBe(0);
  });

  test('passes in Verilator without a warning', async () => {
    const { exitCode, output } = await make('verilator', 'STALLS=30', ...FAST_BUILD);
    expect(output).toMatch(/^PASS: 2 frames, 6 values/m);
    expect(output).not.toContain('%Warning');
    expect(exitCode).toBe(0);
  });

  test.each([
    [
      'a wrong value',
      'tb/expected.hex',
      (lines: string[]) =>
        lines.with(
          4,
          lines[4]!.replace(/.$/, (d) => (d === '0' ? '1' : '0')),
        ),
    ],
    [
      'another image',
      'tb/inputs.hex',
      (lines: string[]) => lines.map((line) => (Number(`0x${line}`) ^ 0x15).toString(16)),
    ],
    [
      'other weights',
      design.manifest.memories[0]!,
      (lines: string[]) => lines.map((line) => line.replaceAll(/[0-7]/g, '9')),
    ],
    ['another model', `rtl/${top}.v`, (lines: string[]) => lines.map((line) => line.replace("256'hab", "256'hba"))],
  ])('fails with %s', async (_, path, change) => {
    const right = text(path);
    writeFileSync(join(folder, path), change(right.trimEnd().split('\n')).join('\n') + '\n');
    const { exitCode, output } = await make('icarus', '--always-make');
    writeFileSync(join(folder, path), right);
    expect(output).toMatch(/^FAIL: 6 of 6 values came, [1-9]/m);
    expect(exitCode).not.toBe(0);
  });

  test('fails where nothing comes', async () => {
    const module = 'rtl/flexor_classifier.v';
    const stuck = text(module).replace(/assign out_valid_o = .*;/, "assign out_valid_o = 1'b0;");
    expect(stuck).not.toBe(text(module));
    writeFileSync(join(folder, module), stuck);
    const { exitCode, output } = await make('icarus', '--always-make');
    writeFileSync(join(folder, module), text(module));
    expect(output).toMatch(/^FAIL: 0 of 6 values came/m);
    expect(exitCode).not.toBe(0);
  });
});

test('its frames are those of many that observe most, and README and manifest say how much', () => {
  const { vectors } = design.manifest;
  expect(vectors).toMatchObject({ frames: 2, source: 'random', seed: 1, candidates: 16 });
  const all = randomImages(network, 16, 1);
  const observed = (images: readonly number[]): number =>
    chooseVectors(
      network,
      images.map((i) => all[i]!),
      images.length,
    ).coverage.reduce((sum, layer) => sum + layer.encryptedObserved, 0);
  const said = vectors!.observed!.reduce((sum, layer) => sum + layer.encryptedObserved, 0);
  expect(observed(vectors!.images)).toBe(said);
  expect(said).toBeGreaterThanOrEqual(observed([0, 1]));
  const line = /chosen for what they observe: [\d.]+ ?% of the encrypted bits \(conv1 .*, dense4 .*\)/;
  expect(text('README.md')).toMatch(line);
  expect(text('manifest.json')).toContain('"encryptedObserved"');
});

test('the script for Yosys gives cells and a netlist', async () => {
  const dense = lower(tinyModel(3, NODES.slice(2), { height: 2, width: 2, channels: 1 }), 'ab'.repeat(32));
  const made = generateRtl(makeDesign(dense));
  const { manifest, files } = packaged(made, { seed: 1, vectors: 0 });
  const outputs = ['build/utilisation.txt', `build/${manifest.topModule}.json`];
  const result = await runYosys({ script: files.get('syn/yosys.ys')!, files, outputs });
  expect(result.files.get(outputs[0]!)).toMatch(/LUT\d/);
  for (const { module } of manifest.layers) expect(result.files.get(outputs[1]!)).toContain(`"${module}"`);
});

/** Runs a Tcl script in which every command that Tcl does not know prints itself. */
async function traceTcl(path: string): Promise<string[]> {
  const stub = join(scratch.path, 'stub.tcl');
  const known = 'package provide ::quartus::project 1\npackage provide ::quartus::flow 1\n';
  const stubs = `${known}proc unknown {args} { puts [join $args] }\nset argv {}\nsource [file join [pwd] design ${path}]\n`;
  writeFileSync(
    stub,
    stubs.replace('source [file', 'set script [file').concat('info script $script\nsource $script\n'),
  );
  const { exitCode, stdout, stderr } = await runTool({ command: 'tclsh', args: [stub], cwd: scratch.path });
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  return stdout.trimEnd().split('\n');
}

describe('vendor scripts name every file of the design', () => {
  test('Vivado', async () => {
    const commands = await traceTcl('syn/vivado.tcl');
    const { verilog, memories } = design.manifest;
    const reads = [...verilog.map((path) => `read_verilog ${path}`), ...memories.map((path) => `read_mem ${path}`)];
    expect(commands.slice(0, reads.length + 1)).toEqual([...reads, 'read_xdc syn/clock.sdc']);
    expect(commands).toContain(`synth_design -top ${top} -part xczu3eg-sbva484-1-e -mode out_of_context`);
  });

  test('Quartus', async () => {
    const commands = await traceTcl('syn/quartus.tcl');
    for (const path of design.manifest.verilog) {
      expect(commands).toContain(`set_global_assignment -name VERILOG_FILE ${path}`);
    }
    expect(commands[0]).toBe(`project_new -overwrite ${top}`);
    expect(commands.at(-1)).toBe('project_close');
  });

  test('the clock constraint is the clock that was asked for', () => {
    expect(text('syn/clock.sdc')).toContain('create_clock -name clk -period 4 [get_ports clk_i]');
  });
});

test('the core file is YAML of block lists and lists every file once', () => {
  const core = text(`${top}.core`);
  expect(core.split('\n')[0]).toBe('CAPI=2:');
  // Keys or list items only, indented by steps of two, no tabs.
  for (const line of core.trimEnd().split('\n').slice(2)) {
    expect(line).toMatch(/^( {2})*(- \S+(: \{ .* \})?|[\w<]+:( .*)?)$|^$/);
  }
  const listed = [...core.matchAll(/^ {6}- (\S+?)(?::|$)/gm)].map((match) => match[1]!);
  const { verilog, memories } = design.manifest;
  const vectors = [`tb/${top}_tb.v`, 'tb/inputs.hex', 'tb/expected.hex'];
  expect(listed).toEqual([...verilog, ...memories, 'syn/clock.sdc', ...vectors]);
});

test('README lists ports and registers as they are', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  for (const { address, name } of registerMap(design.manifest.layers)) {
    expect(readme).toContain(`| 0x${address.toString(16).padStart(3, '0')} | ${name} |`);
  }
  expect(readme).toContain('| `m_axis_*` | out | 40 (tdata) |');
  expect(text('pipeline.svg')).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg".*<\/svg>\n$/s);
});

test('without vectors there is no testbench, and nothing speaks of one', () => {
  const plain = packaged(generated, { seed: 1, vectors: 0 });
  const added = [...plain.files.keys()].filter((path) => !generated.files.has(path));
  expect(added.some((path) => path.startsWith('tb/'))).toBe(false);
  for (const path of added) expect(text(path, plain)).not.toMatch(/tb\/|_tb/);
});

test('the testbench of loadable weights loads them and reads them back, and sees a word that is wrong', async () => {
  const loadable = lower(tinyModel(3, NODES, { height: 4, width: 4, channels: 1 }), 'ab'.repeat(32), {
    loadable: true,
  });
  const made = generateRtl(makeDesign(loadable, { weights: weightSources(loadable, { source: 'ram' }) }));
  const ram = packaged(made, { seed: 1 });
  const target = join(scratch.path, 'loadable');
  writeDesign(ram, target);
  const run = (...args: string[]) => runTool({ command: 'make', args, cwd: target });
  const icarus = await run('icarus', 'STALLS=30');
  expect(icarus.stdout).toMatch(/^PASS: 2 frames, 6 values/m);
  const verilator = await run('verilator', ...FAST_BUILD);
  expect(verilator.stdout + verilator.stderr).toMatch(/^PASS: 2 frames, 6 values/m);
  expect(verilator.stdout + verilator.stderr).not.toContain('%Warning');
  const store = join(target, 'rtl/flexor_store.v');
  const text = readFileSync(store, 'utf8');
  writeFileSync(store, text.replace('data1_q[Bits-1:0];', 'data1_q[Bits-1:0] ^ 1;'));
  expect((await run('icarus', '--always-make')).stdout).toMatch(/weight word 0: loaded .*^FAIL/ms);
  expect(text).toContain('data1_q[Bits-1:0];');
  for (const port of ['s_load_', 'm_load_', 'load_error_o']) {
    expect(readFileSync(join(target, 'README.md'), 'utf8')).toContain(`| \`${port}`);
  }
});

test('the testbench of ports of several elements a beat checks the last one, which is partly filled', async () => {
  const nodes: readonly TinyNode[] = [{ kind: 'dense', channels: 10, weights: { nIn: 10, nOut: 16, relu: false } }];
  const wide = lower(tinyModel(3, nodes, { height: 5, width: 5, channels: 1 }), 'ab'.repeat(32));
  const made = makeDesign(wide, { fold: { dense1: { pe: 10, simd: 7, inputWidth: 8, width: 4 } } });
  const ported = packaged(generateRtl(made), { seed: 1 });
  const target = join(scratch.path, 'ports');
  writeDesign(ported, target);
  const run = (...args: string[]) => runTool({ command: 'make', args, cwd: target });
  expect((await run('icarus', 'STALLS=30')).stdout).toMatch(/^PASS: 2 frames, 6 values/m);
  const readme = text('README.md', ported);
  expect(readme).toContain('tlast with the last of 4 beats, which has 1 element and tkeep of 1 byte');
  expect(readme).toMatch(
    /4 logits a beat, the first one lowest, 10 in 3 beats a frame: .* the last beat has 2 logits, /,
  );
  const file = join(target, `rtl/${ported.manifest.topModule}.v`);
  writeFileSync(file, text(`rtl/${ported.manifest.topModule}.v`, ported).replace('.LastBytes(1)', '.LastBytes(2)'));
  const { stdout } = await run('icarus', '--always-make');
  expect(stdout).toMatch(/frame_error_o is 100/);
  expect(stdout).toMatch(/^FAIL: 6 of 6 values came, 2 differ/m);
});

test('README says what a load does with two banks and with one', () => {
  const loadable = lower(tinyModel(3, NODES, { height: 4, width: 4, channels: 1 }), 'ab'.repeat(32), {
    loadable: true,
  });
  const readme = (source: 'ram' | 'ram-single'): string => {
    const made = generateRtl(makeDesign(loadable, { weights: weightSources(loadable, { source }) }));
    return text('README.md', packaged(made, { seed: 1, vectors: 0 })).replaceAll('\n', ' ');
  };
  expect(readme('ram')).toContain('frames that begin later use the new weights at every layer');
  expect(readme('ram-single')).toContain('no frame begins until a packet came in whole');
});

test('the testbench streams weights in, and sees a row that is wrong and a pass that is short', async () => {
  const streamed = lower(tinyModel(3, NODES, { height: 4, width: 4, channels: 1 }), 'ab'.repeat(32));
  const made = generateRtl(
    makeDesign(streamed, { axiLite: true, weights: weightSources(streamed, { source: 'stream' }) }),
  );
  const target = join(scratch.path, 'streamed');
  writeDesign(packaged(made, { seed: 1 }), target);
  const run = (...args: string[]) => runTool({ command: 'make', args, cwd: target });
  for (const simulator of ['icarus', 'verilator']) {
    for (const stalls of ['0', '60']) {
      const { stdout, stderr } = await run(simulator, `STALLS=${stalls}`, ...FAST_BUILD);
      expect(stdout + stderr).toMatch(/^PASS: 2 frames, 6 values/m);
      expect(stdout + stderr).not.toContain('%Warning');
    }
  }
  const [first] = made.manifest.weightStreams!;
  const file = join(target, first!.file);
  const rows = readFileSync(file, 'utf8');
  expect(rows.trimEnd().split('\n')).toHaveLength(first!.beatsPerPass);
  writeFileSync(
    file,
    rows.replace(/.$/gm, (digit) => (parseInt(digit, 16) ^ 1).toString(16)),
  );
  expect((await run('icarus')).stdout).toMatch(/^FAIL: 6 of 6 values came, [1-9]/m);
  writeFileSync(file, rows);
  const bench = join(target, `tb/${made.manifest.topModule}_tb.v`);
  const text = readFileSync(bench, 'utf8');
  expect(text).toContain(`.Rows(${first!.beatsPerPass})`);
  writeFileSync(bench, text.replace(`.Rows(${first!.beatsPerPass})`, `.Rows(${first!.beatsPerPass - 1})`));
  expect((await run('icarus')).stdout).toMatch(/weight_error_o is 01 in cycle .*^FAIL/ms);
  const readme = readFileSync(join(target, 'README.md'), 'utf8');
  for (const { port } of made.manifest.weightStreams!) expect(readme).toContain(`| \`${port}_*\``);
});
