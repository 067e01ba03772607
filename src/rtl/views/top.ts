/** View-model of `top.v`. */
import type { Design } from '../design.js';
import { STREAM_FIFO_DEPTH } from '../fifo-sizes.js';
import { layerCycles, layerKind } from '../layers/index.js';
import { bitsPerWeight, weightText } from '../layers/weighted/text.js';
import type { DesignNames } from '../names.js';
import { isLoadable, type Plan } from '../plan.js';
import { axilView } from './axil.js';
import { bitsText, describe, parameters, shapeText, widthText, type Heading } from './common.js';
import { into, outOf } from './instances.js';
import { linkConnections, loadView } from './loader.js';
import { portBytes } from './port-bytes.js';
import { MEMORY_FOLDER } from './layer-files.js';
import { beatBits, forkViews, portsOf, sourceViews } from './streams.js';
import { keepView, portNotes, topPorts } from './top-ports.js';
import { presentPorts, weightConnections, weightLines, weightPorts } from './weight-ports.js';

/** Rows of the table of layers in the top's head, columns aligned. */
function layerTable(plan: Plan): string[] {
  const rows = [
    ['layer', 'kind', 'output', 'PE', 'SIMD', 'N_in/N_out', 'bit/weight', 'cycles a frame'],
    ...plan.layers.map((layer) => [
      layer.node.name,
      layer.node.kind,
      shapeText(layer.node.outputTensor.shape),
      ...(layer.kind === 'weighted'
        ? [
            String(layer.fold.pe),
            String(layer.fold.simd),
            `${layer.node.planes[0]!.nIn}/${layer.node.planes[0]!.nOut}`,
            String(+bitsPerWeight(layer).toFixed(3)),
          ]
        : ['-', '-', '-', '-']),
      String(layerCycles(layer)),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

/** The layers, each an instance with a fork behind it where several others read it. */
function layerViews(plan: Plan, names: DesignNames, axiLite: boolean, coreReset: string) {
  const source = sourceViews(plan, names);
  const weights = weightPorts(plan, names, axiLite);
  return plan.layers.map((layer, i) => {
    const name = names.layers[i]!;
    const port = weights[i] ?? null;
    return {
      name,
      instance: `u_${name}`,
      module: names.layerModules[i]!,
      hasMemories: layer.kind === 'weighted',
      forks: forkViews(plan, names, i + 1),
      lines: weightLines(port, name, coreReset),
      connections: parameters([
        ['clk_i', 'clk_i'],
        ['rst_ni', coreReset],
        ...portsOf(plan, i).flatMap(({ name: input, prefix }) => into(prefix, source(i, input))),
        ...outOf('out', { valid: `${name}_valid`, ready: `${name}_ready`, data: `${name}_data` }),
        ...weightConnections(port),
        ...linkConnections(plan, i),
      ]),
      comments: [
        describe(layer.node, layerKind(layer.node).title(layer.node)),
        ...widthText(layer),
        ...(layer.kind === 'weighted' ? [weightText(layer)] : []),
        `${layer.kind === 'weighted' ? `PE ${layer.fold.pe}, SIMD ${layer.fold.simd}; ` : ''}${layerCycles(layer)} cycles a frame.`,
      ],
      outMsb: beatBits(plan, i + 1) - 1,
    };
  });
}

/** The output's data: logit and class, each extended to whole bytes, by ranges of bits. */
function outputParts({ logitFormat, classBits }: Plan, bytes: { readonly logit: number; readonly class: number }) {
  const { bits, signed } = logitFormat;
  const [logitEnd, end] = [8 * bytes.logit, 8 * (bytes.logit + bytes.class)];
  const extension = (from: number, to: number, bit: string) =>
    from === to ? [] : [{ msb: to - 1, lsb: from, value: `{${to - from}{${bit}}}` }];
  return [
    { msb: bits - 1, lsb: 0, value: 'logit' },
    ...extension(bits, logitEnd, signed ? `logit[${bits - 1}]` : "1'b0"),
    { msb: logitEnd + classBits - 1, lsb: logitEnd, value: 'index' },
    ...extension(logitEnd + classBits, end, "1'b0"),
  ];
}

/** Where the elements of a beat lie in s_axis_tdata: each in the low bits of whole bytes, the first one lowest. */
function inputParts(plan: Plan, elementBytes: number) {
  const { bits } = plan.network.input.format;
  const width = plan.widths[0]!;
  const slices = (from: number, to: number): string[] =>
    Array.from({ length: width }, (_, i) => 8 * elementBytes * (width - 1 - i)).map(
      (low) => `s_axis_tdata[${low + to - 1}:${low + from}]`,
    );
  const joined = (parts: readonly string[]): string => (parts.length === 1 ? parts[0]! : `{${parts.join(', ')}}`);
  const each = `the first one lowest, each in ${8 * elementBytes} bits`;
  return {
    inputText:
      width === 1
        ? 'one element a beat, NHWC, tlast with the last element of an image.'
        : `${width} elements a beat, NHWC, ${each}, tlast with the last beat of an image.`,
    inputData: joined(slices(0, bits)),
    unusedInput: bits === 8 * elementBytes ? [] : [joined(slices(bits, 8 * elementBytes))],
  };
}

export function topView({ network, plan, names, axiLite, prefix }: Design, heading: Heading) {
  const bytes = portBytes(plan);
  const outputBytes = bytes.logit + bytes.class;
  const inBits = plan.widths[0]! * network.input.format.bits;
  const { bits: logitBits, signed: logitSigned } = plan.logitFormat;
  const load = loadView(plan);
  const weightStreams = presentPorts(weightPorts(plan, names, axiLite));
  const optional = { inputBytes: bytes.input, outputBytes, axiLite, weightStreams, loadWords: load && load.words };
  const coreReset = axiLite ? 'core_rst_n' : 'rst_ni';
  return {
    ...heading,
    module: names.topModule,
    memFolder: prefix === null ? null : MEMORY_FOLDER,
    optionsText: bitsText(network.bits ?? {}),
    table: layerTable(plan),
    notes: portNotes(optional),
    ...topPorts(optional),
    load,
    mKeepOnes: keepView(outputBytes).ones,
    inputBytes: bytes.input,
    statusErrors: [
      weightStreams.length === 0 ? "1'b0" : '|weight_error_o',
      isLoadable(plan.layers) ? 'load_error_o' : "1'b0",
      'frame_error_o',
    ].join(', '),
    pending: isLoadable(plan.layers) ? '!(&load_settled) || load_hold' : "1'b0",
    axil: axiLite ? axilView(plan, names) : null,
    coreReset,
    inputValid: axiLite ? 's_axis_tvalid && core_rst_n' : 's_axis_tvalid',
    inputReady: axiLite ? 'ready_axis' : 's_axis_tready',
    ...inputParts(plan, bytes.element),
    inBits,
    inMsb: inBits - 1,
    inputBeats: plan.inputElements / plan.widths[0]!,
    streamFifoDepth: STREAM_FIFO_DEPTH,
    inputForks: forkViews(plan, names, 0),
    layers: layerViews(plan, names, axiLite, coreReset),
    lastLayer: names.layers.at(-1)!,
    logitBits,
    logitMsb: logitBits - 1,
    logitSigned: logitSigned ? 1 : 0,
    logitCount: plan.logitCount,
    logitTdataBits: 8 * bytes.logit,
    classBits: plan.classBits,
    classMsb: plan.classBits - 1,
    outputParts: outputParts(plan, bytes),
    outputFifoBits: 1 + plan.classBits + logitBits,
  };
}
