/**
 * The bit-exact simulator, in images a second of processor time on one thread, with every set of kernels; beside it, where it
 * is installed, onnxruntime on an 8-bit network of the same shapes. The sides take turns, since machines are noisy; medians.
 */
import { formatRange } from '../../dist/fixed/shapes.js';
import { elementCount } from '../../dist/graph/shapes.js';
import { nativeKernels } from '../../dist/simulate/bytes/native.js';
import { wasmKernels } from '../../dist/simulate/bytes/wasm.js';
import { createSimulator } from '../../dist/simulate/simulate.js';
import { Random } from '../../dist/base/random.js';
import { int8Model } from './onnx-int8.js';

const ROUNDS = 7;
const IMAGES = 200;
const PEER = 'onnxruntime, 8 bit';

/** What to measure on a network: a name and a function that takes all images. */
async function sides(network, images) {
  const simulator = (kernels) => {
    const fast = createSimulator(network, kernels);
    return () => fast.runAll(images);
  };
  const native = [
    ['native, AVX-512', 2],
    ['native, AVX2', 1],
  ].flatMap(([name, level]) => {
    try {
      return [[name, simulator(nativeKernels(level))]];
    } catch (error) {
      process.stderr.write(`bench: ${name}: ${error.message}\n`);
      return [];
    }
  });
  return [...native, ['WebAssembly', simulator(wasmKernels())], ...(await onnxruntime(network, images))];
}

async function onnxruntime(network, images) {
  let ort;
  try {
    ort = (await import('onnxruntime-node')).default;
  } catch {
    process.stderr.write('bench: onnxruntime-node is not installed\n');
    return [];
  }
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: 'all' };
  const session = await ort.InferenceSession.create(int8Model(network), options);
  const { height, width, channels } = network.input.shape;
  const inputs = images.map((image) => new ort.Tensor('uint8', Uint8Array.from(image), [1, channels, height, width]));
  const run = async () => {
    for (const input of inputs) await session.run({ input });
  };
  return [[PEER, run]];
}

/** By side its name, images a second of processor time, and their ratio to the peer's; null where that is not installed. */
export async function measureSimulators(network) {
  const random = new Random(1);
  const { low, high } = formatRange(network.input.format);
  const size = elementCount(network.input.shape);
  const draw = () => Int32Array.from({ length: size }, () => random.between(low, high));
  const images = Array.from({ length: IMAGES }, draw);
  const all = (await sides(network, images)).map(([name, run]) => ({ name, run, rates: [] }));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const side of all) {
      const before = process.cpuUsage();
      await side.run();
      const { user, system } = process.cpuUsage(before);
      if (round > 0) side.rates.push((1e6 * IMAGES) / (user + system));
    }
  }
  const medians = all.map(({ name, rates }) => ({ name, rate: rates.sort((a, b) => a - b)[ROUNDS >> 1] }));
  const peer = medians.find(({ name }) => name === PEER)?.rate ?? null;
  return medians.map((each) => ({ ...each, ofPeer: peer === null ? null : each.rate / peer }));
}
