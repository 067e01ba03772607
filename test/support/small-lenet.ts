/** LeNet-5 with few channels, in whole slices of 20 bits, for tests of what surrounds a training run, which is short then. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes the network file into a folder and returns its path. */
export function writeSmallLenet(folder: string): string {
  const path = join(folder, 'small.json');
  const changes = { conv1: { outChannels: 4 }, conv2: { outChannels: 8 }, fc1: { outChannels: 40 } };
  writeFileSync(path, JSON.stringify({ networkVersion: 1, name: 'small', extends: 'lenet5', changes }));
  return path;
}
