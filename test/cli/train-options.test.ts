/** Options of a run and back: the command that a model file states must be the run that made it. */
import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configuration, type ConfigFlags } from '../../src/app/training/configuration.js';
import { configOptions } from '../../src/cli/options/training.js';
import { commandLine } from '../../src/train/run/command-line.js';
import { NETWORKS, type NetworkName } from '../../src/train/networks/networks.js';
import type { TrainConfig } from '../../src/train/run/config.js';

function parse(line: string): TrainConfig {
  const command = new Command().exitOverride();
  configOptions(command);
  command.parse(line.split(' '), { from: 'user' });
  const { dataset, ...flags } = command.opts<ConfigFlags>();
  return configuration(
    { network: command.processedArgs[0] as NetworkName },
    flags,
    { kind: 'built-in', name: dataset!, folder: null },
    {
      init: null,
      distil: null,
    },
  );
}

const option = (name: string, ...values: string[]) =>
  fc.constantFrom('', ...values.map((value) => `--${name} ${value}`.trim()));

const LINES = fc
  .tuple(
    fc.constantFrom(...NETWORKS),
    fc.constantFrom('--dataset cifar10', '--dataset imagenet', '--dataset imagenet --image-size 64'),
    option('recipe', 'paper', 'cosine'),
    option('nin', '8', '12', '8,12,4,8'),
    option('nout', '24', '24,20,18,30'),
    option('taps', '3', 'random', 'systematic', '2,systematic,random,4'),
    option('xor-tries', '1', '7'),
    option('planes', '2'),
    option('epochs', '3'),
    option('batch', '7'),
    option(
      'optimiser',
      'adam --lr 0.01',
      'sgd --lr 0.2',
      'nesterov --lr 0.3 --momentum 0.8',
      'sgd --lr 1 --weight-decay 0',
      'sgd --lr 1 --weight-decay 0.0005 --decay-on weights,scales',
    ),
    option('schedule', 'constant', 'cosine', 'step --halve-at 0.5,0.75'),
    option('warmup', '0', '0%', '9', '2.5ep', '12.5%'),
    option('gradient', 'eq5', 'ste'),
    option('stanh', '4', '4 --stanh-start 2'),
    option('clip', '2', 'none'),
    option('x-std', '0.5'),
    option('alpha', '0.3', 'fan-in'),
    option('bias', ''),
    option('shift', '0', '2'),
    option('flip', ''),
    option('label-smoothing', '0.1'),
    option('bn-reestimate', '2000'),
    option('limit', '100'),
    option('seed', '5'),
  )
  .map((words) => words.filter((word) => word !== '').join(' '));

describe('the command that repeats a run', () => {
  it('is that run', () => {
    fc.assert(
      fc.property(LINES, (line) => {
        const config = parse(line);
        const again = commandLine(config);
        expect(again).toMatch(/^flexor train /);
        expect(parse(again.slice('flexor train '.length))).toEqual(config);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});

describe("an optimiser that is not the recipe's", () => {
  it('has no weight decay as Adam, and takes no rate of another', () => {
    expect(parse('resnet20 --dataset cifar10 --optimiser adam --lr 0.001')).toMatchObject({
      weightDecay: 0,
      rate: 0.001,
    });
    expect(parse('resnet20 --dataset cifar10 --optimiser nesterov')).toMatchObject({ weightDecay: 1e-5, rate: 0.1 });
    expect(() => parse('resnet20 --dataset cifar10 --optimiser adam')).toThrow(
      "--optimiser adam needs --lr: the recipe's 0.1 is a rate of sgd",
    );
    expect(() => parse('lenet5 --dataset mnist --optimiser sgd')).toThrow(
      "--optimiser sgd needs --lr: the recipe's 0.001 is a rate of adam",
    );
  });
});

describe('options that would be ignored', () => {
  it.each([
    ['--momentum 0.8', '--momentum goes with --optimiser sgd or nesterov, got 0.8 with adam'],
    ['--halve-at 0.5', '--halve-at goes with --schedule step, got cosine; leave it out'],
  ])('are refused: %s', (options, message) => {
    expect(() => parse(`lenet5 --dataset mnist ${options}`)).toThrow(message);
  });
});
