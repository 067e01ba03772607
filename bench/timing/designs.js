/**
 * Designs whose layers are synthesised for the timing model: shipped models under folds that were the default when they were
 * first measured, before channels shared sums, and with other pipelines. Other layers have the default fold.
 */
import { URL, fileURLToPath } from 'node:url';
import { lower } from '../../dist/fixed/lower.js';
import { loadModel } from '../../dist/model/read.js';
import { makeDesign } from '../../dist/rtl/design.js';

const LENET = 'lenet5-mnist-0.6-systematic';
const RESNET = 'resnet20-cifar10-0.4-systematic';

/** [name, PE, SIMD, rows a word, what else the fold says]; a name alone for what has no fold. */
const DESIGNS = [
  [
    'lenet5',
    LENET,
    [['conv1', 4, 1, 1], ['pool1'], ['conv2', 4, 16, 3], ['pool2'], ['fc1', 2, 6, 8], ['fc2', 1, 1, 1], ['ports']],
  ],
  [
    'lenet5, registers',
    LENET,
    [
      ['conv1', 4, 1, 1, { registers: ['address', 'product'] }],
      ['conv2', 4, 16, 3, { treeLevels: 1, registers: ['address', 'load', 'product'] }],
      ['fc2', 1, 1, 1, { registers: ['load', 'product'] }],
    ],
  ],
  [
    'resnet20',
    RESNET,
    [
      ['conv1', 1, 9, 1],
      ['stage1_block1_conv1', 16, 3, 3],
      ['stage1_block1_conv2', 16, 3, 3],
      ['stage2_block1_conv1', 4, 6, 1],
      ['stage2_block1_skip'],
      ['stage2_block1_conv2', 16, 3, 1],
      ['stage3_block1_conv2', 4, 12, 3],
      ['pool'],
      ['fc', 1, 1, 1],
    ],
  ],
];

export function timedDesigns() {
  return DESIGNS.map(([title, file, all]) => {
    const folded = all.filter(([, pe]) => pe !== undefined);
    const fold = Object.fromEntries(
      folded.map(([name, pe, simd, rowsPerWord, more]) => [
        name,
        { pe, simd, rowsPerWord, width: 1, sharedSums: false, decryptor: 'shift', ...more },
      ]),
    );
    const { model, digest } = loadModel(fileURLToPath(new URL(`../../models/${file}.flexor`, import.meta.url)));
    return { title, file, layers: all.map(([name]) => name), design: makeDesign(lower(model, digest), { fold }) };
  });
}
