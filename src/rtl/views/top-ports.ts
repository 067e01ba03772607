/** The ports of a top in their order, and what its head says of those that not every design has. */
import { ADDRESS_BITS } from '../registers.js';
import { LOAD_WORD_BITS } from './load-bus.js';
import { range, rangeWidth } from './common.js';
import type { PortView } from './instances.js';

type Port = readonly [direction: PortView['direction'], range: string, name: string];

const IN = 'input ';
const OUT = 'output';

/** Keep bits of a stream of so many bytes: range and all ones. */
export function keepView(bytes: number): { range: string; ones: string } {
  return { range: range(bytes), ones: `{${bytes}{1'b1}}` };
}

/** An AXI4-Stream that comes in, or with `out` one that goes out; `keep`: it has keep bits. */
function axiStream(prefix: string, bits: number, { out = false, keep = false } = {}): Port[] {
  const [there, back] = out ? ([OUT, IN] as const) : ([IN, OUT] as const);
  return [
    [there, range(bits), `${prefix}_tdata`],
    ...(keep ? [[there, keepView(bits / 8).range, `${prefix}_tkeep`] as const] : []),
    [there, '', `${prefix}_tvalid`],
    [back, '', `${prefix}_tready`],
    [there, '', `${prefix}_tlast`],
  ];
}

const WORD = range(32);
const ADDRESS = range(ADDRESS_BITS);

const AXI_LITE: readonly Port[] = [
  [IN, ADDRESS, 's_axil_awaddr'],
  [IN, range(3), 's_axil_awprot'],
  [IN, '', 's_axil_awvalid'],
  [OUT, '', 's_axil_awready'],
  [IN, WORD, 's_axil_wdata'],
  [IN, range(4), 's_axil_wstrb'],
  [IN, '', 's_axil_wvalid'],
  [OUT, '', 's_axil_wready'],
  [OUT, range(2), 's_axil_bresp'],
  [OUT, '', 's_axil_bvalid'],
  [IN, '', 's_axil_bready'],
  [IN, ADDRESS, 's_axil_araddr'],
  [IN, range(3), 's_axil_arprot'],
  [IN, '', 's_axil_arvalid'],
  [OUT, '', 's_axil_arready'],
  [OUT, WORD, 's_axil_rdata'],
  [OUT, range(2), 's_axil_rresp'],
  [OUT, '', 's_axil_rvalid'],
  [IN, '', 's_axil_rready'],
];

const LOAD: readonly Port[] = [
  ...axiStream('s_load', LOAD_WORD_BITS),
  ...axiStream('m_load', LOAD_WORD_BITS, { out: true }),
  [OUT, '', 'load_error_o'],
];

/** What a top may have besides its input and output. */
export interface TopPorts {
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly axiLite: boolean;
  readonly weightStreams: readonly { readonly port: string; readonly bits: number; readonly layer: string }[];
  /** Beats of a packet of weights; null where weights are fixed. */
  readonly loadWords: number | null;
}

/** The ports, and the column in which their names begin. */
export function topPorts({ inputBytes, outputBytes, axiLite, weightStreams, loadWords }: TopPorts): {
  readonly ports: readonly PortView[];
  readonly widthWidth: number;
} {
  const list: readonly Port[] = [
    [IN, '', 'clk_i'],
    [IN, '', 'rst_ni'],
    ...axiStream('s_axis', 8 * inputBytes, { keep: true }),
    ...axiStream('m_axis', 8 * outputBytes, { out: true, keep: true }),
    ...(axiLite ? AXI_LITE : []),
    ...weightStreams.flatMap(({ port, bits }) => axiStream(port, bits)),
    ...(weightStreams.length > 0 ? [[OUT, range(weightStreams.length), 'weight_error_o'] as const] : []),
    ...(loadWords === null ? [] : LOAD),
    [OUT, range(3), 'frame_error_o'],
  ];
  return {
    ports: list.map(([direction, text, name], i) => ({ direction, range: text, name, last: i === list.length - 1 })),
    widthWidth: rangeWidth(...list.map(([, text]) => text)),
  };
}

/** Lines of the head. */
export function portNotes({ axiLite, weightStreams, loadWords }: TopPorts): string[] {
  const layers = weightStreams.map(({ layer }) => layer).join(', ');
  return [
    ...(weightStreams.length === 0
      ? []
      : [
          's_weights_*: encrypted weights of a layer, one row a beat, tlast with the last row of a pass; weight_error_o pulses where it',
          `came elsewhere. Bit by bit from 0: ${layers}.`,
        ]),
    ...(axiLite ? ['s_axil: AXI4-Lite registers (flexor_axil_regs.v).'] : []),
    ...(loadWords === null
      ? []
      : [
          's_load, m_load: packets of 32-bit beats that load all weights or read them back (flexor_loader.v); load_error_o pulses',
          `where one is dropped. ${loadWords} beats behind the command.`,
        ]),
  ];
}
