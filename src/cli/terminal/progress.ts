/**
 * How far a long step has come, on stderr: a bar with the time left on a terminal; in a pipe or a log file a line now and
 * then, the first one after some seconds, so that what is quick says nothing. Stdout stays free for results.
 */

import type { Progress, StartProgress } from '../../app/progress.js';
import { clearProgress, drawProgress, noteProgress } from './progress-line.js';
import { isTerminal } from './screen.js';

const BAR_WIDTH = 24;
const REDRAW_MS = 100;
/** Between lines in a pipe. */
const LINE_MS = 20_000;

/** Starts a bar for `total` steps, of which `from` were done before; `label` says what is going on. */
export const startProgress: StartProgress = (label, total, from = 0): Progress => {
  const started = Date.now();
  const terminal = isTerminal('error');
  let last = terminal ? 0 : started;
  return {
    update(done, note = '') {
      const now = Date.now();
      if (now - last < (terminal ? REDRAW_MS : LINE_MS)) return;
      last = now;
      const reached = { done, total, from };
      if (terminal) drawProgress(progressLine(label, reached, (now - started) / 1000, note));
      else noteProgress(logLine(label, reached, (now - started) / 1000, note));
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

/** The text of a line in a log: `label: 60% (6 of 10), 0:12 left, note`. */
export function logLine(label: string, reached: Reached, seconds: number, note: string): string {
  const { done, total } = reached;
  const time = secondsLeft(reached, seconds);
  const part = `${label}: ${Math.floor(total > 0 ? (100 * done) / total : 100)}%`;
  // A step of one part tells fractions of it.
  const parts = total > 1 ? ` (${done} of ${total})` : '';
  return [part + parts, time === null ? '' : `${clock(time)} left`, note].filter((text) => text !== '').join(', ');
}

/** Seconds as m:ss or h:mm:ss. */
export function clock(seconds: number): string {
  const s = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes}:${two(s % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}
