/**
 * The static check of written designs: designs as they are generated pass, in every weight source, with every bit of the model
 * found; any single bit or character that is changed is found, and named by layer or module.
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { isWeighted } from '../../../src/graph/order.js';
import { checkFiles, networkPlanes, type FileChecks } from '../../../src/report/verify/files.js';
import { ownSets, proveOwn } from '../../../src/report/verify/own-proofs.js';
import { proofCount, proofsOf } from '../../../src/report/verify/proofs.js';
import { firstFault } from '../../../src/report/verify/types.js';
import { makeDesign } from '../../../src/rtl/design.js';
import { generateRtl, type GeneratedDesign } from '../../../src/rtl/generate.js';
import { randomCase } from '../../support/random-case.js';

function designOf(seed: number): GeneratedDesign {
  const { network, fold } = randomCase(seed);
  return generateRtl(makeDesign(network, { fold }));
}

function check(generated: GeneratedDesign, changed = new Map<string, string>()): FileChecks {
  const { files, manifest, design } = generated;
  const planes = new Map(design.network.nodes.filter(isWeighted).map((node) => [node.name, networkPlanes(node)]));
  return checkFiles(
    generated,
    manifest,
    (path) => changed.get(path) ?? files.get(path)!,
    (layer) => planes.get(layer)!,
  );
}

function fault(checks: FileChecks): string | null {
  return firstFault({ ...checks, proofs: null, ownProofs: null, runs: null });
}

/** Flips a random bit of a random hexadecimal digit; bits above a word are none of it, so the digit's lowest bit is taken. */
function flipDigit(text: string, random: Random): string {
  for (;;) {
    const at = random.below(text.length);
    if (text[at] === '\n') continue;
    const digit = (parseInt(text[at]!, 16) ^ 1).toString(16);
    return text.slice(0, at) + digit + text.slice(at + 1);
  }
}

// Every fourth has loadable weights, every fourth streams some in.
const SEEDS = Array.from({ length: 12 }, (_, i) => 300 + i);

describe.each(SEEDS)('random design %i', (seed) => {
  const generated = designOf(seed);
  const random = Random.derive(seed, 'tampering');

  test('stores the network, every encrypted bit of it', () => {
    const checks = check(generated);
    expect(fault(checks)).toBeNull();
    expect(checks.stored.length).toBeGreaterThan(0);
    for (const { encryptedBits, encryptedChecked } of checks.stored) expect(encryptedChecked).toBe(encryptedBits);
  });

  test('a flipped bit of any memory file is found and its layer named', () => {
    const { files, design } = generated;
    const memories = [...files.keys()].filter((path) => /^(mem|stream)\//.test(path));
    expect(memories.length).toBeGreaterThan(0);
    for (const path of memories) {
      const found = fault(check(generated, new Map([[path, flipDigit(files.get(path)!, random)]])));
      const layer = /^\w+\/(.*?)(_weights|_scales|_boundary)?\.(mem|hex)$/.exec(path)![1]!;
      const named = design.network.nodes[design.names.layers.indexOf(layer)]?.name;
      if (path === 'mem/load.hex') expect(found).toMatch(/^mem\/load\.hex line \d+: must be /);
      else expect(found, path).toMatch(new RegExp(`^layer ${named}: ${path.replace('.', '\\.')} line \\d+`));
    }
  });

  test('a changed digit of any Verilog file is found', () => {
    const { files } = generated;
    for (const path of [...files.keys()].filter((name) => name.endsWith('.v'))) {
      const text = files.get(path)!;
      const digits = [...text.matchAll(/(?<=^ (?!.*unused_x)[^/\n]*)\d/gm)].map(({ index }) => index);
      // (What is summed into a wire that nothing reads is no matter.)
      if (digits.length === 0) continue;
      const at = digits[random.below(digits.length)]!;
      const changed = text.slice(0, at) + String((Number(text[at]) + 1) % 10) + text.slice(at + 1);
      expect(fault(check(generated, new Map([[path, changed]]))), path).not.toBeNull();
    }
  });
});

test('a boundary slice and the multiplier of a residual in Verilog are checked as numbers', () => {
  const seen = { boundary: 0, residual: 0 };
  const generated = designOf(309);
  for (const { name, module } of generated.manifest.layers) {
    const path = `rtl/${module}.v`;
    const text = generated.files.get(path)!;
    const flip = (pattern: RegExp): string | null => {
      const changed = text.replace(
        pattern,
        (_, head: string, digit: string) => head + (parseInt(digit, 16) ^ 1).toString(16),
      );
      return changed === text ? null : changed;
    };
    const boundary = flip(/(u_boundary_xor\d*(?: \[\d+:0\])? \(\s*\.x_i\(\d+'h[0-9a-f]*)([0-9a-f])(?=\))/);
    const residual = flip(/(\.res_multiplier_i\(\d+'h[0-9a-f]*)([0-9a-f])(?=\))/);
    for (const [kind, changed] of [
      ['boundary', boundary],
      ['residual', residual],
    ] as const) {
      if (changed === null) continue;
      const [stored] = check(generated, new Map([[path, changed]])).stored.filter(({ layer }) => layer === name);
      expect(stored!.fault).toContain(kind === 'boundary' ? 'its u_boundary_xor: plane' : 'multiplier of the residual');
      seen[kind]++;
    }
  }
  expect(seen.boundary).toBeGreaterThan(0);
  expect(seen.residual).toBeGreaterThan(0);
});

test('an XOR circuit with another tap, or with a statement that is not read, is found', () => {
  const generated = designOf(301);
  const path = [...generated.files.keys()].find((name) => /_xor_\d+_\d+\.v$/.test(name))!;
  const text = generated.files.get(path)!;
  const faultOf = (changed: string): string | null => fault(check(generated, new Map([[path, changed]])));
  const tap = text.replace(/assign y_o\[0\] = (.*);/, 'assign y_o[0] = $1 ^ x_i[0];');
  expect(faultOf(tap)).toMatch(/^module \w+ \(layer [\w, ]+\): y_o\[0\] must (not )?sum x_i\[0\]/);
  for (const statement of [
    'assign y_o[0] = 1;',
    'always @* x = 1;',
    'assign y_o[1] = x_i[0] & x_i[1];',
    'buf b (a, c);',
  ]) {
    expect(faultOf(text.replace('\nendmodule', `  ${statement}\nendmodule`)), statement).toMatch(
      /: must be a circuit of XORs/,
    );
  }
  // The same function in other words is no fault.
  expect(faultOf(text.replace(/assign y_o\[0\] = (.*);/, 'assign y_o[0] = ($1) ^ x_i[0] ^ x_i[0];'))).toBeNull();
});

test('proofs are listed with their parameters, or run', async () => {
  const modules = ['flexor_axis_keep'];
  const listed = await proofsOf([...modules, 'flexor_unknown'], null);
  expect(listed.map(({ claim }) => claim)).toEqual(['proven', 'tested']);
  expect(listed.every(({ verdicts }) => verdicts.length === 0)).toBe(true);
  const notes: string[] = [];
  const run = await proofsOf(modules, { onProgress: (_, note) => notes.push(note) });
  for (const { sets, verdicts } of run) expect(verdicts).toEqual(sets.map(() => 'proven'));
  expect(notes).toHaveLength(proofCount(modules));
});

test('modules are proven at the parameters that a design binds, as long as there is time', async () => {
  const generated = designOf(300);
  const sets = ownSets(generated);
  expect(new Set(sets.map(({ module, parameters }) => `${module} ${parameters}`)).size).toBe(sets.length);
  const [keep] = sets.filter(({ module }) => module === 'flexor_axis_keep');
  expect(keep!.parameters).toBe(`Bytes=${generated.manifest.input.bytesPerBeat}`);
  // Time for two of them.
  let time = 0;
  const now = (): number => (time += 15_000);
  const proofs = await proveOwn(generated, { seconds: 40, now, onProgress: () => undefined });
  expect(proofs).toHaveLength(sets.length);
  const verdicts = proofs.map(({ verdict }) => verdict);
  expect(verdicts.slice(0, 2).every((verdict) => verdict === 'proven' || verdict === 'bounded')).toBe(true);
  expect(verdicts.slice(2).every((verdict) => verdict === 'left')).toBe(true);
  const none = { stored: [], circuits: [], sources: [], proofs: null, runs: null };
  expect(firstFault({ ...none, ownProofs: proofs })).toBeNull();
  const failed = { ...proofs[0]!, verdict: 'failed' as const };
  expect(firstFault({ ...none, ownProofs: [failed] })).toMatch(/^module flexor_\w+, .*: a property does not hold$/);
});
