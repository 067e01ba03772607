/** Whether a design is what its model says: every stored bit, every XOR circuit, every module, and runs of test images. */
import { join, resolve } from 'node:path';
import { unpackBits } from '../base/bits.js';
import { FlexorError } from '../base/errors.js';
import { readText } from '../base/files.js';
import { cosimulate } from '../cosim/cosimulate.js';
import { readManifest } from '../cosim/design.js';
import type { CosimResult } from '../cosim/types.js';
import { isWeighted } from '../graph/order.js';
import { checkFiles, networkPlanes, type StoredPlane } from '../report/verify/files.js';
import { ownSets, proveOwn } from '../report/verify/own-proofs.js';
import { libraryOf, proofCount, proofsOf } from '../report/verify/proofs.js';
import { chooseVectors, mutationScore } from '../report/verify/vectors.js';
import {
  firstFault,
  type ModuleProof,
  type OwnProof,
  type SampledRuns,
  type Verification,
} from '../report/verify/types.js';
import { makeDesign } from '../rtl/design.js';
import { generateRtl, type GeneratedDesign } from '../rtl/generate.js';
import { sliceCount } from '../xor/matrix.js';
import { designOf, place, type GenerationOptions } from './design.js';
import { loweringOf, requestOf } from './design-folder.js';
import { loadLowered, loadTestImages } from './inputs.js';
import type { ImageOptions, LoweredModel, LoweringOptions, TestImages } from './inputs.js';
import { withProgress, type StartProgress } from './progress.js';

export { firstFault };

export const PROOF_MODES = ['list', 'run', 'own', 'none'] as const;

export interface VerifyOptions extends ImageOptions, LoweringOptions, GenerationOptions {
  /** Folder of a design that was generated earlier; without it one is generated. */
  readonly design?: string;
  /** Test images to run; 0 for none. */
  readonly images: number;
  /** Of the first so many images, those are run that observe most bits. */
  readonly candidates: number;
  /** Flipped bits that are tried on these images. */
  readonly mutants: number;
  /** Of the second run, in per cent; 0 leaves it out. */
  readonly stalls: number;
  readonly seed: number;
  readonly proofs: (typeof PROOF_MODES)[number];
  /** Of all proofs at the design's own parameters. */
  readonly proofSeconds: number;
  readonly cache?: string;
}

export interface ModelVerification extends Verification {
  readonly lowered: LoweredModel;
  /** Top module of the design. */
  readonly top: string;
  readonly warnings: readonly string[];
}

/** Verifies a design. What is wrong is in the result (`firstFault`); runs are left out where a check before them failed. */
export async function verifyModel(
  path: string,
  options: VerifyOptions,
  now: () => number,
  start: StartProgress,
): Promise<ModelVerification> {
  const written = options.design === undefined ? null : readManifest(resolve(options.design));
  const lowering = written === null ? options : loweringOf(written, options);
  const lowered = loadLowered(path, lowering);
  if (written !== null && written.modelDigest !== lowered.network.modelDigest) {
    throw new FlexorError(
      'mismatch',
      `the design in ${options.design} is of another model: SHA-256 ${written.modelDigest}, ` +
        `${path} has ${lowered.network.modelDigest}`,
    );
  }
  const { network } = lowered;
  const design = written === null ? designOf(network, options) : makeDesign(network, requestOf(written));
  const images = options.images === 0 ? null : await loadCandidates(lowered, options);
  const generated = generateRtl(design);
  const placed = written === null ? place(generated, undefined) : null;
  const folder = placed?.folder ?? resolve(options.design!);
  const read = (file: string): string => readText(join(folder, file));
  const statics = checkFiles(generated, readManifest(folder), read, planesIn(lowered));
  const proofs = await checkProofs(generated, options, start);
  const ownProofs = options.proofs === 'own' ? await checkOwn(generated, options, now, start) : null;
  const before: Verification = { ...statics, proofs, ownProofs, runs: null };
  const runs =
    images === null || firstFault(before) !== null
      ? null
      : await runImages(folder, generated, images.quantised, options, start);
  const result = { ...before, runs };
  if (firstFault(result) === null) placed?.discard();
  else placed?.retain();
  return { ...result, lowered, top: generated.manifest.topModule, warnings: images?.warnings ?? [] };
}

/** Of a layer: from the model file where it has encrypted bits, else what lowering chose. */
function planesIn({ model, network }: LoweredModel): (layer: string) => StoredPlane[] {
  return (layer) => {
    const node = model.nodes.find(({ name }) => name === layer);
    const lowered = network.nodes.filter(isWeighted).find(({ name }) => name === layer)!;
    if (node === undefined || !('weights' in node) || node.weights.encoding !== 'xor') return networkPlanes(lowered);
    const weights = lowered.windowSize * lowered.outChannels;
    return node.weights.planes.map(({ matrix, encrypted }) => ({
      encrypted: unpackBits(encrypted, sliceCount(weights, matrix) * matrix.nIn),
      matrix,
    }));
  };
}

/** Images to choose from, at least those that are to be run. */
async function loadCandidates(lowered: LoweredModel, options: VerifyOptions): Promise<TestImages> {
  const { images, candidates, ...data } = options;
  const loaded = await loadTestImages(lowered, { ...data, atMost: Math.max(images, candidates) });
  if (images <= loaded.count) return loaded;
  throw new FlexorError('usage', `--images must be at most ${loaded.count} for ${loaded.dataset}, got ${images}`);
}

async function checkProofs(
  { manifest }: GeneratedDesign,
  { proofs }: VerifyOptions,
  start: StartProgress,
): Promise<ModuleProof[] | null> {
  if (proofs === 'none') return null;
  const modules = libraryOf(manifest.verilog);
  if (proofs !== 'run') return proofsOf(modules, null);
  return withProgress(start, 'proofs', proofCount(modules), (onProgress) => proofsOf(modules, { onProgress }));
}

function checkOwn(
  generated: GeneratedDesign,
  { proofSeconds: seconds }: VerifyOptions,
  now: () => number,
  start: StartProgress,
): Promise<OwnProof[]> {
  return withProgress(start, 'proofs', ownSets(generated).length, (onProgress) =>
    proveOwn(generated, { seconds, now, onProgress }),
  );
}

/** Chooses the images and runs them, every stream compared. */
async function runImages(
  folder: string,
  { design }: GeneratedDesign,
  candidates: readonly Int32Array[],
  { images: count, mutants, stalls, seed, cache }: VerifyOptions,
  start: StartProgress,
): Promise<SampledRuns> {
  const { network } = design;
  const vectors = await withProgress(start, 'images', candidates.length, (onProgress) =>
    chooseVectors(network, candidates, count, onProgress),
  );
  const images = vectors.images.map((i) => candidates[i]!);
  const mutation = await withProgress(start, 'mutants', mutants, (onProgress) =>
    mutationScore(network, images, mutants, seed, onProgress),
  );
  const run = (percent: number): Promise<CosimResult> =>
    withProgress(start, percent === 0 ? 'RTL' : `RTL, ${percent}% stalls`, images.length, (onProgress) =>
      cosimulate({
        ...{ folder, design, images, stalls: percent, seed, layers: true },
        ...(cache === undefined ? {} : { cacheDir: cache }),
        onProgress: (step, done) => onProgress(done, step),
      }),
    );
  const free = await run(0);
  return { vectors, mutation, free, stalled: stalls === 0 || !free.passed ? null : await run(stalls) };
}
