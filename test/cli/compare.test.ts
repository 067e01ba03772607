import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../../src/model/write.js';
import type { Comparison } from '../../src/report/comparison.js';
import { expectRefused, flexor, type Refusal } from '../support/cli.js';
import { digitModel } from '../support/digit-model.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-compare-'));
const path = join(folder, 'digits.flexor');

beforeAll(() => saveModel(path, digitModel(3)));
afterAll(() => rmSync(folder, { recursive: true }));

describe('flexor compare', () => {
  it('puts float, fixed and RTL side by side', async () => {
    const { code, stdout, stderr } = await flexor('compare', path, '--images', '60', '--rtl-images', '5', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout) as Comparison & { dataset: string };
    expect(result).toMatchObject({ dataset: 'digits', images: 60 });
    const { float, fixed, rtl } = result;
    expect(Math.abs(float.accuracy! - fixed.accuracy!)).toBeLessThanOrEqual(0.1);
    expect(result.agreeing).toBeGreaterThan(50);
    expect(rtl).toMatchObject({
      passed: true,
      failure: null,
      images: 5,
      mismatches: 0,
      accuracy: fixed.accuracyOnRtlImages,
    });
    expect(rtl!.cyclesPerFrame).toBe(rtl!.predictedCyclesPerFrame);
    expect(rtl!.latencyCycles).toBe(rtl!.predictedLatencyCycles);
    expect(rtl!.bottleneckUtilisation).toBe(rtl!.busiest.cycles / rtl!.cyclesPerFrame!);
    const { stalled } = rtl!;
    expect(stalled).toMatchObject({
      passed: true,
      images: 5,
      mismatches: 0,
      stalls: 30,
      seed: 1,
      accuracy: rtl!.accuracy,
    });
    expect(stalled!.cyclesPerFrame).toBeGreaterThan(rtl!.cyclesPerFrame!);
  });

  it('leaves the RTL out where asked, and keeps nothing', async () => {
    const { stdout } = await flexor('compare', path, '--images', '60', '--rtl-images', '0', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ rtl: null, float: { accuracyOnRtlImages: null } });
    const text = await flexor('compare', path, '--images', '60', '--rtl-images', '0');
    expect(text.stdout).toMatch(/^accuracy +60 images\nfloat +\d+\.\d\d%\nfixed +\d+\.\d\d%$/m);
    expect(readdirSync(folder).filter((name) => name !== 'digits.flexor')).toEqual([]);
  });

  it('tells of a fold that does not fit before it evaluates anything', async () => {
    const attempts: [string, RegExp][] = [
      ['{"conv1": {"pe": 3, "simd": 1}}', /layer conv1/],
      ['{"conv9": {"pe": 1, "simd": 1}}', /fold names layer conv9/],
      ['{"conv1": {"pe": 0, "simd": 1}}', /fold2.json: conv1.pe must be like/],
      ['{"conv1": 3}', /fold3.json: conv1 must be like/],
      ['{', /fold4.json: must be JSON/],
    ];
    const inFolds = attempts.map(([text, message], i): Refusal => {
      const file = join(folder, `fold${i}.json`);
      writeFileSync(file, text);
      return [['compare', path, '--fold', file], 1, message];
    });
    await expectRefused([
      ...inFolds,
      [['compare', path, '--fold', 'x.json', '--target-fps', '3'], 2, /give one of them/],
      [['compare', path, '--target-fps', '1e9'], 1, /cannot be reached: layer conv1/],
    ]);
  });
});
