/**
 * One rule broken at a time: every field error names file and field, gives the rule and the value. Files are taken apart,
 * changed and put together again with right sizes and digests, so that only the one rule is broken.
 */
import { describe, expect, it } from 'vitest';
import { countOnes } from '../../src/base/bits.js';
import { FlexorError } from '../../src/base/errors.js';
import { sha256 } from '../../src/base/files.js';
import { formatContainer, parseContainer, payloadOf } from '../../src/model/container.js';
import type { Tensor } from '../../src/model/container.js';
import { readModel } from '../../src/model/read.js';
import { writeModel } from '../../src/model/write.js';
import { RESIDUAL_NODES, SPREAD_NODES, tinyModel } from '../support/tiny-model.js';

/** The parts of the document that the cases change. */
interface Doc {
  [key: string]: unknown;
  input: { shape: number[]; mean: number[]; std: number[]; range: number[] };
  nodes: (Record<string, unknown> & { weights: Record<string, unknown> & { planes: Record<string, unknown>[] } })[];
  classes: string[];
}

type Change = (document: Doc, tensors: Map<string, Tensor>, metadata: Map<string, string>) => void;

const valid = writeModel(tinyModel(1));
const validResidual = writeModel(tinyModel(2, RESIDUAL_NODES));
const validSpread = writeModel(tinyModel(1, SPREAD_NODES));

/** The file after a change, with digests made right again. */
function changed(change: Change, file = valid): Uint8Array {
  const { metadata, tensors } = parseContainer(file, 'valid');
  const copies = new Map([...tensors].map(([name, t]) => [name, { ...t, data: new Uint8Array(t.data) }]));
  const document = JSON.parse(metadata.get('flexor')!) as Doc;
  const extra = new Map<string, string>();
  change(document, copies, extra);
  if (document['digest'] === sha256(payloadOf(tensors))) document['digest'] = sha256(payloadOf(copies));
  const json = JSON.stringify(document);
  return formatContainer(new Map([['flexor', json], ['flexor.sha256', sha256(json)], ...extra]), copies);
}

function message(bytes: Uint8Array): string {
  try {
    readModel(bytes, 'f');
  } catch (error) {
    expect(error).toBeInstanceOf(FlexorError);
    expect((error as FlexorError).exitCode).toBe(1);
    return (error as FlexorError).message;
  }
  return 'accepted';
}

function setFloat(tensors: Map<string, Tensor>, name: string, value: number): void {
  const { data } = tensors.get(name)!;
  new DataView(data.buffer, data.byteOffset).setFloat32(0, value, true);
}

const ZERO_TENSOR: Tensor = { dtype: 'U8', shape: [1], data: new Uint8Array(1) };

const cases: [string, Change, RegExp][] = [
  ['nothing', () => undefined, /^accepted$/],
  [
    'encrypted weights in the order of PyTorch',
    ({ nodes }) => (nodes[0]!.weights['order'] = 'oihw'),
    /^f: nodes\[0\] 'conv1'\.weights\.order: must be 'hwio' where weights are encrypted: hardware takes slices in stored order; encrypt them in the order \[k_h, k_w, C_in\/G, C_out\], as python\/ does, got "oihw"$/,
  ],
  ['other metadata', (_, __, metadata) => metadata.set('format', 'np'), /^accepted$/],
  ['version', (d) => (d['formatVersion'] = 3), /^f: formatVersion: must be 1 or 2, the versions known here, got 3$/],
  ['a later version than it needs', (d) => (d['formatVersion'] = 2), /^accepted$/],
  [
    'groups before their version',
    (d) => (d.nodes[0]!['groups'] = 1),
    /^f: nodes\[0\] 'conv1'\.groups: needs formatVersion 2, got 1$/,
  ],
  ['no version', (d) => delete d['formatVersion'], /^f: formatVersion: .* got nothing$/],
  ['unknown field', (d) => (d['colour'] = 1), /^f: flexor: .*"colour"/],
  ['missing field', (d) => delete d['output'], /^f: output: .*got nothing$/],
  ['model name', (d) => (d['name'] = '*/ evil'), /^f: name: must be letters.*got "\*\/ evil"$/],
  [
    'control characters',
    (d) => (d.classes[0] = 'a\u001b[31m'),
    /^f: classes\[0\]: must not contain control characters/,
  ],
  [
    'control characters in a node name',
    (d) => (d.nodes[0]!['name'] = 'a\u001b[31m'),
    /^f: nodes\[0\] .*\.name: must not contain control characters/,
  ],
  ['digest', (d) => (d['digest'] = '0'.repeat(64)), /^f: digest: must be the SHA-256 .* the file is damaged$/],
  ['document digest', (_, __, m) => m.set('flexor.sha256', 'abc'), /^f: __metadata__.flexor.sha256: .*got "abc"/],
  ['node kind', (d) => (d.nodes[0]!['kind'] = 'norm'), /^f: nodes\[0\] 'conv1'\.kind: .*got "norm"$/],
  ['zero kernel', (d) => (d.nodes[0]!['kernel'] = [0, 3]), /^f: nodes\[0\] 'conv1'\.kernel\[0\]: .*got 0$/],
  ['fraction', (d) => (d.nodes[0]!['outChannels'] = 4.5), /^f: nodes\[0\] 'conv1'\.outChannels: .*got 4\.5$/],
  [
    'big kernel',
    (d) => (d.nodes[2]!['kernel'] = [5, 5]),
    /^f: conv3\.kernel: must fit in the padded input of 4×4, got 5×5$/,
  ],
  [
    'padding',
    (d) => (d.nodes[0]!['padding'] = [3, 0, 0, 0]),
    /^f: conv1\.padding: must be smaller than the kernel, got 3/,
  ],
  ['node name', (d) => (d.nodes[0]!['name'] = '1x'), /^f: nodes: a name is a letter followed by .* got '1x'$/],
  ['reserved name', (d) => (d.nodes[0]!['name'] = 'input'), /^f: nodes: a name .* got 'input'$/],
  ['name twice', (d) => (d.nodes[1]!['name'] = 'conv1'), /^f: conv1: names must be unique/],
  [
    'unknown input',
    (d) => (d.nodes[1]!['inputs'] = ['x']),
    /^f: pool2\.inputs: must name a node that stands before it, got 'x'$/,
  ],
  [
    'later input',
    (d) => (d.nodes[0]!['inputs'] = ['pool2']),
    /^f: conv1\.inputs: must name a node that stands before it/,
  ],
  ['two inputs', (d) => (d.nodes[1]!['inputs'] = ['conv1', 'conv1']), /^f: nodes\[1\] 'pool2'\.inputs: /],
  ['unused node', (d) => (d.nodes[2]!['inputs'] = ['conv1']), /^f: pool2: must be the output or feed a node$/],
  ['output that feeds', (d) => (d['output'] = 'conv3'), /^f: conv3: the output must feed no other node$/],
  ['unknown output', (d) => (d['output'] = 'x'), /^f: output: must name a node, got 'x'$/],
  ['no nodes', (d) => (d.nodes = []), /^f: nodes: .*got \[\]$/],
  [
    'output without weights',
    (d) => {
      d.nodes.pop();
      d['output'] = 'flatten4';
    },
    /^f: output: must name a conv or dense node, got 'flatten4' \(flatten\)$/,
  ],
  ['classes', (d) => d.classes.pop(), /^f: classes: must be as many as the logits \(3\), got 2$/],
  [
    'huge tensor',
    (d) => (d.input.shape = [65536, 65536, 1]),
    /^f: input\.shape: a tensor has at most 67108864 elements/,
  ],
  [
    'input shape',
    (d) => (d.input.shape = [8, 8, 2]),
    /^f: tensor 'conv1\.encrypted\.0': must be U8 \[6\], got U8 \[3\]$/,
  ],
  ['mean', (d) => (d.input.mean = [1, 2]), /^f: input\.mean: must have one value per channel \(1\), got 2$/],
  ['std', (d) => (d.input.std = [0]), /^f: input\.std\[0\]: .*got 0$/],
  [
    'input range',
    (d) => (d.input.range = [1, 0]),
    /^f: input\.range: must be \[min, max\] with min ≤ max, got \[1,0\]$/,
  ],
  ['node range', (d) => (d.nodes[0]!['range'] = [1]), /^f: nodes\[0\] 'conv1'\.range/],
  ['q', (d) => (d.nodes[0]!.weights['q'] = 2), /^f: nodes\[0\] 'conv1'\.weights: q must be the number of planes/],
  ['N_in', (d) => (d.nodes[0]!.weights['nIn'] = 11), /^f: tensor 'xor\.0': must be U8 \[20, 11\], got U8 \[20, 12\]$/],
  ['N_out', (d) => (d.nodes[0]!.weights['nOut'] = 513), /^f: nodes\[0\] 'conv1'\.weights\.nOut: .*got 513$/],
  [
    'N_tap',
    (d) => (d.nodes[0]!.weights['nTap'] = 3),
    /^f: conv1\.weights\.nTap: rows of M⊕ must have 3 ones, got 2 in every row$/,
  ],
  ['N_tap of random', (d) => (d.nodes[2]!.weights['nTap'] = 2), /^f: conv3\.weights\.nTap: .* got rows that differ$/],
  ['order', (d) => (d.nodes[0]!.weights['order'] = 'ohwi'), /^f: nodes\[0\] 'conv1'\.weights\.order: .*got "ohwi"$/],
  [
    'no such tensor',
    (d) => (d.nodes[0]!.weights.planes[0]!['alpha'] = 'x'),
    /^f: tensor 'x': .* the file has none of this name$/,
  ],
  [
    'tensor type',
    (d) => (d.nodes[0]!.weights.planes[0]!['alpha'] = 'xor.0'),
    /^f: tensor 'xor\.0': must be F32 \[4\], got U8 /,
  ],
  ['unnamed tensor', (_, t) => t.set('spare', ZERO_TENSOR), /^f: tensor 'spare': the document does not name it$/],
  [
    'M⊕ entry',
    (_, t) => (t.get('xor.0')!.data[5] = 2),
    /^f: conv1\.weights\.planes\[0\]\.matrix: entry \[0,5\] must be 0 or 1, got 2$/,
  ],
  ['M⊕ row', (_, t) => t.get('xor.0')!.data.fill(0, 12, 24), /^f: conv1\.weights\.planes\[0\]\.matrix: row 1 has no 1/],
  [
    'α',
    (_, t) => setFloat(t, 'conv1.alpha.0', NaN),
    /^f: conv1\.weights\.planes\[0\]\.alpha: must be finite, got NaN at index 0$/,
  ],
  ['bias', (_, t) => setFloat(t, 'dense5.bias', Infinity), /^f: dense5\.bias: must be finite, got Infinity/],
  [
    'variance',
    (_, t) => setFloat(t, 'conv3.batchNorm.variance', -1),
    /^f: conv3\.batchNorm: variance: variance \+ epsilon must be/,
  ],
  [
    'trailing bits',
    (_, t) => (t.get('conv3.encrypted.0')!.data[19]! |= 0x80),
    /^f: conv3\.weights\.planes\[0\]: encrypted: the trailing bits .* must be 0, got 1/,
  ],
];

/** A histogram of the 24 encrypted weights of conv1, with `change` made to it; by itself it is right. */
function withHistogram(change: (histogram: Record<string, unknown>) => void): Change {
  return (document, tensors) => {
    const ones = countOnes(tensors.get('conv1.encrypted.0')!.data);
    const histogram: Record<string, unknown> = { limit: 0.02, below: 1, counts: [0, 23 - ones, ones - 2, 0], above: 2 };
    change(histogram);
    document.nodes[0]!.weights.planes[0]!['encryptedHistogram'] = histogram;
  };
}

const histogramField = String.raw`^f: nodes\[0\] 'conv1'\.weights\.planes\[0\]\.encryptedHistogram`;
const histograms: [string, (histogram: Record<string, unknown>) => void, RegExp][] = [
  ['right', () => undefined, /^accepted$/],
  ['no limit', (h) => delete h['limit'], RegExp(`${histogramField}\\.limit: .*got nothing$`)],
  ['limit', (h) => (h['limit'] = 0), RegExp(`${histogramField}\\.limit: .*>0, got 0$`)],
  ['negative count', (h) => (h['counts'] = [-1, 24]), RegExp(`${histogramField}\\.counts\\[0\\]: .*got -1$`)],
  ['fraction', (h) => (h['above'] = 1.5), RegExp(`${histogramField}\\.above: .*got 1.5$`)],
  ['huge count', (h) => (h['below'] = 1e300), RegExp(`${histogramField}\\.below: `)],
  ['no bins', (h) => (h['counts'] = []), RegExp(`${histogramField}\\.counts: `)],
  ['odd bins', (h) => (h['counts'] = [8, 8, 8]), RegExp(`${histogramField}\\.counts: must be an even number of bins`)],
  ['many bins', (h) => (h['counts'] = Array(258).fill(0)), RegExp(`${histogramField}\\.counts: .*256`)],
  ['unknown field', (h) => (h['mean'] = 0), RegExp(`${histogramField}: .*"mean"`)],
  [
    'sum',
    (h) => (h['below'] = 2),
    /^f: conv1\.weights\.planes\[0\]: encryptedHistogram: must count each of the 24 encrypted weights once, got 25$/,
  ],
  [
    'side',
    (h) => Object.assign(h, { below: 2, above: 1 }),
    /^f: conv1\.weights\.planes\[0\]: encryptedHistogram: must have as many .* bits are 1 \(\d+\), got \d+$/,
  ],
];

const spread: [string, Change, RegExp][] = [
  ['nothing', () => undefined, /^accepted$/],
  ['no groups', (d) => (d.nodes[1]!['groups'] = 0), /^f: nodes\[1\] 'conv2'\.groups: .*got 0$/],
  [
    'groups that do not divide',
    (d) => (d.nodes[1]!['groups'] = 3),
    /^f: conv2\.groups: must divide the channels of input and output \(4 and 4\), got 3$/,
  ],
  [
    'other groups, other sizes',
    (d) => (d.nodes[1]!['groups'] = 1),
    /^f: tensor 'conv2\.encrypted\.0': must be U8 \[12\], got U8 \[3\]$/,
  ],
  [
    'dilation',
    (d) => (d.nodes[2]!['dilation'] = [9, 1]),
    /^f: conv3\.kernel: must fit in the padded input of 12×12, got 19×3$/,
  ],
  ['dilation before its version', (d) => (d['formatVersion'] = 1), /^f: nodes\[1\] 'conv2'\.groups: needs formatV/],
  [
    'padding beyond a dilated window',
    (d) => (d.nodes[2]!['padding'] = [5, 0, 0, 0]),
    /^f: conv3\.padding: must be smaller than the kernel, got 5 with a kernel of 5$/,
  ],
  ['one input', (d) => (d.nodes[3]!['inputs'] = ['conv2']), /^f: nodes\[3\] 'concat4'\.inputs: /],
  [
    'one input twice',
    (d) => (d.nodes[3]!['inputs'] = ['conv2', 'conv3', 'conv2']),
    /^f: concat4\.inputs: must differ, got conv2 twice$/,
  ],
  [
    'inputs of two sizes',
    (d) => (d.nodes[2]!['padding'] = [1, 1, 1, 1]),
    /^f: concat4\.inputs: must have one height and width, got conv3 with 6×6×6 and conv2 with 8×8×4$/,
  ],
];

describe('a file of version 2 with one rule broken', () => {
  it.each(spread)('%s', (_, change, expected) => expect(message(changed(change, validSpread))).toMatch(expected));
});

describe('a histogram of encrypted weights', () => {
  it.each(histograms)('%s', (_, change, expected) => expect(message(changed(withHistogram(change)))).toMatch(expected));
});

describe('a file with one rule broken', () => {
  it.each(cases)('%s', (_, change, expected) => expect(message(changed(change))).toMatch(expected));
});

const residual: [string, Change, RegExp][] = [
  ['nothing', () => undefined, /^accepted$/],
  ['one input', (d) => (d.nodes[3]!['inputs'] = ['conv1']), /^f: nodes\[3\] 'add4'\.inputs/],
  [
    'shapes',
    (d) => (d.nodes[5]!['stride'] = [1, 1]),
    /^f: add7\.inputs: must have one shape, got conv5 with 4×4×6 and subsample6 with 8×8×6$/,
  ],
  [
    'later input',
    (d) => (d.nodes[3]!['inputs'] = ['conv3', 'add7']),
    /^f: add4\.inputs: .* got 'add7', which makes a cycle or stands behind it$/,
  ],
  ['unread', (d) => (d.nodes[6]!['inputs'] = ['conv5', 'conv5']), /^f: subsample6: must be the output or feed a node$/],
  [
    'subsample that changes nothing',
    (d) => Object.assign(d.nodes[5]!, { stride: [1, 1], channelPadding: [0, 0] }),
    /^f: subsample6: must change the shape of its input \(8×8×4\); leave the node out$/,
  ],
  ['channel padding', (d) => (d.nodes[5]!['channelPadding'] = [-1, 1]), /'subsample6'\.channelPadding\[0\]: .*got -1$/],
  ['range of a sum', (d) => (d.nodes[3]!['range'] = [2, 1]), /^f: nodes\[3\] 'add4'\.range: must be \[min, max\]/],
  ['encoding', (d) => (d.nodes[0]!.weights['encoding'] = 'int8'), /'conv1'\.weights\.encoding: .*got "int8"$/],
  ['float weights', (_, t) => setFloat(t, 'conv1.weights', NaN), /^f: conv1\.weights\.values: must be finite, got NaN/],
  [
    'number of float weights',
    (d) => Object.assign(d.nodes[0]!, { kernel: [1, 1], padding: [0, 0, 0, 0] }),
    /^f: tensor 'conv1\.weights': must be F32 \[4\], got F32 \[36\]$/,
  ],
];

describe('a residual model with one rule broken', () => {
  it.each(residual)('%s', (_, change, expected) => expect(message(changed(change, validResidual))).toMatch(expected));
});

/** A file from header text and a number of data bytes. */
function raw(header: string, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const tensor = (dtype: string, shape: string, begin: number, end: number): string =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

const containers: [string, Uint8Array, RegExp][] = [
  ['no document', raw('{}'), /^f: __metadata__\.flexor: must hold the model document/],
  ['no object', raw('[]'), /^f: header: must be a JSON object that starts with '\{'$/],
  ['leading space', raw(' {}'), /^f: header: must be a JSON object that starts with '\{'$/],
  ['no JSON', raw('{"a":'), /^f: header: must be JSON, got: /],
  ['no UTF-8', Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0, 0xff]), /^f: header: must be UTF-8/],
  ['a key twice', raw('{"a":1,"a":1}'), /^f: header: must not repeat a key/],
  ['metadata', raw('{"__metadata__":3}'), /^f: __metadata__: must be an object$/],
  ['metadata value', raw('{"__metadata__":{"a":3}}'), /^f: __metadata__\.a: must be a string, got number$/],
  ['no tensor', raw('{"a":3}'), /^f: tensor 'a': must be an object$/],
  ['dtype', raw(`{"a":${tensor('F16', '[1]', 0, 2)}}`, 2), /^f: tensor 'a': dtype: must be F32 or U8, got "F16"$/],
  [
    'shape',
    raw(`{"a":${tensor('U8', '[-1]', 0, 2)}}`, 2),
    /^f: tensor 'a': shape: must be a list of integers ≥ 0, got \[-1\]$/,
  ],
  [
    'offsets',
    raw(`{"a":${tensor('U8', '[1]', 0, 0.5)}}`, 2),
    /^f: tensor 'a': data_offsets: must be two integers ≥ 0, got \[0,0\.5\]$/,
  ],
  [
    'size',
    raw(`{"a":${tensor('F32', '[2]', 0, 2)}}`, 2),
    /^f: tensor 'a': data_offsets: must span the 8 bytes of its shape, got 2$/,
  ],
  [
    'overlap',
    raw(`{"a":${tensor('U8', '[2]', 0, 2)},"b":${tensor('U8', '[2]', 1, 3)}}`, 3),
    /^f: tensor 'b': data_offsets: must follow the tensor before \(2\), got 1$/,
  ],
  [
    'hole',
    raw(`{"a":${tensor('U8', '[2]', 1, 3)}}`, 3),
    /^f: tensor 'a': data_offsets: must follow the tensor before \(0\), got 1$/,
  ],
  [
    'end',
    raw(`{"a":${tensor('U8', '[9]', 0, 9)}}`, 3),
    /^f: tensor 'a': data_offsets: must end within the 3 bytes of data, got 9/,
  ],
  [
    'surplus',
    raw(`{"a":${tensor('U8', '[2]', 0, 2)}}`, 3),
    /^f: file size: must end with the last tensor \(2 bytes of data\), got 3$/,
  ],
];

describe('a container with one rule broken', () => {
  it.each(containers)('%s', (_, bytes, expected) => expect(message(bytes)).toMatch(expected));
});
