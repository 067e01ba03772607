/** View-model of `weighted.v`: a convolution or dense layer. */
import { bitsFor } from '../../base/bits.js';
import { RESIDUAL_MULTIPLIER_BITS } from '../../fixed/widths.js';
import { cyclesPerPixel } from '../fold.js';
import type { MemoryWords } from '../memory-words.js';
import type { WeightedPlan } from '../plan.js';
import { layerCycles } from '../schedule/predict.js';
import type { MinimisedCircuit } from '../../xor/minimise.js';
import { bitsOfInteger, concatBits, constant } from '../text.js';
import { commonGates, wiring } from '../xor-circuits.js';
import {
  describe,
  parameters,
  plural,
  portRanges,
  range,
  weightText,
  widthText,
  windowParameters,
  type Heading,
  type Parameter,
} from './common.js';

interface FeedView {
  readonly comment: string;
  readonly module: string;
  readonly instance: string;
  readonly parameters: readonly Parameter[];
}

function feedView(layer: WeightedPlan): FeedView | null {
  const { feed, fold, steps, node, widths } = layer;
  const bits = node.inputTensor.format.bits;
  const wide = widths.input > 1 ? [['InWidth', widths.input] as const] : [];
  const wideWindow = () => [...windowParameters(bits, layer.window!), ...wide];
  switch (feed.kind) {
    case 'direct':
      return widths.input === 1
        ? null
        : {
            comment: `// The ${widths.input} elements of a beat, one after the other.`,
            module: 'flexor_narrow',
            instance: 'u_narrow',
            parameters: parameters([
              ['Bits', bits],
              ['Ratio', widths.input],
            ]),
          };
    case 'vector':
      return {
        comment: `// ${fold.simd} stretches of ${steps} elements; two frames deep.`,
        module: 'flexor_vector_buffer',
        instance: 'u_vector',
        parameters: parameters([
          ['Bits', bits],
          ...wide,
          ['Size', node.windowSize],
          ['Simd', fold.simd],
          ['Steps', steps],
        ]),
      };
    case 'serial':
      return {
        comment: `// ${layer.window!.rows} image rows in one memory, ${node.windowSize} elements a window.`,
        module: 'flexor_window_serial',
        instance: 'u_window',
        parameters: parameters([
          ...wideWindow(),
          ['Simd', fold.simd],
          ['Steps', steps],
          ['PadValue', constant(new Uint8Array(bits))],
        ]),
      };
    case 'banked':
      return {
        comment: `// ${layer.window!.rows} image rows in banks; a lane is a ${feed.tapLanes ? 'kernel tap' : 'kernel row'}${feed.blocks > 1 ? `'s block of channels, ${feed.blocks} a tap` : ''}.`,
        module: 'flexor_window_banked',
        instance: 'u_window',
        parameters: parameters([
          ...wideWindow(),
          ['TapLanes', feed.tapLanes ? 1 : 0],
          ['Blocks', feed.blocks],
          ['Simd', fold.simd],
          ['Steps', steps],
        ]),
      };
  }
}

function engineParameters(layer: WeightedPlan, circuits: readonly MinimisedCircuit[], files: LayerFiles): Parameter[] {
  const { node, fold, memory } = layer;
  const [weights, heads] = [files.memories.get('weights'), files.memories.get('heads')];
  const { nIn, nOut } = node.planes[0]!;
  const gates = commonGates(circuits);
  return parameters([
    ['ActBits', node.inputTensor.format.bits],
    ['ActSigned', node.inputTensor.format.signed ? 1 : 0],
    ['Simd', fold.simd],
    ['Pe', fold.pe],
    ['Groups', layer.groups],
    ['Steps', layer.steps],
    ['Planes', node.planes.length],
    ['NIn', nIn],
    ['NOut', nOut],
    ['Gates', gates],
    ['Wirings', constant(concatBits(...circuits.map((circuit) => wiring(circuit, gates))))],
    ['Slices', memory.slices],
    ['WordCycles', memory.wordCycles],
    ['Reads', memory.reads],
    ['RowBits', memory.rowBits],
    ['Rows', memory.rows],
    ['Phases', constant(concatBits(...memory.phases.map((phase) => bitsOfInteger(phase, 16))))],
    ['HeadSlices', constant(memory.headSlices)],
    ['AccBits', layer.accBits],
    ['SumBits', layer.sumBits],
    ...sourceParameters(layer, files),
    ['MemFile', weights === undefined ? '""' : `"${weights}"`],
    ...(heads === undefined ? [] : [['HeadFile', `"${heads}"`] as const]),
  ]);
}

function requantiserParameters(layer: WeightedPlan, files: LayerFiles): Parameter[] {
  const { node, scaledBits, widths } = layer;
  const { joined, output, multiplierBits } = node.requantiser;
  return parameters([
    ['Pe', layer.fold.pe],
    ['Groups', layer.groups],
    ...(widths.output > 1 ? [['Width', widths.output] as const] : []),
    ['Planes', node.planes.length],
    ['ActSigned', node.inputTensor.format.signed ? 1 : 0],
    ['AccBits', layer.accBits],
    ['SumBits', layer.sumBits],
    ['Joined', joined ? 1 : 0],
    ['DotBits', layer.dotBits],
    ['FactorBits', layer.factorBits],
    ['MulBits', multiplierBits],
    ['ScaledBits', scaledBits],
    ['Clamp', output === null ? 0 : 1],
    ['Shift', output?.shift ?? 0],
    ['Low', constant(bitsOfInteger(output?.low ?? 0, scaledBits))],
    ['High', constant(bitsOfInteger(output?.high ?? 0, scaledBits))],
    ['OutBits', node.outputTensor.format.bits],
    ...residualParameters(layer),
    ...loadParameters(layer, files),
    ['MemFile', `"${files.memories.get('scales')!}"`],
  ]);
}

function loadParameters({ weights, pixels }: WeightedPlan, { frameBits }: LayerFiles): [string, number][] {
  if (weights !== 'ram') return [];
  return [
    ['Loadable', 1],
    ['Pixels', pixels],
    ['FrameBits', frameBits],
  ];
}

/** Source of hw/flexor_weights.v. */
function sourceParameters({ weights, pixels }: WeightedPlan, { frameBits }: LayerFiles): [string, number][] {
  switch (weights) {
    case 'ram':
      return [
        ['Source', 1],
        ['Pixels', pixels],
        ['FrameBits', frameBits],
      ];
    case 'stream':
      return [['Source', 2]];
    case 'rom':
      return [];
  }
}

function residualParameters({ node: { residual }, weights }: WeightedPlan): [string, string | number][] {
  if (residual === null) return [];
  const { multiplier, tensor } = residual;
  // Two's complement of its own width, at least two bits.
  const bits = weights === 'ram' ? RESIDUAL_MULTIPLIER_BITS : bitsFor(Math.min(multiplier, -2), multiplier).bits;
  return [
    ['Residual', 1],
    ['ResBits', tensor.format.bits],
    ['ResSigned', tensor.format.signed ? 1 : 0],
    ['ResMulBits', bits],
    ['ResMul', constant(bitsOfInteger(multiplier, bits))],
  ];
}

/** Per plane, e.g. `43 gates, depth 5`; and that there is a copy for each slice of a word and each lane. */
function xorText({ memory, fold }: WeightedPlan, circuits: readonly MinimisedCircuit[]): string {
  const texts = circuits.map(({ gateCount, depth }) => `${plural(gateCount, 'gate')}, depth ${depth}`);
  const copies = memory.slices * fold.simd;
  return `${texts.join('; ')}; ${copies} ${copies === 1 ? 'copy' : 'copies'}${texts.length > 1 ? ' of each' : ''}.`;
}

/** What a layer's instance needs to know beyond its plan. */
export interface LayerFiles {
  /** Paths of the memory files. */
  readonly memories: ReadonlyMap<MemoryWords['part'], string>;
  /** Bits of frame numbers (frameNumberBits). */
  readonly frameBits: number;
}

export function weightedView(
  layer: WeightedPlan,
  circuits: readonly MinimisedCircuit[],
  heading: Heading,
  module: string,
  files: LayerFiles,
) {
  const { node, fold, widths } = layer;
  const actBits = node.inputTensor.format.bits;
  const groupBits = layer.sumBits + node.planes.length * fold.pe * layer.accBits;
  const residualBits = node.residual?.tensor.format.bits ?? 0;
  const residual = node.residual && range(widths.residual * residualBits);
  const loadable = layer.weights === 'ram';
  const rowRange = layer.weights === 'stream' ? range(layer.memory.rowBits) : null;
  const switchRange = range(files.frameBits + 1);
  return {
    ...heading,
    ...portRanges(
      layer,
      ...(residual === null ? [] : [residual]),
      ...(loadable ? ['[34:0]', switchRange] : []),
      ...(rowRange === null ? [] : [rowRange]),
    ),
    switchRange: loadable ? switchRange : null,
    rowRange,
    rowBits: layer.memory.rowBits,
    residualRange: residual,
    noResidual: widths.output === 1 ? "1'b0" : `${widths.output}'d0`,
    // Beats of a residual that is wider than what it is added to come in parts.
    residualNarrow:
      node.residual === null || widths.residual === widths.output
        ? null
        : {
            bits: widths.output * residualBits,
            msb: widths.output * residualBits - 1,
            ratio: widths.residual / widths.output,
          },
    module,
    shapeText: describe(layer),
    streamText: widthText(layer),
    weightText: weightText(layer),
    xorText: xorText(layer, circuits),
    pe: fold.pe,
    simd: fold.simd,
    cyclesPerPixel: cyclesPerPixel(node, fold),
    cyclesPerFrame: layerCycles(layer),
    feed: feedView(layer),
    vectorMsb: fold.simd * actBits - 1,
    groupBits,
    groupMsb: groupBits - 1,
    groupFifoDepth: layer.groupFifoDepth,
    engineParameters: engineParameters(layer, circuits, files),
    requantiserParameters: requantiserParameters(layer, files),
  };
}
