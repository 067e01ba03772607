/** What is put around a design so that it can be used without this tool: testbench, scripts, diagram, README. */
import { FlexorError } from '../base/errors.js';
import { testVectors } from '../cosim/vectors.js';
import { rangeWarnings } from '../model/reach.js';
import { pipelineFigures } from '../report/figures/pipeline.js';
import { pipelineFile } from '../report/page/drawings/pipeline.js';
import { generateRtl, type GeneratedDesign } from '../rtl/generate.js';
import { prepareDesignFolder, writeDesign } from '../rtl/write-design.js';
import { addPackage } from '../rtl/package/package.js';
import { designTiming, type DesignTiming } from '../rtl/timing/timing.js';
import type { Manifest } from '../rtl/types.js';
import { designOf, type GenerationOptions } from './design.js';
import { DEFAULT_CLOCK_MHZ } from './fold.js';
import { additions, CANDIDATES_PER_FRAME, chooseFrames } from './frames.js';
import { loadLowered, loadTestImages } from './inputs.js';
import type { LoweredModel, LoweringOptions, TestImages } from './inputs.js';
import type { TestDataOptions } from './test-sets.js';

export interface PackageOptions {
  /** Frames of the testbench; default: DEFAULT_FRAMES, none for a network that is slow to evaluate. */
  readonly vectors?: number;
  readonly seed: number;
  readonly clockMhz?: number;
  /** Images to choose the frames from, at least as many, in the network's input format; without them they are random. */
  readonly images?: readonly Int32Array[];
}

const DEFAULT_FRAMES = 2;
/** Additions a frame up to which vectors are made unasked: some seconds. */
const MANY_ADDITIONS = 2e8;
const DIAGRAM_COLUMNS = 4;

export interface WritePackageOptions
  extends LoweringOptions, GenerationOptions, Omit<PackageOptions, 'images'>, TestDataOptions {
  /** Folder of the design; of one that is there its own files are replaced. */
  readonly output: string;
}

/** What was written. */
export interface WrittenPackage {
  readonly manifest: Manifest;
  /** The estimated clock. */
  readonly timing: DesignTiming;
  /** About ranges that cannot be right, and data that are not what the model's accuracy was measured on. */
  readonly warnings: readonly string[];
}

/** Generates the design of a model file with everything around it and writes the folder. */
export async function writePackage(path: string, options: WritePackageOptions): Promise<WrittenPackage> {
  prepareDesignFolder(options.output);
  const lowered = loadLowered(path, options);
  const frames = options.vectors ?? DEFAULT_FRAMES;
  const isGiven = options.data !== undefined || options.dataset !== undefined;
  const images = isGiven && frames > 0 ? await loadCandidates(lowered, options, frames) : null;
  const around = images === null ? options : { ...options, vectors: frames, images: images.quantised };
  const generated = packaged(generateRtl(designOf(lowered.network, options)), around);
  writeDesign(generated, options.output);
  const timing = designTiming(generated.design.plan);
  return { manifest: generated.manifest, timing, warnings: images?.warnings ?? rangeWarnings(lowered.model) };
}

/** Test images to choose the frames of the testbench from. */
async function loadCandidates(
  lowered: LoweredModel,
  options: WritePackageOptions,
  frames: number,
): Promise<TestImages> {
  const loaded = await loadTestImages(lowered, { ...options, atMost: frames * CANDIDATES_PER_FRAME });
  if (frames <= loaded.count) return loaded;
  throw new FlexorError('usage', `--vectors must be at most ${loaded.count} for ${loaded.dataset}, got ${frames}`);
}

/** A design with testbench, scripts, diagram and README added to its files. */
export function packaged(generated: GeneratedDesign, options: PackageOptions): GeneratedDesign {
  const { manifest, design } = generated;
  const { network } = design;
  const clockMhz = options.clockMhz ?? DEFAULT_CLOCK_MHZ;
  const frames = options.vectors ?? (additions(network) > MANY_ADDITIONS ? 0 : DEFAULT_FRAMES);
  return addPackage(generated, {
    vectors: frames === 0 ? null : vectorsOf(generated, frames, options),
    diagram: pipelineFile(pipelineFigures(manifest, null, clockMhz), manifest.classes.length, DIAGRAM_COLUMNS),
    clockMhz,
  });
}

function vectorsOf({ design: { network }, manifest }: GeneratedDesign, frames: number, options: PackageOptions) {
  const from = options.images === undefined ? { seed: options.seed } : { images: options.images };
  const { images, info } = chooseFrames(network, from, frames, options.vectors !== undefined);
  return { ...testVectors(network, manifest, images), info };
}
