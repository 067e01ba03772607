/** ResNet-18: its shapes, sizes and layer groups, and that a small one of it learns and exports what it evaluates. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import type { PixelDataset, PixelSplit } from '../../src/data/dataset.js';
import { inMemory } from '../../src/data/source.js';
import { classify, floatEvaluator, preprocess } from '../../src/model/evaluate.js';
import { isWeighted } from '../../src/graph/order.js';
import { verifyModel } from '../../src/model/verify.js';
import type { TrainConfig } from '../../src/train/run/config.js';
import { createEngine } from '../../src/train/engine/engines.js';
import { initialParameters } from '../../src/train/weights/initial.js';
import { groupCount, tensorShapes } from '../../src/train/networks/network.js';
import { allParameters } from '../../src/train/weights/parameters.js';
import { fusedPlan } from '../../src/train/networks/plan.js';
import { RESNET18_COSINE } from '../../src/train/run/recipes.js';
import { train } from '../../src/train/run/trainer.js';
import { builtIn } from '../support/networks.js';
import { availableEngines } from '../support/engines.js';

const imagenet = builtIn('resnet18', { height: 224, width: 224, channels: 3 }, 1000);

describe('ResNet-18 for ImageNet', () => {
  it('has the known number of parameters: weights, biases, γ and β', () => {
    const layers = initialParameters(imagenet, { ...RESNET18_COSINE, weights: 'full', matrices: [] });
    expect(allParameters(layers.values()).reduce((sum, p) => sum + p.values.length, 0)).toBe(11_689_512);
    const convolutions = [...layers.values()].filter(({ batchNorm }) => batchNorm !== null);
    expect(convolutions).toHaveLength(20);
    const ofProjections = [...layers].flatMap(([name, { weights }]) =>
      name.endsWith('_skip') && weights?.kind === 'latent' ? [weights.used.length] : [],
    );
    expect(ofProjections).toEqual([64 * 128, 128 * 256, 256 * 512]);
  });

  it('halves its images five times', () => {
    const shapes = tensorShapes(imagenet);
    const size = (name: string): number[] => {
      const { height, width, channels } = shapes.get(name)!;
      return [height, width, channels];
    };
    expect(size('conv1')).toEqual([112, 112, 64]);
    expect(size('pool1')).toEqual([56, 56, 64]);
    expect([1, 2, 3, 4].map((stage) => size(`stage${stage}_block2_add`))).toEqual([
      [56, 56, 64],
      [28, 28, 128],
      [14, 14, 256],
      [7, 7, 512],
    ]);
    expect(size('fc')).toEqual([1, 1, 1000]);
  });

  it('has the stages and the 1×1 convolutions as layer groups', () => {
    const groups = new Map<number | null, number>();
    for (const { group } of imagenet.layers.filter(isWeighted)) groups.set(group, (groups.get(group) ?? 0) + 1);
    expect(Object.fromEntries(groups)).toEqual({ null: 2, 0: 4, 1: 4, 2: 4, 3: 4, 4: 3 });
    expect(groupCount(imagenet)).toBe(5);
  });

  it('needs no step for an addition', () => {
    const { steps } = fusedPlan(imagenet);
    expect(steps.filter((step) => step.layer.kind === 'add')).toEqual([]);
    expect(steps.flatMap(({ residual }) => residual ?? []).filter((name) => name.endsWith('_skip'))).toHaveLength(3);
  });
});

/** Images of two classes, one bright above, one bright below. */
function images(count: number, random: Random): PixelSplit {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: count * 3072 }, (_, i) => {
    const above = i % 3072 < 1536;
    return 60 + 80 * Number(above === (labels[Math.floor(i / 3072)] === 0)) + random.below(60);
  });
  return { images: pixels, labels, count };
}

const random = new Random(9);
const small: PixelDataset = {
  name: 'two',
  shape: { height: 32, width: 32, channels: 3 },
  normalisation: { mean: [0.45, 0.45, 0.45], std: [0.25, 0.25, 0.25] },
  classes: ['above', 'below'],
  train: images(16, random),
  test: images(8, random),
};

it('learns at a rate of its own in each group and exports what it evaluates', async () => {
  const [fastest] = await availableEngines();
  const engine = await createEngine(fastest!, { threads: 1 });
  const rates = { nIn: [16, 14, 12, 8, 18], epochs: 6, batch: 8, warmup: { steps: 2 }, rate: 0.01 };
  const config: TrainConfig = { ...RESNET18_COSINE, ...rates, dataset: 'two' };
  const { model, history } = await train(engine, config, inMemory(small), { checkpoint: null, resume: false });
  verifyModel(model);
  const stored = model.nodes.flatMap((node) => {
    if (node.kind !== 'conv' || node.weights.encoding !== 'xor') return [];
    return [[node.name, node.weights.planes[0]!.matrix.nIn]];
  });
  expect(stored).toHaveLength(19);
  expect(Object.fromEntries(stored)).toMatchObject({
    ...{ stage1_block1_conv1: 16, stage2_block1_conv1: 14, stage3_block2_conv2: 12, stage4_block2_conv2: 8 },
    ...{ stage2_block1_skip: 18, stage3_block1_skip: 18, stage4_block1_skip: 18 },
  });
  const classes = classify(floatEvaluator(model).logits(preprocess(model, small.test.images)), 2);
  const right = small.test.labels.filter((label, n) => classes[n] === label).length;
  expect(right / small.test.count).toBe(model.provenance.testAccuracy);
  expect(history[5]!.loss).toBeLessThan(history[0]!.loss);
});
