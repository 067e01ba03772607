/**
 * A progress bar with the time left, on stderr, drawn only where stderr is a terminal. A pipe or a log file sees nothing,
 * and stdout stays free for results.
 */

import type { Progress, StartProgress } from '../../app/progress.js';

const BAR_WIDTH = 24;
const REDRAW_MS = 100;
let drawn = false;

/** Starts a bar for `total` steps, of which `from` were done before; `label` says what is going on. */
export const startProgress: StartProgress = (label, total, from = 0): Progress => {
  const started = Date.now();
  let last = 0;
  return {
    update(done, note = '') {
      if (!process.stderr.isTTY) return;
      const now = Date.now();
      if (now - last < REDRAW_MS) return;
      last = now;
      draw(progressLine(label, { done, total, from }, (now - started) / 1000, note));
    },
    finish: clearProgress,
  };
};

/** `done` of `total` steps, of which `from` were done before the clock started. */
export interface Reached {
  readonly done: number;
  readonly total: number;
  readonly from: number;
}

/** Seconds left at the speed so far; null before the first step. */
export function secondsLeft({ done, total, from }: Reached, seconds: number): number | null {
  return done > from ? (seconds * Math.max(0, total - done)) / (done - from) : null;
}

/** The text of a bar: `label ██████░░░░ 60% 0:12 left note`. */
export function progressLine(label: string, reached: Reached, seconds: number, note: string): string {
  const { done, total } = reached;
  const part = total > 0 ? Math.min(1, Math.max(0, done / total)) : 1;
  const full = Math.round(part * BAR_WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
  const time = secondsLeft(reached, seconds);
  const left = time === null ? '' : `${clock(time)} left`;
  return [label, bar, `${Math.floor(part * 100)}%`, left, note].filter((text) => text !== '').join(' ');
}

/** Seconds as m:ss or h:mm:ss. */
export function clock(seconds: number): string {
  const s = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes}:${two(s % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}

function draw(text: string): void {
  process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
  drawn = true;
}

/** Takes a bar off the screen, if one is drawn, so that a message starts on a clean line. */
export function clearProgress(): void {
  if (drawn) process.stderr.write('\r\x1b[2K');
  drawn = false;
}
