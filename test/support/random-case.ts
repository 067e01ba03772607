/**
 * A random co-simulation case from a seed: network, fold, images, stalls. Folds are drawn over every legal one that stays
 * buildable: first the way in which lanes are fed, then a fold among those fed that way, so that rare ways occur.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../src/base/random.js';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import { cosimulateIcarus } from '../../src/cosim/icarus.js';
import type { CosimResult, FrameEvent, WeightLoad } from '../../src/cosim/types.js';
import { elementCount } from '../../src/graph/shapes.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import { beatsOf, MAX_WIDTH } from '../../src/rtl/beats.js';
import { feedOf, isIllegal, legalFolds, outputWidth } from '../../src/rtl/fold.js';
import { weightedNodes, type WeightedNode } from '../../src/rtl/lanes.js';
import { makeDesign, type Design } from '../../src/rtl/design.js';
import { generateRtl, type GeneratedDesign } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { loadPacket } from '../../src/rtl/load.js';
import { PIPELINE_REGISTERS, pipelineRule } from '../../src/rtl/pipeline.js';
import { choosesInput, givesLogits, inputWidthFault, streamWidths, widthFault } from '../../src/rtl/stream-widths.js';
import type { Fold, LayerFold, RtlFiles, WeightSource, WeightSources } from '../../src/rtl/types.js';
import { maySumsBeShared } from '../../src/rtl/shared-sums.js';
import { possibleTableLanes } from '../../src/rtl/units/lane-tables/lanes.js';
import { mostRowsPerWord, withSource, wordShape } from '../../src/rtl/weight-memory.js';
import { weightSources } from '../../src/rtl/weight-sources.js';
import { DEFAULT_CIRCUIT } from '../../src/xor/hardware-circuit.js';
import { loadable, withOtherBits } from './loadable-network.js';
import { describeNetwork, randomImages, randomNetwork, type RandomNetworkOptions } from './random-network.js';

export interface RandomCase {
  readonly seed: number;
  readonly network: IntNetwork;
  readonly fold: Fold;
  readonly frames: number;
  readonly runs: readonly CaseRun[];
  /** Weights are loadable, and these come in while frames run; null where they are constants. */
  readonly other: IntNetwork | null;
}

/** One run of the design of a case. */
export interface CaseRun {
  /** Percent of cycles. */
  readonly stalls: number;
  /** What the source does wrong. */
  readonly events: readonly FrameEvent[];
}

/** Limits of one layer: additions a cycle, and bits of decryptor registers over all lanes and planes. */
const MAX_LANES = [16, 64, 512] as const;
const MAX_REGISTER_BITS = 8192;
/** Lanes of a layer, over all planes, above which Icarus takes many minutes for a few frames. */
const MAX_ICARUS_LANES = 64;
/** Channels of networks whose streams may be wide are multiples of this. */
const CHANNEL_STEP = 4;
/** Of so many cases, one has weights that are loaded at run time, by turns in two banks and in one, one weights of some layers that are streamed in. */
const CASES_A_MODE = 4;

/** Of so many cases, one has pipelines that are not the default. */
const CASES_A_PIPELINE = 3;

/** How a layer's lanes are fed, as far as the hardware differs. */
export function feedName(node: WeightedNode, fold: LayerFold): string {
  const feed = feedOf(node, fold);
  if (isIllegal(feed)) throw new Error(`an illegal fold: ${feed.rule}`);
  return feed.variant;
}

export function randomCase(seed: number, options: RandomNetworkOptions = {}): RandomCase {
  const random = Random.derive(seed, 'random case');
  const wide = Random.derive(seed, 'wide streams').below(2) === 0;
  const constant = randomNetwork(seed, wide ? { channelStep: CHANNEL_STEP, ...options } : options);
  const ram = seed % CASES_A_MODE === 0 ? loadable(constant) : null;
  const network = ram ?? constant;
  const sources = sourcesOf(random, network, sourceFor(seed));
  const lanes = Object.fromEntries(
    weightedNodes(network).map((node) => [
      node.name,
      randomLayerFold(seed, node, withSource(randomFold(random, node, wide), sources[node.name] ?? 'rom')),
    ]),
  );
  // Layers whose outputs are put side by side must have one width, which the draw of each does not know.
  const most = wide && network.nodes.every(({ kind }) => kind !== 'concat') ? MAX_WIDTH : 1;
  const inner = withRandomWidths(Random.derive(seed, 'random widths'), network, lanes, most);
  const fold = wide ? withRandomInput(Random.derive(seed, 'input width'), network, inner) : inner;
  const frames = random.between(3, 6);
  const runs = randomRuns(random, frames, beatsOf(elementCount(network.input.shape), streamWidths(network, fold)[0]!));
  return { seed, network, fold, frames, runs, other: ram && withOtherBits(ram, seed) };
}

function sourceFor(seed: number): WeightSource {
  if (seed % CASES_A_MODE === 0) return seed % (2 * CASES_A_MODE) === 0 ? 'ram' : 'ram-single';
  return seed % CASES_A_MODE === 1 ? 'stream' : 'rom';
}

/** Where the layers have their weights from: each, or of streams some, from the same kind of source. */
function sourcesOf(random: Random, network: IntNetwork, source: WeightSource): WeightSources {
  if (source !== 'stream') return weightSources(network, { source });
  const all = random.below(2) === 0;
  const layers = weightedNodes(network).filter(() => all || random.below(2) === 0);
  return weightSources(network, { source, layers: layers.map(({ name }) => name) });
}

/** Without stalls, with stalls, with tlast late in one frame, early in another and a wrong tkeep, with a reset in mid-frame. */
function randomRuns(random: Random, frames: number, beats: number): CaseRun[] {
  const stalls = () => random.pick([0, 10, 30, 50, 70, 90]);
  const wrongLast: FrameEvent[] = [{ frame: 0, kind: 'late-last', beat: random.between(1, 2 * beats) }];
  if (beats > 1)
    wrongLast.push({ frame: random.between(1, frames - 2), kind: 'early-last', beat: random.below(beats - 1) });
  const reset: FrameEvent = { frame: random.between(0, frames - 2), kind: 'reset', beat: random.below(beats) };
  const runs = [
    { stalls: 0, events: [] },
    { stalls: random.pick([10, 30, 50, 70, 90]), events: [] },
    { stalls: stalls(), events: wrongLast },
    { stalls: stalls(), events: [reset] },
  ];
  wrongLast.push({ frame: frames - 1, kind: 'wrong-keep', beat: random.below(beats) });
  return runs;
}

/** `even`: mostly with a PE that lets several channels leave in a cycle. */
function randomFold(random: Random, node: WeightedNode, even: boolean): LayerFold {
  const limit = random.pick(MAX_LANES);
  const byFeed = new Map<string, LayerFold[]>();
  for (const fold of legalFolds(node)) {
    const registerBits = node.planes.length * fold.simd * wordShape(node, fold).slices * node.planes[0]!.nOut;
    if (node.planes.length * fold.pe * fold.simd > limit || registerBits > MAX_REGISTER_BITS) continue;
    const name = feedName(node, fold);
    byFeed.set(name, [...(byFeed.get(name) ?? []), fold]);
  }
  const fed = random.pick([...byFeed.values()]);
  const wide = even && random.below(4) > 0 ? fed.filter(({ pe }) => pe % 2 === 0) : [];
  const fold = random.pick(wide.length > 0 ? wide : fed);
  const most = mostRowsPerWord(node, fold);
  return { ...fold, rowsPerWord: random.pick([1, most, random.between(1, most)]) };
}

/** With any number of lanes a table, with shared sums, or with none of both, where there is more than that to draw. */
function withRandomSums(seed: number, node: WeightedNode, fold: LayerFold): LayerFold {
  const tables = possibleTableLanes(node, fold);
  const tableLanes = tables.length === 1 ? 0 : Random.derive(seed, `tables of ${node.name}`).pick(tables);
  const own = tables.length === 1 ? fold : { ...fold, tableLanes };
  if (!maySumsBeShared(node, own)) return own;
  return { ...own, sharedSums: Random.derive(seed, `shared sums of ${node.name}`).below(2) === 0 };
}

/** What a fold says beside its lanes. */
function randomLayerFold(seed: number, node: WeightedNode, fold: LayerFold): LayerFold {
  return withRandomDecryptor(seed, node, withRandomPipeline(seed, node, withRandomSums(seed, node, fold)));
}

/** With either decryptor where the fold's pipeline leaves the choice. */
function withRandomDecryptor(seed: number, node: WeightedNode, fold: LayerFold): LayerFold {
  const holds = Random.derive(seed, `decryptor of ${node.name}`).below(2) === 0;
  const own: LayerFold = { ...fold, decryptor: holds ? 'hold' : 'shift' };
  return pipelineRule(node, own) === null ? own : fold;
}

/** Of every third case each layer with any pipeline: levels of adders between registers, and registers that it may have. */
function withRandomPipeline(seed: number, node: WeightedNode, fold: LayerFold): LayerFold {
  if (seed % CASES_A_PIPELINE !== 0) return fold;
  const random = Random.derive(seed, `pipeline of ${node.name}`);
  const possible = PIPELINE_REGISTERS.filter(
    (register) => pipelineRule(node, { ...fold, registers: [register] }) === null,
  );
  const registers = possible.filter(() => random.below(2) === 0);
  return { ...fold, treeLevels: random.between(1, 4), registers };
}

/** Any width up to the most, as far as a layer's output can have it. */
function withRandomWidths(random: Random, network: IntNetwork, lanes: Fold, most: number): Fold {
  const fold: Record<string, LayerFold> = { ...lanes };
  for (const node of weightedNodes(network)) {
    let width = Math.min(most, 2 ** random.below(1 + Math.log2(MAX_WIDTH)));
    if (most > 1 && givesLogits(network, node)) {
      const { pe } = lanes[node.name]!;
      const possible = Array.from({ length: Math.min(most, pe) }, (_, i) => i + 1);
      width = random.pick(possible.filter((each) => outputWidth(node, pe, each, true) === each));
      fold[node.name] = { ...lanes[node.name]!, width };
      continue;
    }
    const set = (): void => void (fold[node.name] = { ...lanes[node.name]!, width });
    for (set(); width > 1 && widthFault(network, fold, node) !== null; set()) width /= 2;
  }
  return fold;
}

/** Up to so many elements a beat of the input as all that read it can take. */
function withRandomInput(random: Random, network: IntNetwork, fold: Fold): Fold {
  const readers = weightedNodes(network).filter((node) => choosesInput(network, node));
  for (let inputWidth = 2 ** random.below(1 + Math.log2(MAX_WIDTH)); inputWidth > 1; inputWidth /= 2) {
    const wide = { ...fold, ...Object.fromEntries(readers.map(({ name }) => [name, { ...fold[name]!, inputWidth }])) };
    const fits = weightedNodes(network).every(
      (node) => inputWidthFault(network, wide, node) === null && widthFault(network, wide, node) === null,
    );
    if (readers.length > 0 && fits) return wide;
  }
  return fold;
}

/** One line that repeats the case by hand. */
export function describeCase(which: RandomCase): string {
  const { seed, network, fold, frames } = which;
  const folds = Object.entries(fold).map(
    ([name, { pe, simd, rowsPerWord: reads, width, treeLevels = 2, registers = [] }]) =>
      `${name} PE ${pe} SIMD ${simd} reads ${reads} width ${width} levels ${treeLevels} registers ${registers.join(' ')}`,
  );
  const streamed = Object.keys(fold).filter((name) => fold[name]!.weights === 'stream');
  const weights =
    which.other === null ? (streamed.length === 0 ? 'constant' : `streamed (${streamed.join(', ')})`) : 'loaded';
  return `seed ${seed}: ${describeNetwork(network)}; ${weights} weights; fold ${folds.join(', ')}; ${frames} frames`;
}

/** Other weights after about half of the frames. */
function loadsOf({ network, frames, other }: RandomCase, design: Design): readonly WeightLoad[] {
  if (other === null) return [];
  const afterBeats = Math.floor((frames * beatsOf(elementCount(network.input.shape), design.plan.widths[0]!)) / 2);
  return [{ network: other, packet: loadPacket(design.plan, other), afterBeats }];
}

function withFault(design: RtlFiles, fault: CaseOptions['fault']): RtlFiles {
  if (fault === undefined) return design;
  return { ...design, files: new Map(Array.from(design.files, ([path, text]) => [path, fault(path, text)])) };
}

/** A tenth of the default's search for small XOR circuits, which is more than half of the work on a random design. */
const XOR = { ...DEFAULT_CIRCUIT, iterations: 500 };

/** The design of a case. */
export function caseDesign({ network, fold }: RandomCase): GeneratedDesign {
  return generateRtl(makeDesign(network, { fold, xor: XOR }));
}

export interface CaseOptions {
  /** C++ compilers at once. */
  readonly jobs?: number;
  /** Run in Icarus as well, where no layer has too many lanes for it. */
  readonly icarus?: boolean;
  /** Changes the text of a generated file, to see that a fault is found. */
  readonly fault?: (path: string, text: string) => string;
}

/**
 * Runs a case: every stream compared in every run, and without stalls every predicted cycle with the measured one. Returns
 * what went wrong with all that is needed to repeat it (the design's folder stays), or null.
 */
export async function runCase(which: RandomCase, options: CaseOptions = {}): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), `flexor-random-${which.seed}-`));
  const generated = caseDesign(which);
  const { design } = generated;
  writeDesign(withFault(generated, options.fault), folder);
  const images = randomImages(which.network, which.frames, which.seed);
  const common = { folder, design, images, seed: which.seed, layers: true };
  for (const { stalls, events } of which.runs) {
    const jobs = options.jobs ?? 1;
    const loads = events.length === 0 && stalls > 0 ? loadsOf(which, design) : [];
    const change = loads.length > 0 ? { loads } : { events };
    const results = [await cosimulate({ ...common, ...change, stalls, optimise: 'build-time', jobs })];
    if (options.icarus && events.length === 0 && suitsIcarus(which))
      results.push(await cosimulateIcarus({ ...common, stalls }));
    const failure = results.map((result) => failureOf(result, events)).find((text) => text !== null);
    if (failure !== undefined) {
      const run = `${stalls} % stalls, events ${JSON.stringify(events)}`;
      return `${failure}; ${run}; ${describeCase(which)}; design kept in ${folder}`;
    }
  }
  rmSync(folder, { recursive: true });
  return null;
}

function suitsIcarus({ network, fold }: RandomCase): boolean {
  return weightedNodes(network).every(({ name, planes }) => {
    const { pe, simd } = fold[name]!;
    return pe * simd * planes.length <= MAX_ICARUS_LANES;
  });
}

function failureOf(result: CosimResult, events: readonly FrameEvent[]): string | null {
  if (!result.passed) return `${result.simulator}: ${result.failure}`;
  const came = result.frames.length + result.droppedFrames;
  if (came !== result.images) return `${result.simulator}: ${came} of ${result.images} frames accounted for`;
  if (result.droppedFrames > 0 && !events.some(({ kind }) => kind === 'reset')) return 'frames were dropped';
  return null;
}
