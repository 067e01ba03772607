/**
 * `flexor report` as users run it, on small models with texts that try to break out of the page: the same figures in
 * the terminal, as JSON and on the page; the same bytes twice; and the page in a browser.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../../src/model/write.js';
import type { ReportFigures } from '../../src/report/figures/types.js';
import { inPage, launchBrowser, openPage } from '../support/browser.js';
import { flexor } from '../support/cli.js';
import type { Run } from '../support/cli.js';
import type { ModelNode } from '../../src/model/types.js';
import { digitModel, SMALLEST_DIGIT_NODES } from '../support/digit-model.js';
import { codePlanes } from '../support/tiny-model.js';

const HOSTILE = `m</script><img src=x onerror="window.hacked=1">'{b}&`;
const folder = mkdtempSync(join(tmpdir(), 'flexor-report-'));
const paths = [join(folder, 'first.flexor'), join(folder, 'second.flexor')];
const html = join(folder, 'out', 'report.html');
const single = join(folder, 'single.html');
const options = ['--images', '60', '--rtl-images', '3', '--target', 'gates', '--cache', join(folder, 'cache')];

let json: Run;
let text: Run;
let figures: ReportFigures;
// Fails the whole file where there is none.
const browser = await launchBrowser();

beforeAll(async () => {
  const first = digitModel(3);
  const [conv] = first.nodes;
  const plane = codePlanes(conv)[0]!;
  const encryptedHistogram = histogramOf(plane.encrypted);
  const nodes = first.nodes.map((node, i): ModelNode =>
    i === 0 && node.kind === 'conv'
      ? { ...node, weights: { encoding: 'xor', planes: [{ ...plane, encryptedHistogram }] } }
      : node,
  );
  const provenance = { ...first.provenance, recipe: HOSTILE, notes: HOSTILE };
  const classes = first.classes.map((name, i) => (i === 3 ? HOSTILE : name));
  saveModel(paths[0]!, { ...first, name: 'n'.repeat(64), nodes, classes, provenance });
  saveModel(paths[1]!, digitModel(4, 'digits', SMALLEST_DIGIT_NODES));
  json = await flexor('report', ...paths, '-o', html, ...options, '--json');
  figures = JSON.parse(json.stdout) as ReportFigures;
}, 900_000);

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

interface Contrast {
  readonly least: { readonly contrast: number; readonly text: string };
  readonly texts: number;
}

/** A histogram that fits the stored bits: all of either sign in one bin. */
function histogramOf(packed: Uint8Array) {
  const ones = [...packed].reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
  const bits = 60;
  return { limit: 0.1, below: 1, counts: [bits - ones - 1, ones], above: 0 };
}

describe('figures', () => {
  it('come from the same build', () => {
    expect({ code: json.code, stderr: json.stderr }).toEqual({ code: 0, stderr: '' });
    expect(figures.models).toHaveLength(2);
    for (const { accuracy, rtl, pipeline, area, price, inventory } of figures.models) {
      expect(accuracy.integer.images).toBe(60);
      expect(rtl).toMatchObject({ images: 3, mismatches: 0, passed: true, stalled: { mismatches: 0 } });
      expect(rtl!.cyclesPerFrame).toBe(pipeline.predictedCyclesPerFrame);
      for (const { predicted, measured } of pipeline.units) expect(measured).toEqual(predicted);
      expect(area).toMatchObject({ target: 'gates', modelDigest: inventory.digest });
      expect(area!.weights).toEqual(price!.total.weights);
    }
  });

  it('are the same in the terminal, as JSON and on the page', async () => {
    text = await flexor('report', paths[1]!, '-o', single, ...options);
    expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 0, stderr: '' });
    const { page } = await openPage(browser, single, { width: 1280 });
    const embedded = await page.locator('#figures').evaluate((element) => element.textContent);
    const [model] = (JSON.parse(embedded!) as ReportFigures).models;
    const { reproduction, ...rest } = figures.models[1]!;
    // The commands name other files; all else is the same in a report of one model and of two.
    expect(model).toEqual({ ...rest, reproduction: { ...reproduction, commands: model!.reproduction.commands } });
    expect(rest.headlines.length).toBeGreaterThan(6);
    for (const { key, label, text: value, note } of rest.headlines) {
      const tile = page.locator(`[data-figure="${key}"]`);
      expect(await tile.locator('.label').innerText()).toBe(label);
      expect(await tile.locator('strong').innerText()).toBe(value);
      expect(await tile.locator('.note').innerText()).toBe(note);
      const line = text.stdout.split('\n').find((each) => each.startsWith(label));
      expect(line).toContain(value);
      expect(line).toContain(note);
    }
    const cells = await page.locator('#m1-area tr.total td').allInnerTexts();
    const { nand2, flipFlops } = rest.area!.total;
    expect(cells.slice(0, 3)).toEqual([
      'total',
      ...[nand2, flipFlops].map((n) => Math.round(n).toLocaleString('en-US')),
    ]);
    await page.close();
  });

  it('give the same bytes again, and leave nothing else', async () => {
    const before = readFileSync(html, 'utf8');
    const again = await flexor('report', ...paths, '-o', html, ...options, '--json');
    expect(again.stdout).toBe(json.stdout);
    expect(readFileSync(html, 'utf8')).toBe(before);
    expect(readdirSync(join(folder, 'out'))).toEqual(['report.html']);
    expect(before).not.toContain(folder);
    expect(before).not.toMatch(/https?:\/\/(?!www\.w3\.org\/)[^\s"'`]*\.(js|css|png|svg|woff2?)\b/);
  });
});

describe.each([
  { width: 1280, scheme: 'light' as const },
  { width: 1280, scheme: 'dark' as const },
  { width: 360, scheme: 'light' as const },
  { width: 360, scheme: 'dark' as const },
])('page at $width pixels, $scheme', ({ width, scheme }) => {
  it('draws every chart, asks for nothing, complains of nothing', async () => {
    const { page, complaints, requests } = await openPage(browser, html, { width, scheme });
    const charts = page.locator('[data-chart]');
    expect(await charts.count()).toBeGreaterThan(20);
    for (const chart of await charts.all()) {
      const id = await chart.getAttribute('data-chart');
      expect(await inPage<number>(page, `countMarks('${id!}')`), id!).toBeGreaterThan(0);
      expect((await chart.boundingBox())!.width, id!).toBeLessThanOrEqual(width);
    }
    expect(await inPage(page, 'hacked()')).toBe(false);
    expect(await page.locator('#m1-model dd').allInnerTexts()).toContain(HOSTILE);
    expect(await page.locator('#m1-images thead th').allTextContents()).toContain(HOSTILE);
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
    await page.close();
  });

  it('fits the width and can be read', async () => {
    const { page } = await openPage(browser, html, { width, scheme });
    expect(await inPage(page, 'overflow()')).toBe(0);
    const { least, texts } = await inPage<Contrast>(page, 'leastContrast()');
    expect(texts).toBeGreaterThan(100);
    expect(least.contrast, least.text).toBeGreaterThanOrEqual(4.5);
    await page.close();
  });
});

describe('page without scripts and in print', () => {
  it.each([
    { scripts: false, print: false },
    { scripts: true, print: true },
  ])('shows still charts: $scripts, $print', async (view) => {
    const { page, complaints } = await openPage(browser, html, { width: 720, ...view });
    const stills = await page.locator('.still').all();
    expect(stills.length).toBeGreaterThan(20);
    for (const still of stills) {
      expect(await still.isVisible()).toBe(true);
      expect(await still.locator('path').count()).toBeGreaterThan(2);
    }
    expect(await page.locator('.live:visible').count()).toBe(0);
    if (view.print) expect(await page.locator('nav:visible').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('prints', async () => {
    const { page } = await openPage(browser, html, { width: 1280 });
    const pdf = await page.pdf({ format: 'A4', printBackground: true });
    const pages = pdf.toString('latin1').match(/\/Type ?\/Page\b/g) ?? [];
    const charts = await page.locator('.still').count();
    // At most five charts fit a sheet, and text stands between them; a page that is cut off has one sheet.
    expect(pages.length).toBeGreaterThan(charts / 5);
    expect(pages.length).toBeLessThan(charts);
    await page.close();
  });
});

it('shows a tooltip', async () => {
  const { page } = await openPage(browser, html, { width: 1280 });
  const chart = page.locator('[data-chart="m1-cycles"]');
  await chart.scrollIntoViewIfNeeded();
  const box = (await chart.boundingBox())!;
  // Along the middle of the first bar.
  for (let x = 60; x < 140; x += 8) await page.mouse.move(box.x + x, box.y + 34);
  await expect.poll(() => chart.innerText()).toContain('conv1 · cycles a frame');
  await page.close();
});

it('says in one line what is wrong', async () => {
  const cases: readonly (readonly [string[], number, RegExp])[] = [
    [[paths[1]!], 2, /^flexor: .*-o, --out <file>.*\n$/],
    [[paths[1]!, '-o', paths[0]!], 2, /^flexor: -o must name a new file or an HTML file to replace, got '.*'\n$/],
    [
      [paths[1]!, '-o', join(paths[0]!, 'page.html')],
      1,
      /^flexor: cannot write .*page\.html: .*not a (folder|directory)\n$/,
    ],
    [['none.flexor', '-o', single], 1, /^flexor: cannot read none\.flexor: no such file or directory\n$/],
    [[paths[1]!, '-o', single, '--target', 'fpga'], 2, /^flexor: .*'fpga'.* Must be one of xcup, .*\n$/],
    [[paths[1]!, '-o', single, '--liberty', 'x.lib'], 2, /^flexor: --liberty is for --target asic, .*\n$/],
  ];
  for (const [args, code, message] of cases) {
    const run = await flexor('report', ...args);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code, stdout: '' });
    expect(run.stderr).toMatch(message);
  }
});
