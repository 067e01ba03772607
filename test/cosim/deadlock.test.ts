/** Which layer a deadlock is blamed on, by the states in which the streams were left. */
import { expect, test } from 'vitest';
import { deadlockMessage } from '../../src/cosim/deadlock.js';
import type { RunRecord, StreamState } from '../../src/cosim/record.js';
import type { Manifest } from '../../src/rtl/types.js';

/** input → conv1 → conv2 → add, and conv1 → shortcut → add; add → dense. */
const EDGES = {
  input: ['conv1'],
  conv1: ['conv2', 'shortcut'],
  conv2: ['add'],
  shortcut: ['add'],
  add: ['dense'],
  dense: [],
};

type State = 'blocked' | 'starved' | 'idle' | readonly ['blocked' | 'starved' | 'idle', frame: number];

/** What is said where two images went in; streams of which nothing is told are at rest behind both. */
function blamed(states: Partial<Record<keyof typeof EDGES, State>>): string {
  const streams = Object.entries(EDGES).map(([node, readers], index) => {
    return { index, node, elementsPerFrame: 4, readers: readers.map((reader) => ({ node: reader })) };
  });
  const ends = Object.keys(EDGES).map((node): StreamState => {
    const given = states[node as keyof typeof EDGES] ?? (['idle', 2] as const);
    const [state, frame] = typeof given === 'string' ? ([given, 1] as const) : given;
    const sides = { valid: state === 'blocked', ready: state === 'starved' };
    return { ...sides, transfers: 0, frame, element: 0, times: [] };
  });
  const record = { lastCycle: 99, streams: ends } as Partial<RunRecord> as RunRecord;
  return deadlockMessage({ streams } as unknown as Manifest, record, 2).replace(/^deadlock, .* 99: /, '');
}

test('a layer in the chain that takes no more', () => {
  expect(blamed({ input: 'blocked', conv1: 'starved' })).toMatch(/^stream 0 .*: consumer conv1 does not take$/);
});

test.each([0, 2])('a branch that gives nothing, and not the join that waits for it', (frame) => {
  const states = { conv1: ['blocked', frame], conv2: 'blocked', shortcut: 'starved', add: 'starved' } as const;
  expect(blamed(states)).toMatch(/^stream 3 .* is ready and gets nothing: producer shortcut is idle$/);
});

test('of the branches of a fork the one behind', () => {
  expect(blamed({ conv1: 'blocked', conv2: ['starved', 2], shortcut: ['idle', 1] })).toBe(
    'stream 1 (output of layer conv1), frame 1, element 0 of 4, is valid and not taken: ' +
      'consumer shortcut, one of conv2 and shortcut, does not take',
  );
});

test('a branch that falls silent with nothing left to take', () => {
  expect(blamed({ conv2: 'blocked', shortcut: 'starved', add: 'starved' })).toMatch(
    /^stream 3 \(output of layer shortcut\), .* is ready and gets nothing: producer shortcut is idle$/,
  );
});

test('the join, where both of its inputs are there', () => {
  expect(blamed({ conv2: 'blocked', shortcut: 'blocked', add: 'starved' })).toMatch(/: consumer add does not take$/);
});

test('the layer behind, where what it gives is not taken', () => {
  expect(blamed({ conv2: 'blocked', shortcut: 'blocked', add: 'blocked' })).toMatch(/: consumer dense does not take$/);
});

test('the output, and where no stream says anything', () => {
  expect(blamed({ dense: 'blocked' })).toMatch(/^stream 5 .* is valid and not taken: consumer output does not take$/);
  expect(blamed({})).toBe('stream 5 (output of layer dense), frame 2, element 0 of 4, is neither valid nor ready');
});
