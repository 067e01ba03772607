/** Starting points of a run: the paper's settings, and what shipped models are trained with. */
import type { NetworkName } from '../networks/networks.js';
import type { TrainConfig } from './config.js';

/** LeNet-5 of the paper: constant Adam at 1e-4. */
export const PAPER: TrainConfig = {
  network: 'lenet5',
  dataset: 'mnist',
  weights: 'flexor',
  init: null,
  nIn: 12,
  nOut: 20,
  xor: { kind: 'taps', taps: 2 },
  xorTries: 1,
  planes: 1,
  epochs: 5,
  batch: 50,
  optimiser: 'adam',
  momentum: 0.9,
  weightDecay: 0,
  decayOn: ['weights', 'encrypted'],
  rate: 1e-4,
  schedule: 'constant',
  halvings: [],
  warmup: { steps: 0 },
  seed: 1,
  gradient: 'eq6',
  sTanh: 100,
  sTanhStart: 100,
  clip: null,
  xStd: 0.001,
  alpha: 0.2,
  bias: false,
  shift: 0,
  flip: false,
  labelSmoothing: 0,
  distil: null,
  distilShare: 0,
  reestimate: 0,
  limit: null,
};

/** A higher rate that decays to 0 along a cosine, and α scaled to the fan-in. */
export const COSINE: TrainConfig = { ...PAPER, rate: 1e-3, schedule: 'cosine', alpha: null };

/** Residual networks of the paper (section 4): 100 of 500 epochs of warm-up, the rate halved at 350, 400 and 450. */
export const RESNET_PAPER: TrainConfig = {
  ...PAPER,
  network: 'resnet20',
  dataset: 'cifar10',
  epochs: 500,
  batch: 128,
  optimiser: 'sgd',
  weightDecay: 1e-5,
  rate: 0.1,
  schedule: 'step',
  halvings: [0.7, 0.8, 0.9],
  warmup: { percent: 20 },
  sTanh: 10,
  sTanhStart: 5,
  shift: 4,
  flip: true,
};

/** The same in a few epochs, the first of them warm-up. */
export const RESNET_COSINE: TrainConfig = {
  ...RESNET_PAPER,
  epochs: 20,
  schedule: 'cosine',
  halvings: [],
  warmup: { epochs: 1 },
};

/** ResNet-18: the same shape in 100 epochs, 10 of them warm-up; batch and epochs are our reading, as is the warm-up. */
export const RESNET18_PAPER: TrainConfig = {
  ...RESNET_PAPER,
  network: 'resnet18',
  dataset: 'imagenet',
  epochs: 100,
  batch: 256,
  warmup: { percent: 10 },
  shift: 0,
};

/** The same along a cosine, behind an epoch of warm-up. */
export const RESNET18_COSINE: TrainConfig = {
  ...RESNET18_PAPER,
  epochs: 60,
  schedule: 'cosine',
  halvings: [],
  warmup: { epochs: 1 },
};

export const RECIPE_NAMES = ['paper', 'cosine'] as const;
export type RecipeName = (typeof RECIPE_NAMES)[number];

export function recipe(network: NetworkName, name: RecipeName): TrainConfig {
  if (network === 'lenet5') return name === 'paper' ? PAPER : COSINE;
  if (network === 'resnet18') return name === 'paper' ? RESNET18_PAPER : RESNET18_COSINE;
  return { ...(name === 'paper' ? RESNET_PAPER : RESNET_COSINE), network };
}
