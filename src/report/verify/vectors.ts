/**
 * Test vectors by what they observe: of many images, those that together observe most encrypted bits, chosen one after the
 * other; and how many single-bit faults the chosen ones show.
 */
import { countOnes, packBits } from '../../base/bits.js';
import { Random } from '../../base/random.js';
import { isWeighted } from '../../graph/order.js';
import type { IntNetwork, IntPlane } from '../../fixed/types.js';
import { createSimulator } from '../../simulate/simulate.js';
import { decrypt, xorMatrix } from '../../xor/matrix.js';
import { createObserver, type ObservedLayer } from './observed.js';

/** What images observe of a layer. */
export interface LayerCoverage {
  readonly layer: string;
  readonly encryptedBits: number;
  readonly encryptedObserved: number;
  /** Behind M⊕, where one encrypted bit is several. */
  readonly weightBits: number;
  readonly weightObserved: number;
}

export interface ChosenVectors {
  /** Indices of the images, the one that observes most first. */
  readonly images: readonly number[];
  readonly coverage: readonly LayerCoverage[];
  /** Encrypted bits that as many images observe, taken from the front. */
  readonly observedByFirst: number;
}

/** Of a network's layers and planes, bits packed eight a byte. */
type Packed = readonly { readonly encrypted: Uint8Array; readonly weights: Uint8Array }[];

/** Chooses `count` of the candidates. `onProgress`: candidates looked at. */
export function chooseVectors(
  network: IntNetwork,
  candidates: readonly Int32Array[],
  count: number,
  onProgress: (done: number) => void = () => undefined,
): ChosenVectors {
  const observer = createObserver(network);
  const nodes = network.nodes.filter(isWeighted);
  const observed = candidates.map((image, i) => {
    onProgress(i);
    const layers = observer.observe(image);
    return nodes.map(({ name }) => packed(layers.get(name)!));
  });
  const images: number[] = [];
  let seen: Packed = nodes.map((_, i) => ({
    encrypted: new Uint8Array(observed[0]![i]!.encrypted.length),
    weights: new Uint8Array(observed[0]![i]!.weights.length),
  }));
  while (images.length < Math.min(count, candidates.length)) {
    let [best, gain] = [-1, -1];
    observed.forEach((each, i) => {
      if (images.includes(i)) return;
      const more = encryptedOnes(union(seen, each));
      if (more > gain) [best, gain] = [i, more];
    });
    images.push(best);
    seen = union(seen, observed[best]!);
  }
  const coverage = nodes.map(({ name, planes }, i): LayerCoverage => {
    const bits = (of: (plane: IntPlane) => Uint8Array): number =>
      planes.reduce((sum, plane) => sum + of(plane).length, 0);
    return {
      layer: name,
      encryptedBits: bits(({ encrypted }) => encrypted),
      encryptedObserved: countOnes(seen[i]!.encrypted),
      weightBits: bits(({ codes }) => codes),
      weightObserved: countOnes(seen[i]!.weights),
    };
  });
  return {
    images,
    coverage,
    observedByFirst: encryptedOnes(observed.slice(0, count).reduce<Packed>(union, observed[0]!)),
  };
}

/**
 * Indices of the `count` most active images, the most active first. An activation that is not 0 can show a weight bit for
 * every output channel it goes to, so a layer counts with the share of them at its input and its weight bits.
 */
export function mostActive(network: IntNetwork, images: readonly Int32Array[], count: number): number[] {
  const simulator = createSimulator(network);
  const nodes = network.nodes.filter(isWeighted);
  const index = new Map(['input', ...network.nodes.map(({ name }) => name)].map((name, i) => [name, i]));
  const activity = images.map((image) => {
    const streams = simulator.trace(image);
    return nodes.reduce((sum, { input, planes }) => {
      const values = streams[index.get(input)!]!;
      let active = 0;
      for (let i = 0; i < values.length; i++) if (values[i] !== 0) active++;
      return sum + (active / values.length) * planes.reduce((bits, { codes }) => bits + codes.length, 0);
    }, 0);
  });
  const order = images.map((_, i) => i).sort((a, b) => activity[b]! - activity[a]! || a - b);
  return order.slice(0, count);
}

function packed({ encrypted, weights }: ObservedLayer): Packed[number] {
  const join = (planes: readonly Uint8Array[]): Uint8Array => {
    const all = new Uint8Array(planes.reduce((sum, plane) => sum + plane.length, 0));
    planes.reduce((at, plane) => {
      all.set(plane, at);
      return at + plane.length;
    }, 0);
    return packBits(all);
  };
  return { encrypted: join(encrypted), weights: join(weights) };
}

function union(a: Packed, b: Packed): Packed {
  const or = (x: Uint8Array, y: Uint8Array): Uint8Array => x.map((byte, i) => byte | y[i]!);
  return a.map((each, i) => ({
    encrypted: or(each.encrypted, b[i]!.encrypted),
    weights: or(each.weights, b[i]!.weights),
  }));
}

function encryptedOnes(layers: Packed): number {
  return layers.reduce((sum, { encrypted }) => sum + countOnes(encrypted), 0);
}

/** Of `mutants` single flipped encrypted bits, drawn from all, those that change what a comparison sees. */
export interface MutationScore {
  readonly mutants: number;
  readonly seed: number;
  /** In a stream of the design; co-simulation compares them all. */
  readonly inStreams: number;
  /** In the logits; a testbench that sees only the output compares these. */
  readonly inLogits: number;
}

/** Flips bits one after the other and runs the images with each. */
export function mutationScore(
  network: IntNetwork,
  images: readonly Int32Array[],
  mutants: number,
  seed: number,
  onProgress: (done: number) => void = () => undefined,
): MutationScore {
  const random = Random.derive(seed, 'mutants');
  const nodes = network.nodes.filter(isWeighted);
  const planes = nodes.flatMap((node) => node.planes.map((plane) => ({ node, plane })));
  const bits = planes.reduce((sum, { plane }) => sum + plane.encrypted.length, 0);
  const right = createSimulator(network).runAll(images);
  const observer = createObserver(network);
  const observed = images.map((image) => observer.observe(image));
  let [inStreams, inLogits] = [0, 0];
  for (let mutant = 0; mutant < mutants; mutant++) {
    onProgress(mutant);
    let at = random.below(bits);
    const { node, plane } = planes.find(({ plane: { encrypted } }) => {
      if (at < encrypted.length) return true;
      at -= encrypted.length;
      return false;
    })!;
    const q = node.planes.indexOf(plane);
    // A bit that changes no output of its layer changes nothing behind it.
    if (!observed.some((layers) => layers.get(node.name)!.encrypted[q]![at] === 1)) continue;
    inStreams++;
    const flipped = { ...node, planes: node.planes.map((each) => (each === plane ? withFlippedBit(plane, at) : each)) };
    const other = { ...network, nodes: network.nodes.map((each) => (each === node ? flipped : each)) };
    const results = createSimulator(other).runAll(images);
    if (results.some(({ logits }, i) => logits.some((logit, c) => logit !== right[i]!.logits[c]))) inLogits++;
  }
  return { mutants, seed, inStreams, inLogits };
}

/** The plane with one encrypted bit flipped. */
export function withFlippedBit(plane: IntPlane, at: number): IntPlane {
  const { nIn, nOut, matrix, codes } = plane;
  const encrypted = plane.encrypted.map((bit, i) => (i === at ? 1 - bit : bit));
  return { ...plane, encrypted, codes: decrypt(encrypted, xorMatrix(nIn, nOut, matrix), codes.length) };
}
