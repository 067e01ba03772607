/**
 * `flexor report` as users run it, on small models with texts that try to break out of the page: the same figures in
 * the terminal, as JSON and on the page; the same bytes twice; and the page in a browser.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../../src/model/write.js';
import type { ReportFigures } from '../../src/report/figures/types.js';
import { inPage, launchBrowser, openPage } from '../support/browser.js';
import { flexor } from '../support/cli.js';
import type { Run } from '../support/cli.js';
import type { ModelNode } from '../../src/model/types.js';
import { digitModel, SMALLEST_DIGIT_NODES } from '../support/digit-model.js';
import { codePlanes, type TinyNode } from '../support/tiny-model.js';

const HOSTILE = `m</script><img src=x onerror="window.hacked=1">'{b}&`;
// Wide enough that a figure's note stays in its line.
process.env['COLUMNS'] = '200';
/** Every kind of layer behind a pool that leaves 49 pixels: a window over a whole digit would take minutes to synthesise. */
const WEIGHTS = { nIn: 12, nOut: 20 };
const NODES: readonly TinyNode[] = [
  { kind: 'pool', kernel: [4, 4], stride: [4, 4] },
  { kind: 'conv', channels: 8, kernel: [5, 5], stride: [2, 2], padding: [2, 2, 2, 2], weights: WEIGHTS },
  { kind: 'flatten' },
  { kind: 'dense', channels: 10, weights: { ...WEIGHTS, relu: false } },
];
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
  const first = digitModel(3, 'digits', NODES);
  const conv = first.nodes[1];
  const plane = codePlanes(conv)[0]!;
  const encryptedHistogram = histogramOf(plane.encrypted);
  const nodes = first.nodes.map((node, i): ModelNode =>
    i === 1 && node.kind === 'conv'
      ? { ...node, weights: { encoding: 'xor', planes: [{ ...plane, encryptedHistogram }] } }
      : node,
  );
  const provenance = { ...first.provenance, recipe: HOSTILE, notes: HOSTILE };
  const classes = first.classes.map((name, i) => (i === 3 ? HOSTILE : name));
  saveModel(paths[0]!, { ...first, name: 'n'.repeat(64), nodes, classes, provenance });
  saveModel(paths[1]!, digitModel(4, 'digits', SMALLEST_DIGIT_NODES));
  json = await flexor('report', ...paths, '-o', html, ...options, '--json');
  figures = JSON.parse(json.stdout) as ReportFigures;
});

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
  const bits = 120;
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
    const cells = await page.locator('#m1-area tr.total td').allTextContents();
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

/** Most pixels of a page before anything is unfolded, at 1280 pixels of width, and most bytes. */
const MOST_HEIGHT = 4_500;
const MOST_BYTES = 2_000_000;

const VIEWS = [375, 768, 1280].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));

// One page for both, folded first and then unfolded: opening it takes longer than looking at it.
it.each(VIEWS)(
  'page at $width pixels, $scheme: can be read, fits, draws every chart, asks for nothing',
  async (view) => {
    const { page, complaints, requests } = await openPage(browser, html, view);
    await expectReadable(page, 'folded');
    await inPage(page, 'showAll()');
    await expectReadable(page, 'unfolded');
    const charts = page.locator('[data-chart]');
    expect(await charts.count()).toBeGreaterThan(20);
    for (const chart of await charts.all()) {
      const id = await chart.getAttribute('data-chart');
      await expect.poll(() => inPage<number>(page, `countMarks('${id!}')`), { message: id! }).toBeGreaterThan(0);
      expect((await chart.boundingBox())!.width, id!).toBeLessThanOrEqual(view.width);
    }
    expect(await inPage(page, 'hacked()')).toBe(false);
    expect(await page.locator('#m1-model dd').allTextContents()).toContain(HOSTILE);
    expect(await page.locator('#m1-images thead th').allTextContents()).toContain(HOSTILE);
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
    await page.close();
  },
);

/** Nothing is wider than the page, and every text stands out. */
async function expectReadable(page: Page, state: string): Promise<void> {
  expect(await inPage(page, 'overflow()'), state).toBe(0);
  const { least, texts } = await inPage<Contrast>(page, 'leastContrast()');
  expect(texts).toBeGreaterThan(50);
  expect(least.contrast, `${state}: ${least.text}`).toBeGreaterThanOrEqual(4.5);
}

describe.each([375, 1280])('page at %i pixels for those who do not see it', (width) => {
  it('gives axe-core nothing to complain of', async () => {
    const { page } = await openPage(browser, html, { width });
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
    expect(await inPage(page, 'violations()')).toEqual([]);
    await inPage(page, 'showAll()');
    expect(await inPage(page, 'violations()')).toEqual([]);
    await page.close();
  });
});

describe('page before anything is unfolded', () => {
  it.each([
    ['one model', () => single],
    ['two models', () => html],
  ])('opens with the verdict and is short: %s', async (_, path) => {
    const { page } = await openPage(browser, path(), { width: 1280 });
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThanOrEqual(MOST_HEIGHT);
    expect(statSync(path()).size).toBeLessThanOrEqual(MOST_BYTES);
    expect(await page.locator('details[open]').count()).toBe(0);
    const first = page.locator('.verdict p').first();
    expect(await first.isVisible()).toBe(true);
    expect((await first.boundingBox())!.y).toBeLessThan(300);
    await page.close();
  });

  it('shows the sentences of the figures', async () => {
    const { page } = await openPage(browser, html, { width: 1280 });
    const [model] = figures.models;
    expect(figures.comparison.length).toBeGreaterThan(1);
    expect(model!.verdict.length).toBeGreaterThanOrEqual(4);
    expect(await page.locator('#comparison .verdict p').allTextContents()).toEqual(figures.comparison);
    expect(await page.locator('#m1-summary .verdict p').allTextContents()).toEqual(model!.verdict);
    await page.close();
  });
});

describe('what the reader can do', () => {
  it('shows one of several models, and the section that an address names', async () => {
    const { page } = await openPage(browser, html, { width: 1280 });
    const shown = () => page.locator('article:visible').evaluateAll((all) => all.map(({ id }) => id));
    expect(await shown()).toEqual(['m1']);
    await page.locator('nav a[href="#m2"]').click();
    await expect.poll(shown).toEqual(['m2']);
    await page.evaluate("location.hash = '#m1-area'");
    await expect.poll(shown).toEqual(['m1']);
    expect(await page.locator('#m1-area').getAttribute('open')).toBe('');
    await page.close();
  });

  it('unfolds all and folds all, by keyboard', async () => {
    const { page } = await openPage(browser, html, { width: 1280 });
    const open = () => page.locator('details[open]:visible').count();
    const button = page.getByRole('button', { name: /all$/ });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect.poll(open).toBe(await page.locator('#m1 details').count());
    await page.keyboard.press('Enter');
    await expect.poll(open).toBe(0);
    await page.locator('#m1-model summary').focus();
    await page.keyboard.press('Enter');
    await expect.poll(open).toBe(1);
    await page.close();
  });

  it('switches between dark and light', async () => {
    const { page } = await openPage(browser, html, { width: 1280 });
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await page.getByRole('button', { name: 'Dark' }).click();
    expect(await ground()).not.toBe(light);
    await page.getByRole('button', { name: 'Light' }).click();
    expect(await ground()).toBe(light);
    await page.close();
  });

  it('picks a design on the frontier from the list and from the chart', async () => {
    const { page } = await openPage(browser, html, { width: 1280 });
    await page.locator('#m1-folds summary').click();
    const caption = () => page.locator('#m1-folds .design:visible figcaption').allInnerTexts();
    const { frontier } = figures.models[0]!;
    await page.locator('#m1-folds select').selectOption('0');
    const [fastest] = await caption();
    expect(fastest).toContain(`${frontier[0]!.cycles.toLocaleString('en-US')} cycles`);
    await expect.poll(() => inPage<number>(page, "countMarks('m1-frontier')")).toBeGreaterThan(0);
    // The slowest design stands at the left end of the chart.
    const marks = page.locator('[data-chart="m1-frontier"] path[fill="#fff"]');
    const boxes = await Promise.all((await marks.all()).map((mark) => mark.boundingBox()));
    const left = boxes.filter((box) => box !== null).sort((a, b) => a.x - b.x)[0]!;
    await page.mouse.click(left.x + left.width / 2, left.y + left.height / 2);
    await expect.poll(caption).not.toEqual([fastest]);
    await page.close();
  });

  it('downloads tables and charts', async () => {
    const { page } = await openPage(browser, single, { width: 1280 });
    await page.getByRole('button', { name: 'Unfold all' }).click();
    const take = async (figure: string, kind: string): Promise<{ name: string; bytes: Buffer }> => {
      const coming = page.waitForEvent('download');
      await page.locator(figure).getByRole('button', { name: kind }).first().click();
      const file = await coming;
      return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
    };
    const table = await take('#m1-pipeline figure.table', 'CSV');
    expect(table.name).toBe('units-busiest.csv');
    const lines = table.bytes.toString().trim().split('\n');
    expect(lines[0]).toBe('unit,PE,SIMD,cycles/pixel,cycles/frame,busy,weight reads/frame');
    expect(lines).toHaveLength(1 + figures.models[1]!.pipeline.units.length);
    const chart = await take('#m1-pipeline figure.chart', 'CSV');
    const { name, cyclesPerFrame } = figures.models[1]!.pipeline.units[0]!;
    expect(chart.bytes.toString().split('\n').slice(0, 2)).toEqual([',cycles a frame', `${name},${cyclesPerFrame}`]);
    const svg = await take('#m1-pipeline figure.chart', 'SVG');
    expect(svg.bytes.toString()).toMatch(/^<svg[^>]*>.*<\/svg>$/s);
    const png = await take('#m1-pipeline figure.chart', 'PNG');
    expect(png.name).toMatch(/\.png$/);
    expect([...png.bytes.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    expect(png.bytes.length).toBeGreaterThan(5_000);
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
  await page.locator('#m1-pipeline summary').click();
  await chart.scrollIntoViewIfNeeded();
  await expect.poll(() => inPage<number>(page, "countMarks('m1-cycles')")).toBeGreaterThan(0);
  const box = (await chart.boundingBox())!;
  // Along the middle of the first bar.
  for (let x = 60; x < 140; x += 8) await page.mouse.move(box.x + x, box.y + 34);
  await expect.poll(() => chart.innerText()).toContain('pool1 · cycles a frame');
  await page.close();
});

it('says in one line what is wrong', async () => {
  const cases: readonly (readonly [string[], number, RegExp])[] = [
    [[paths[1]!], 2, /^flexor: .*-o, --output <file>.*\n$/],
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
