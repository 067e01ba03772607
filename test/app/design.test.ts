import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { runCleanups } from '../../src/base/cleanup.js';
import { designOf, place } from '../../src/app/design.js';
import { DEFAULT_BITS, lower } from '../../src/fixed/lower.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { tinyModel } from '../support/tiny-model.js';

const DIGEST = 'a'.repeat(64);
const XOR = { xorDepth: 'shallow', xorIterations: 100, xorSeed: 1 } as const;
const design = generateRtl(designOf(lower(tinyModel(1), DIGEST), { ...DEFAULT_BITS, ...XOR }));

it('notes bits in the manifest where the user chose them', () => {
  expect(design.manifest.options).not.toHaveProperty('floatBits');
  expect(design.manifest.options).not.toHaveProperty('layerBits');
  const chosen = { ...DEFAULT_BITS, floatBits: 4, layerBits: { conv1: 6 } };
  const { options } = generateRtl(designOf(lower(tinyModel(1), DIGEST, chosen), { ...chosen, ...XOR })).manifest;
  expect(options).toMatchObject({ activationBits: 8, floatBits: 4, layerBits: { conv1: 6 } });
});

it('keeps a temporary design only where it is retained', () => {
  const [interrupted, discarded, retained] = [
    place(design, undefined),
    place(design, undefined),
    place(design, undefined),
  ];
  for (const { folder } of [interrupted, discarded, retained]) expect(existsSync(`${folder}/manifest.json`)).toBe(true);
  discarded.discard();
  retained.retain();
  runCleanups();
  expect(existsSync(interrupted.folder)).toBe(false);
  expect(existsSync(discarded.folder)).toBe(false);
  expect(existsSync(retained.folder)).toBe(true);
  rmSync(dirname(retained.folder), { recursive: true });
});
