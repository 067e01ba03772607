/** Whether a run can be: its configuration, and what only network and images tell. */
import { FlexorError } from '../../base/errors.js';
import type { ImageSource } from '../../data/source.js';
import { checkConfig, groupLists, type TrainConfig } from './config.js';
import { groupCount, type NetworkSpec } from '../networks/network.js';
import { buildNetwork } from '../networks/networks.js';
import { KINDS_WITH_XOR } from '../weights/quantisers.js';
import { formatWarmup, warmupSteps } from './schedule.js';

/** Steps of an epoch. Throws a FlexorError of code `usage` where the run cannot be. */
export function checkRun(
  config: TrainConfig,
  dataset: ImageSource,
  network: NetworkSpec = buildNetwork(config, dataset),
): number {
  checkConfig(config);
  if (KINDS_WITH_XOR.includes(config.weights)) checkGroups(config, network);
  const images = Math.min(config.limit ?? Infinity, dataset.train.count);
  const stepsPerEpoch = Math.floor(images / config.batch);
  if (stepsPerEpoch < 1) {
    throw new FlexorError('usage', `--batch ${config.batch} must not exceed the ${images} training images`);
  }
  const total = config.epochs * stepsPerEpoch;
  const warmup = warmupSteps(config, total);
  if (warmup > total) {
    throw new FlexorError(
      'usage',
      `--warmup ${formatWarmup(config.warmup)} is longer than the run: ${warmup} steps of ${total}`,
    );
  }
  return stepsPerEpoch;
}

function checkGroups(config: TrainConfig, network: NetworkSpec): void {
  const groups = groupCount(network);
  for (const { option, length } of groupLists(config)) {
    if (length === groups) continue;
    throw new FlexorError(
      'usage',
      `${option} takes one value or one for each of the ${groups} layer groups of ${network.name}, got ${length}`,
    );
  }
}
