/** View-model of `top.v`. */
import { beatsOf, restOf } from '../beats.js';
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

type PortBytes = ReturnType<typeof portBytes>;

/** The data of a full output beat: logits and class, each extended to whole bytes, by ranges of bits. */
function outputParts({ logitFormat, classBits, widths }: Plan, bytes: PortBytes) {
  const { bits, signed } = logitFormat;
  const width = widths.at(-1)!;
  const extension = (from: number, to: number, bit: string) =>
    from === to ? [] : [{ msb: to - 1, lsb: from, value: `{${to - from}{${bit}}}` }];
  const logits = Array.from({ length: width }, (_, i) => {
    const low = 8 * bytes.logit * i;
    const top = (i + 1) * bits - 1;
    return [
      { msb: low + bits - 1, lsb: low, value: width === 1 ? 'logit' : `logit[${top}:${i * bits}]` },
      ...extension(low + bits, low + 8 * bytes.logit, signed ? `logit[${top}]` : "1'b0"),
    ];
  });
  const low = 8 * bytes.logit * width;
  return [
    ...logits.flat(),
    { msb: low + classBits - 1, lsb: low, value: 'index' },
    ...extension(low + classBits, 8 * bytes.output, "1'b0"),
  ];
}

/** The last beat of a frame where it holds fewer logits than others: the class stands right above them. Null: it holds as many. */
function lastOutput(bytes: PortBytes) {
  const nulls = bytes.output - bytes.lastOutput;
  if (nulls === 0) return null;
  const [logitsEnd, classLow] = [8 * (bytes.lastOutput - bytes.class), 8 * (bytes.output - bytes.class)];
  return {
    msb: 8 * bytes.output - 1,
    keep: `{{${nulls}{1'b0}}, {${bytes.lastOutput}{1'b1}}}`,
    data: `{${8 * nulls}'d0, beat[${8 * bytes.output - 1}:${classLow}], beat[${logitsEnd - 1}:0]}`,
  };
}

/** What the head says of both ports. */
function outputText({ widths, logitCount }: Plan, bytes: PortBytes): string[] {
  const width = widths.at(-1)!;
  const bits = 8 * bytes.logit;
  if (width === 1) {
    return [
      `m_axis: one logit a beat, sign-extended in the low ${bits} bits of tdata, above it the class so far, which is final in`,
      'the beat with tlast.',
    ];
  }
  const rest = restOf(logitCount, width);
  return [
    `m_axis: ${width} logits a beat, the first one lowest, each sign-extended in ${bits} bits of tdata, above them the class so`,
    `far, which is final in the beat with tlast${rest === width ? '' : `, above the ${rest} that are left for that`}.`,
  ];
}

/** How tkeep must be, and is. */
function keepText(bytes: PortBytes): string {
  const last = (count: number): string =>
    `ones in the lowest ${count} bytes of the last beat and all ones in the others`;
  const [input, output] = [bytes.input !== bytes.lastInput, bytes.output !== bytes.lastOutput];
  if (!input && !output) return 'tkeep is all ones on both.';
  return `tkeep of s_axis is ${input ? last(bytes.lastInput) : 'all ones'}, that of m_axis ${output ? last(bytes.lastOutput) : 'all ones'}.`;
}

/** Where the elements of a beat lie in s_axis_tdata: each in the low bits of whole bytes, the first one lowest. */
function inputParts(plan: Plan, elementBytes: number) {
  const { bits } = plan.network.input.format;
  const width = plan.widths[0]!;
  const rest = restOf(plan.inputElements, width);
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
        : `${width} elements a beat, NHWC, ${each}, tlast with the last beat of an image${rest === width ? '' : `, which has ${rest}`}.`,
    inputData: joined(slices(0, bits)),
    unusedInput: bits === 8 * elementBytes ? [] : [joined(slices(bits, 8 * elementBytes))],
  };
}

export function topView({ network, plan, names, axiLite, prefix }: Design, heading: Heading) {
  const bytes = portBytes(plan);
  const inBits = plan.widths[0]! * network.input.format.bits;
  const { bits: logitBits, signed: logitSigned } = plan.logitFormat;
  const logits = plan.widths.at(-1)!;
  const load = loadView(plan);
  const weightStreams = presentPorts(weightPorts(plan, names, axiLite));
  const optional = {
    inputBytes: bytes.input,
    outputBytes: bytes.output,
    axiLite,
    weightStreams,
    loadWords: load && load.words,
  };
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
    mKeepOnes: keepView(bytes.output).ones,
    inputBytes: bytes.input,
    lastInputBytes: bytes.lastInput === bytes.input ? null : bytes.lastInput,
    keepText: keepText(bytes),
    outputText: outputText(plan, bytes),
    lastOutput: lastOutput(bytes),
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
    inputBeats: beatsOf(plan.inputElements, plan.widths[0]!),
    streamFifoDepth: STREAM_FIFO_DEPTH,
    inputForks: forkViews(plan, names, 0),
    layers: layerViews(plan, names, axiLite, coreReset),
    lastLayer: names.layers.at(-1)!,
    logitBits,
    logitMsb: logits * logitBits - 1,
    logitWidth: logits === 1 ? null : logits,
    logitSigned: logitSigned ? 1 : 0,
    logitCount: plan.logitCount,
    classBits: plan.classBits,
    classMsb: plan.classBits - 1,
    outputParts: outputParts(plan, bytes),
    outputFifoBits: 1 + plan.classBits + logits * logitBits,
  };
}
