/** View-models of `top.v` and `sim-top.v`. */
import type { DesignNames } from '../names.js';
import { STREAM_FIFO_DEPTH, type Plan } from '../plan.js';
import { layerCycles } from '../schedule/predict.js';
import {
  bitsPerWeight,
  describe,
  portBytes,
  range,
  rangeWidth,
  shapeText,
  weightText,
  type Heading,
} from './common.js';

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

export function topView(plan: Plan, heading: Heading, names: DesignNames, optionsText: string) {
  const bytes = portBytes(plan);
  const inBits = plan.network.input.format.bits;
  const { bits: logitBits, signed: logitSigned } = plan.logitFormat;
  const sRange = range(8 * bytes.input);
  const mRange = range(8 * (bytes.logit + bytes.class));
  const stream = new Map(plan.layers.map(({ node }, i) => [node.name, names.layers[i]!]));
  const extend = (bits: number, bit: string) => (bits > 0 ? `{${bits}{${bit}}}` : '');
  return {
    ...heading,
    module: names.topModule,
    optionsText,
    table: layerTable(plan),
    widthWidth: rangeWidth(sRange, mRange),
    sRange,
    mRange,
    sMsb: 8 * bytes.input - 1,
    mMsb: 8 * (bytes.logit + bytes.class) - 1,
    unusedTdata: 8 * bytes.input > inBits,
    inBits,
    inMsb: inBits - 1,
    inputElements: plan.inputElements,
    streamFifoDepth: STREAM_FIFO_DEPTH,
    layers: plan.layers.map((layer, i) => ({
      name: names.layers[i]!,
      instance: `u_${names.layers[i]!}`,
      module: names.layerModules[i]!,
      source: stream.get(layer.node.input) ?? 'input',
      comments: [
        describe(layer),
        ...(layer.kind === 'weighted' ? [weightText(layer)] : []),
        `${layer.kind === 'weighted' ? `PE ${layer.fold.pe}, SIMD ${layer.fold.simd}; ` : ''}${layerCycles(layer)} cycles a frame.`,
      ],
      outMsb: layer.node.outputTensor.format.bits - 1,
    })),
    lastLayer: names.layers.at(-1)!,
    logitBits,
    logitMsb: logitBits - 1,
    logitSigned: logitSigned ? 1 : 0,
    logitCount: plan.logitCount,
    logitTdataBits: 8 * bytes.logit,
    logitTdataMsb: 8 * bytes.logit - 1,
    logitExtension: extend(8 * bytes.logit - logitBits, logitSigned ? `logit[${logitBits - 1}]` : "1'b0"),
    classBits: plan.classBits,
    classMsb: plan.classBits - 1,
    classTopBit: 8 * bytes.logit + plan.classBits - 1,
    classEnd: 8 * bytes.logit + plan.classBits,
    classExtension: extend(8 * bytes.class - plan.classBits, "1'b0"),
    outputFifoBits: 1 + plan.classBits + logitBits,
  };
}

export function simTopView(plan: Plan, heading: Heading, names: DesignNames) {
  const bytes = portBytes(plan);
  const sRange = range(8 * bytes.input);
  const mRange = range(8 * (bytes.logit + bytes.class));
  const streams = [
    { name: 'input', format: plan.network.input.format },
    ...plan.layers.map(({ node }, i) => ({ name: names.layers[i]!, format: node.outputTensor.format })),
  ];
  const probeRange = range(streams.length);
  const probeDataRange = range(64 * streams.length);
  return {
    ...heading,
    top: names.topModule,
    sRange,
    mRange,
    probeRange,
    probeDataRange,
    widthWidth: rangeWidth(sRange, mRange, probeRange, probeDataRange),
    streams: streams.map(({ name, format: { bits, signed } }, index) => ({
      index,
      name,
      high: 64 * index + 63,
      low: 64 * index,
      data: `{{${64 - bits}{${signed ? `u_top.${name}_data[${bits - 1}]` : "1'b0"}}}, u_top.${name}_data}`,
    })),
  };
}
