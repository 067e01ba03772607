/**
 * Processor seconds of whole commands, each beside another that does a part of its work: their ratio says what a command
 * does more than it need. The two take turns; medians.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROUNDS = 3;
const RESNET = 'models/resnet20-cifar10-0.4-systematic.flexor';
const LENET = 'models/lenet5-mnist-0.6-systematic.flexor';

/** Rows of the table: a command and what it is compared with. */
const PAIRS = [
  { name: 'flexor --help', args: ['--help'], beside: null },
  { name: 'inspect, LeNet-5', args: ['inspect', LENET], beside: ['--help'] },
  { name: 'memory, LeNet-5', args: ['memory', LENET], beside: ['inspect', LENET] },
  { name: 'gen-rtl, LeNet-5', args: ['gen-rtl', LENET, '-o', 'OUT'], beside: ['fold', LENET] },
  {
    name: 'gen-rtl, ResNet-20 at 125 frames/s',
    args: ['gen-rtl', RESNET, '-o', 'OUT', '--target-fps', '125'],
    beside: ['fold', RESNET, '--target-fps', '125'],
  },
];

/** Processor seconds of `node lib/flexor.js` with these arguments, by the shell that waits for it. */
function processorSeconds(root, args) {
  const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>/dev/null';
  const command = [process.execPath, join(root, 'lib', 'flexor.js'), ...args];
  const { stderr, status } = spawnSync('bash', ['-c', script, 'bash', ...command], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`flexor ${args.join(' ')} failed`);
  return stderr
    .trim()
    .split(' ')
    .reduce((sum, each) => sum + Number(each), 0);
}

/** By command its processor seconds, the name of the other command, and the ratio to that; `out`: a folder to write to. */
export function measureCommands(root, out) {
  return PAIRS.map(({ name, args, beside }, i) => {
    const ours = args.map((arg) => (arg === 'OUT' ? join(out, String(i)) : arg));
    const rounds = Array.from({ length: ROUNDS }, () => ({
      seconds: processorSeconds(root, ours),
      other: beside && processorSeconds(root, beside),
    }));
    const seconds = median(rounds.map((each) => each.seconds));
    const ratio = beside && median(rounds.map((each) => each.seconds / each.other));
    return { name, seconds, beside: beside && beside[0], ratio };
  });
}

function median(list) {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}
