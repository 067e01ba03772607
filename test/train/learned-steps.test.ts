/** Quantisers with learnt steps (LSQ): values, gradients, first values, and a trained model that rounds as training did. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { digits } from '../../src/data/digits.js';
import { gatherBatch } from '../../src/data/dataset.js';
import { inMemory } from '../../src/data/source.js';
import { lowerWithPlaces } from '../../src/fixed/lower.js';
import { quantiseInput } from '../../src/fixed/scales.js';
import { classify, evaluate, evaluateNodes } from '../../src/model/evaluate.js';
import { StepFunction } from '../../src/model/quantiser.js';
import { referenceTrace } from '../../src/simulate/reference.js';
import { nearestStep, stepGradientScale } from '../../src/train/engine/elementwise.js';
import { createEngine } from '../../src/train/engine/engines.js';
import { atStep, type LearnedQuantiser } from '../../src/train/networks/network.js';
import { describedNetwork } from '../../src/train/networks/described.js';
import { parseNetwork } from '../../src/train/networks/description.js';
import { buildNetwork } from '../../src/train/networks/networks.js';
import { plainPlan } from '../../src/train/networks/plan.js';
import { commandLine } from '../../src/train/run/command-line.js';
import { layerTensors, logits } from '../../src/train/run/forward.js';
import { PAPER } from '../../src/train/run/recipes.js';
import { startSteps } from '../../src/train/run/steps.js';
import { train } from '../../src/train/run/trainer.js';
import { networkMatrices } from '../../src/train/run/xor-choice.js';
import { initialParameters } from '../../src/train/weights/initial.js';

const LIMITS = [
  { low: 0, high: 1 },
  { low: 0, high: 3 },
  { low: -4, high: 3 },
];

/** Numbers between the steps, on them, and far outside, as float32. */
function samples(step: number): Float32Array {
  const random = new Random(7);
  const ties = Array.from({ length: 25 }, (_, i) => (i - 12) * 0.5 * step);
  return Float32Array.from([...ties, ...Array.from({ length: 300 }, () => 3 * random.normal()), 1e9, -1e9]);
}

describe('a quantiser with a learnt step', () => {
  it.each([1, 2, 5, 8])('rounds as that of the model file: %i bits', (bits) => {
    for (const signed of bits > 1 ? [false, true] : [false]) {
      const quantiser: LearnedQuantiser = { kind: 'learned', bits, signed };
      const step = Math.fround(0.37);
      const exact = new StepFunction(atStep(quantiser, step));
      const limits = signed ? { low: -(2 ** (bits - 1)), high: 2 ** (bits - 1) - 1 } : { low: 0, high: 2 ** bits - 1 };
      for (const x of samples(step)) expect(nearestStep(x, step, limits), String(x)).toBe(exact.integer(x));
    }
  });

  it.each(['cpu', 'wasm', 'native'] as const)('has the gradients of the paper: %s', async (name) => {
    const engine = await createEngine(name);
    const { tf } = engine;
    const step = Math.fround(0.37);
    const x = samples(step);
    const dy = Float32Array.from(x, (_, i) => Math.cos(i));
    for (const limits of LIMITS) {
      const { low, high } = limits;
      let dStep = 0;
      const dx = x.map((v, i) => {
        const position = v / step;
        const inside = position > low && position < high;
        // Equation 3: round(v/s) − v/s inside, the limit outside.
        dStep += dy[i]! * (inside ? nearestStep(v, step, limits) - position : position <= low ? low : high);
        return inside ? dy[i]! : 0;
      });
      const [y, [gotX, gotStep]] = tf.tidy(() => {
        const of = (a: never, s: never) => engine.quantiseLearned(a, s, limits);
        const inputs = [tf.tensor2d(x, [3, x.length / 3]), tf.tensor1d([step])];
        const grads = tf.grads(of as never)(inputs, tf.tensor2d(dy, [3, x.length / 3]));
        const value = of(inputs[0] as never, inputs[1] as never);
        return [engine.read(value).slice(), grads.map((g) => engine.read(g).slice())] as const;
      });
      expect([...y]).toEqual(Array.from(x, (v) => Math.fround(nearestStep(v, step, limits) * step)));
      expect([...gotX!]).toEqual([...dx]);
      const wanted = dStep * stepGradientScale(x.length / 3, limits);
      expect(Math.abs(gotStep![0]! - wanted)).toBeLessThan(1e-5 * Math.max(1, Math.abs(wanted)));
    }
  });
});

it('is a quantiser of a network file', () => {
  const of = (quantiser: object): unknown =>
    describedNetwork(
      parseNetwork(
        {
          ...{ networkVersion: 1, name: 'small', recipe: 'lenet5' },
          layers: [
            { kind: 'dense', outChannels: 4, group: 0, quantiser },
            { kind: 'dense', outChannels: 'classes', group: 0, relu: false },
          ],
        },
        'small.json',
      ),
      { height: 2, width: 2, channels: 1 },
      3,
    ).layers[0];
  expect(of({ learned: true, bits: 2 })).toMatchObject({ quantiser: { kind: 'learned', bits: 2, signed: false } });
  expect(of({ learned: true, bits: 3, signed: true })).toMatchObject({ quantiser: { bits: 3, signed: true } });
  for (const wrong of [{ learned: true, bits: 9 }, { learned: true, bits: 1, signed: true }, { learned: true }]) {
    expect(() => of(wrong)).toThrow('small.json: layers[0].quantiser');
  }
});

it('is asked for of a network that has ReLUs without quantisers', () => {
  const described = parseNetwork(
    {
      ...{ networkVersion: 1, name: 'linear', recipe: 'lenet5' },
      layers: [{ kind: 'dense', outChannels: 'classes', group: 0, relu: false }],
    },
    'linear.json',
  );
  const choice = { network: 'lenet5', described, bias: false, activationBits: 2 } as const;
  expect(() => buildNetwork(choice, digits({ train: 1, test: 1 }))).toThrow(
    '--activation-bits rounds what ReLUs give where no quantiser is stated, which linear has nowhere; leave it out',
  );
});

const config = { ...PAPER, activationBits: 2, bias: true, epochs: 2, batch: 20, limit: 200, seed: 3 };

describe('training with learnt steps', () => {
  it('starts them at 2·mean|y|/√high of the first images', async () => {
    const engine = await createEngine('wasm');
    const set = digits({ train: 40, test: 1 });
    const network = buildNetwork(config, set);
    expect(network.layers.flatMap((l) => ('quantiser' in l ? [l.name] : []))).toEqual(['conv1', 'conv2', 'fc1']);
    const layers = initialParameters(network, { ...config, matrices: networkMatrices(config, network) });
    const { pixels } = gatherBatch(
      set,
      set.train,
      Uint32Array.from({ length: 40 }, (_, i) => i),
    );
    startSteps(engine, network, layers, pixels);
    const { tf } = engine;
    const means = new Map<string, number>();
    tf.tidy(() => {
      const tensors = new Map([...layers].map(([name, layer]) => [name, layerTensors(engine, layer, 'training')]));
      const steps = plainPlan(network).steps.map((step) => ({ ...step, quantiser: null }));
      logits(engine, { inputQuantiser: null, steps }, tensors, tf.tensor4d(pixels, [40, 28, 28, 1]), {
        output: (name, value) => {
          const values = engine.read(value);
          means.set(name, values.reduce((sum, v) => sum + Math.abs(v), 0) / values.length);
        },
      });
    });
    for (const name of ['conv1', 'conv2', 'fc1']) {
      expect(layers.get(name)!.step!.values[0]).toBeCloseTo((2 * means.get(name)!) / Math.sqrt(3), 5);
    }
  });

  it('gives a model with those quantisers, whose accuracy is what training measured', async () => {
    const engine = await createEngine('wasm');
    const set = digits({ train: 200, test: 100 });
    const { model, history } = await train(engine, config, inMemory(set), { checkpoint: null, resume: false });
    expect(commandLine(config)).toContain(' --activation-bits 2 ');
    for (const node of model.nodes) {
      if (node.kind !== 'conv' && node.kind !== 'dense') continue;
      const { quantiser } = node;
      if (node.name === 'fc2') expect(quantiser).toBeUndefined();
      else expect(quantiser).toMatchObject({ kind: 'uniform', bits: 2, signed: false, rounding: 'half-even' });
    }
    const { pixels, labels } = gatherBatch(
      set,
      set.test,
      Uint32Array.from({ length: 100 }, (_, i) => i),
    );
    const classes = classify(evaluate(model, pixels), 10);
    expect(labels.filter((label, i) => classes[i] === label).length / 100).toBe(history.at(-1)!.testAccuracy);
    // The integer network rounds where the float network does, but for sums next to a step.
    const { network, places } = lowerWithPlaces(model, '0'.repeat(64), {});
    let [elements, different] = [0, 0];
    for (let i = 0; i < 5; i++) {
      const image = pixels.subarray(i * 784, (i + 1) * 784);
      const float = evaluateNodes(model, image);
      const trace = referenceTrace(network, quantiseInput(network, image));
      for (const name of ['conv1', 'conv2', 'fc1']) {
        const at = network.nodes.findIndex((node) => node.name === places.get(name));
        const { scale } = network.nodes[at]!.outputTensor;
        float.get(name)!.forEach((value, j) => {
          elements++;
          if (Math.abs(trace[at + 1]![j]! - value / scale) > 1e-3) different++;
        });
      }
    }
    expect(elements).toBe(5 * (28 * 28 * 32 + 14 * 14 * 64 + 512));
    expect(different / elements).toBeLessThan(0.002);
  });
});
