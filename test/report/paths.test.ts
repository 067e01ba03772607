/** Longest paths: small netlists whose path is known, names of registers and modules, and the delays against routed paths. */
import { describe, expect, test } from 'vitest';
import { cellTiming, fittedDelay, FITTED_PATHS, LOCAL_NET, netDelay } from '../../src/report/area/paths/delays.js';
import { longestPath } from '../../src/report/area/paths/longest-path.js';
import { hierarchyOf, pathPlace } from '../../src/report/area/paths/names.js';
import type { NetlistCell, NetlistJson } from '../../src/report/area/paths/netlist-json.js';

const TOP = `module top (
  input wire clk_i
);
  flexor_window_serial #(
    .Bits(8)
  ) u_window (
    .clk_i(clk_i)
  );
  top_xor u_xor (
    .x_i(x)
  );
endmodule
`;
const WINDOW = `module flexor_window_serial #(
  parameter integer Bits = 8
) (
  input wire clk_i
);
  flexor_window_sequencer #(
    .Bits(Bits)
  ) u_sequencer (
    .clk_i(clk_i)
  );
endmodule
`;
const hierarchy = hierarchyOf(
  'top',
  new Map(Object.entries({ 'rtl/top.v': TOP, 'rtl/window.v': WINDOW, 'mem/a.mem': '' })),
);

function cell(type: string, inputs: Record<string, number[]>, outputs: Record<string, number[]>): NetlistCell {
  const directions = [
    ...Object.keys(inputs).map((port) => [port, 'input']),
    ...Object.keys(outputs).map((port) => [port, 'output']),
  ];
  return {
    type,
    parameters: {},
    port_directions: Object.fromEntries(directions) as NonNullable<NetlistCell['port_directions']>,
    connections: { ...inputs, ...outputs },
  };
}

function netlist(cells: Record<string, NetlistCell>, names: Record<string, number[]>): NetlistJson {
  const netnames = Object.entries(names).map(([name, bits]) => [name, { hide_name: +name.startsWith('$'), bits }]);
  return { ports: {}, cells, netnames: Object.fromEntries(netnames) as NetlistJson['netnames'] };
}

describe('the longest path', () => {
  // Register 1 → LUT → 2 → carry chain of two cells → 4 → register 5; register 1 → 5 LUTs would be shorter in ns by one.
  const cells = {
    from: cell('FDRE', { D: [9] }, { Q: [1] }),
    lut: cell('LUT2', { I0: [1], I1: [5] }, { O: [2] }),
    low: cell('CARRY4', { S: [2] }, { CO: [3] }),
    high: cell('CARRY4', { CI: [3] }, { O: [4] }),
    to: cell('FDRE', { D: [4] }, { Q: [5] }),
  };
  const names = {
    'u_window.row_i': [1],
    'u_window.u_sequencer.row_q': [1],
    'u_window.u_sequencer.next': [2],
    'u_window.g_lane[3].taken_q': [5],
    $abc$4: [4],
  };

  test('is the one with the greatest sum of delays, and names both ends', () => {
    const path = longestPath(netlist(cells, names), hierarchy)!;
    expect(path).toMatchObject({ source: 'estimated', luts: 1, carries: 2 });
    expect(path.from).toEqual({
      instance: 'u_window.u_sequencer',
      module: 'flexor_window_sequencer',
      register: 'row_q',
    });
    expect(path.to).toEqual({ instance: 'u_window', module: 'flexor_window_serial', register: 'taken_q' });
    expect(path.modules).toEqual(['flexor_window_sequencer', 'flexor_window_serial']);
    const delay = (c: NetlistCell, port: string): number => {
      const timing = cellTiming(c);
      return timing.kind === 'logic' ? timing.delay(port) : NaN;
    };
    const logic = delay(cells.lut, 'I0') + delay(cells.low, 'S') + delay(cells.high, 'CI');
    expect(path.ns).toBeCloseTo(0.095 + netDelay(1) + logic + 3 * LOCAL_NET + 0.01, 6);
  });

  test('ends at a block RAM, and begins at one', () => {
    const memory = { ...cells, to: cell('RAMB18E2', { ADDRARDADDR: [4] }, { DOUTADOUT: [5] }) };
    // From its output through the LUT and the chain back to its address.
    const path = longestPath(netlist(memory, names), hierarchy)!;
    expect(path.from.register).toBe('taken_q');
    expect(path.ns).toBeGreaterThan(longestPath(netlist(cells, names), hierarchy)!.ns + 0.9);
  });

  test('stops where logic feeds itself, and is none without cells', () => {
    const loop = { a: cell('LUT2', { I0: [2], I1: [7] }, { O: [1] }), b: cell('LUT1', { I0: [1] }, { O: [2] }) };
    expect(longestPath(netlist(loop, {}), hierarchy)).toBeNull();
    expect(longestPath(netlist({}, {}), hierarchy)).toBeNull();
  });
});

test.each([
  ['u_window.u_sequencer.used_q_SB_DFFSR_Q_3_D_SB_LUT4_O_LC', 'flexor_window_sequencer', 'used_q'],
  ['u_xor.y_o_TRELLIS_FF_Q_1', 'top_xor', 'y_o'],
  ['u_elsewhere.a_q', null, 'a_q'],
  ['count_q_SB_DFF_Q', 'top', 'count_q'],
])('%s is in %s', (name, module, register) => {
  expect(pathPlace(name, hierarchy)).toMatchObject({ module, register });
});

test('delays give routed paths of an xczu3eg within 20 %, the one over nets of 113 inputs within 40 %', () => {
  const errors = FITTED_PATHS.map((path) => fittedDelay(path) / path.ns - 1);
  expect(errors.map(Math.abs).filter((error) => error < 0.2).length).toBe(FITTED_PATHS.length - 1);
  expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.4);
});
