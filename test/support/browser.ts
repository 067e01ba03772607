/**
 * A page in headless Chromium, cut off from the network: FLEXOR_CHROMIUM, else the one on the PATH (Debian's package).
 * Whatever it logs, throws or asks for is kept; a missing Chromium fails the test.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const QUIET = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['FLEXOR_CHROMIUM'] ?? onPath(), args: QUIET });
}

function onPath(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
  if (found === undefined) throw new Error('no Chromium on the PATH; install chromium or set FLEXOR_CHROMIUM');
  return found;
}

/** Calls a function of in-page.js. */
export function inPage<T>(page: Page, call: string): Promise<T> {
  return page.evaluate<T>(`inPage.${call}`);
}

export interface OpenPage {
  readonly page: Page;
  /** Errors, warnings and exceptions. */
  readonly complaints: readonly string[];
  /** Addresses asked for besides the page itself. */
  readonly requests: readonly string[];
}

export interface View {
  readonly width: number;
  readonly scheme?: 'light' | 'dark';
  readonly scripts?: boolean;
  readonly print?: boolean;
}

/** Opens a file. */
export async function openPage(browser: Browser, path: string, view: View): Promise<OpenPage> {
  const { width, scheme = 'light', scripts = true, print = false } = view;
  const page = await browser.newPage({
    viewport: { width, height: 800 },
    colorScheme: scheme,
    javaScriptEnabled: scripts,
  });
  // The test's own limit ends a wait that would never end.
  page.setDefaultTimeout(0);
  const complaints: string[] = [];
  const requests: string[] = [];
  const url = pathToFileURL(path).href;
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:')) requests.push(request.url());
  });
  await page.addInitScript({ path: fileURLToPath(new URL('in-page.js', import.meta.url)) });
  if (print) await page.emulateMedia({ media: 'print' });
  await page.goto(url);
  return { page, complaints, requests };
}
