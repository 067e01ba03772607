/** Runs a random QONNX graph: executor against float and integer network at every tensor, integer network against the RTL. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlexorError } from '../../src/base/errors.js';
import { verifyImport } from '../../src/app/import-verify.js';
import { cosimulateIcarus } from '../../src/cosim/icarus.js';
import { lower } from '../../src/fixed/lower.js';
import { quantiseInput } from '../../src/fixed/scales.js';
import { importOnnx } from '../../src/onnx/import/import.js';
import { readOnnx } from '../../src/onnx/read.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { randomOnnx } from './random-onnx.js';

const provenance = { recipe: '', seed: null, dataset: 'x', testAccuracy: null, testImages: null, notes: '' };

export interface OnnxCaseOptions {
  /** Runs the hardware, too. */
  readonly rtl: boolean;
}

/** What a graph may be refused for: no requantiser has the steps of a signed quantiser that rounds by the sign. */
const REFUSED =
  /no multiplier of 32 bits gives the steps of its quantiser|a signed output that rounds '(away|to-zero)'/;

export interface OnnxCaseResult {
  /** What went wrong; null for nothing. */
  readonly failure: string | null;
  readonly refused: boolean;
  /** Tensors that had to be equal integers. */
  readonly exact: number;
}

export async function runOnnxCase(seed: number, { rtl }: OnnxCaseOptions): Promise<OnnxCaseResult> {
  const { bytes, inputs, text } = randomOnnx(seed);
  const onnx = readOnnx(bytes, 'g');
  const options = { name: `g${seed}`, pixels: { mean: [0], std: [1] }, classes: null, provenance };
  const imported = importOnnx(onnx, 'g', { ...options, samples: inputs });
  const verified = verifiedOrRefused(() => verifyImport(onnx, imported, inputs, 'g', {}));
  if (verified === null) return { failure: null, refused: true, exact: 0 };
  const { tensors, classDiffers } = verified;
  const exact = tensors.filter((tensor) => tensor.exact);
  const differs = exact.filter(({ floatDiffers, integerDiffers }) => floatDiffers + integerDiffers > 0);
  // Where a tensor is not quantised, such as the mean of an average pool, classes next to each other may change places.
  const wrong = exact.length === tensors.length ? classDiffers : 0;
  if (differs.length > 0 || wrong > 0) {
    const list = differs.map(({ node, floatDiffers, integerDiffers }) => `${node} ${floatDiffers} ${integerDiffers}`);
    const failure = `seed ${seed}: ${list.join(', ')}, classes ${classDiffers}: ${text}`;
    return { failure, refused: false, exact: exact.length };
  }
  const failure = rtl ? await rtlFailure(seed, imported, inputs) : null;
  return { failure: failure && `seed ${seed}: ${failure}: ${text}`, refused: false, exact: exact.length };
}

function verifiedOrRefused<T>(verify: () => T): T | null {
  try {
    return verify();
  } catch (error) {
    if (error instanceof FlexorError && REFUSED.test(error.message)) return null;
    throw error;
  }
}

async function rtlFailure(
  seed: number,
  { model, preprocess }: ReturnType<typeof importOnnx>,
  inputs: readonly Float64Array[],
): Promise<string | null> {
  const network = lower(model, '0'.repeat(64));
  const design = makeDesign(network);
  const folder = mkdtempSync(join(tmpdir(), `flexor-onnx-${seed}-`));
  writeDesign(generateRtl(design), folder);
  const images = inputs.map((input) => quantiseInput(network, preprocess(input)));
  const result = await cosimulateIcarus({
    folder,
    design,
    images,
    stalls: seed % 2 === 0 ? 0 : 30,
    seed,
    layers: true,
  });
  if (!result.passed) return `${result.failure}; design kept in ${folder}`;
  rmSync(folder, { recursive: true });
  return null;
}
