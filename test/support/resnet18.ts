/**
 * ResNet-18 for ImageNet (He et al. 2016, option B) with random weights, 11 M of them: first and last layer at full
 * precision, the blocks and the 1×1 projections of their shortcuts FleXOR at rates of their own.
 */
import type { FlexorModel } from '../../src/model/types.js';
import { tinyModel, type TinyNode, type TinyWeights } from './tiny-model.js';

export interface Resnet18 {
  /** Height and width of the image, divisible by 32; 224. */
  readonly side?: number;
  readonly classes?: number;
  /** FleXOR in the first and last layer as well. */
  readonly everywhere?: boolean;
}

/** By stage: more bits a weight where there are few weights. */
const STAGES: readonly { readonly channels: number; readonly weights: TinyWeights }[] = [
  { channels: 64, weights: { nIn: 16, nOut: 20 } },
  { channels: 128, weights: { nIn: 14, nOut: 20 } },
  { channels: 256, weights: { nIn: 12, nOut: 20 } },
  { channels: 512, weights: { nIn: 8, nOut: 20 } },
];
const PROJECTION: TinyWeights = { nIn: 18, nOut: 20, batchNorm: true, relu: false };
const SAME = [1, 1, 1, 1] as const;

/** The nodes of a basic block that reads `input`; the last one is its sum. `first`: position of its first node. */
function basicBlock(first: number, input: string, channels: number, down: boolean, rate: TinyWeights): TinyNode[] {
  const stride = down ? ([2, 2] as const) : ([1, 1] as const);
  const weights = { ...rate, batchNorm: true };
  const nodes: TinyNode[] = [
    { kind: 'conv', from: input, channels, stride, padding: SAME, weights },
    { kind: 'conv', channels, padding: SAME, weights: { ...weights, relu: false } },
  ];
  if (down) nodes.push({ kind: 'conv', from: input, channels, kernel: [1, 1], stride, weights: PROJECTION });
  const shortcut = down ? `conv${first + 2}` : input;
  return [...nodes, { kind: 'add', from: `conv${first + 1}`, with: shortcut }];
}

/** The distinct blocks: channels in, channels out, rate. */
export const RESNET18_BLOCKS = STAGES.flatMap(({ channels, weights }, stage) => {
  const same = { inChannels: channels, channels, weights };
  return stage === 0 ? [same] : [{ ...same, inChannels: STAGES[stage - 1]!.channels }, same];
});

/** One block at its full width on a reduced image, with a small classifier behind it. */
export function resnet18Block(seed: number, block: (typeof RESNET18_BLOCKS)[number], side: number): FlexorModel {
  const { inChannels, channels, weights } = block;
  const down = inChannels !== channels;
  const nodes = basicBlock(1, 'input', channels, down, weights);
  const rows = down ? side / 2 : side;
  nodes.push({ kind: 'average', kernel: [rows, rows], stride: [1, 1] });
  nodes.push({ kind: 'dense', channels: 10, weights: { float: true, bias: true, relu: false } });
  return tinyModel(seed, nodes, { height: side, width: side, channels: inChannels });
}

export function resnet18(seed: number, { side = 224, classes = 1000, everywhere = false }: Resnet18 = {}): FlexorModel {
  const ends: TinyWeights = everywhere ? { nIn: 18, nOut: 20 } : { float: true };
  const nodes: TinyNode[] = [
    {
      kind: 'conv',
      channels: 64,
      kernel: [7, 7],
      stride: [2, 2],
      padding: [3, 3, 3, 3],
      weights: { ...ends, batchNorm: true },
    },
    { kind: 'pool', kernel: [3, 3], stride: [2, 2], padding: SAME },
  ];
  let last = 'pool2';
  for (const [stage, { channels, weights }] of STAGES.entries()) {
    for (const down of [stage > 0, false]) {
      nodes.push(...basicBlock(nodes.length + 1, last, channels, down, weights));
      last = `add${nodes.length}`;
    }
  }
  nodes.push({ kind: 'average', kernel: [side / 32, side / 32], stride: [1, 1] });
  nodes.push({ kind: 'dense', channels: classes, weights: { ...ends, bias: true, relu: false } });
  return { ...tinyModel(seed, nodes, { height: side, width: side, channels: 3 }), name: 'resnet18' };
}
