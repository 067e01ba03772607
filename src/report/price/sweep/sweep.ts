/**
 * The price of decryptors over kinds of M⊕ (`flexor price-sweep`): every matrix is minimised as the generator does it, its
 * circuit and its decryptor are synthesised, and what that adds is set against the memory that it saves.
 */
import type { RtlFiles } from '../../../rtl/types.js';
import { DEFAULT_CIRCUIT, hardwareCircuit } from '../../../xor/hardware-circuit.js';
import { xorMatrix } from '../../../xor/matrix.js';
import type { Library } from '../../area/liberty/library.js';
import { RAM_UM2_PER_BIT, ROM_UM2_PER_BIT } from '../../area/memory-density.js';
import type { SynthesisOptions } from '../../area/synthesise.js';
import { targetRule } from '../../area/targets.js';
import type { Resources } from '../../area/types.js';
import { measureModules } from './measure.js';
import { REFERENCE_TITLE, referenceDesign, referenceLogic } from './reference-layer.js';
import { rowOf } from './rows.js';
import { SWEEP_TARGETS } from './types.js';
import type { Sizes, SweepReport, SweepRequest, SweepTarget } from './types.js';
import { kindsOf, slicesOf, variantOf } from './variants.js';
import type { Kind, Variant } from './variants.js';
import type { DecryptorModule } from './verilog.js';

export interface SweepOptions extends Omit<SynthesisOptions, 'rule'> {
  /** Syntheses at once. */
  readonly jobs: number;
  /** For `asic`. */
  readonly library: Library;
  /** `done` of 1, and what is going on. */
  readonly onProgress: (done: number, note: string) => void;
}

/** Shares of the work, for the progress bar: minimisation; of a target, the reference layer. */
const [MINIMISING, REFERENCE] = [0.1, 0.1];

export async function sweepPrices(request: SweepRequest, options: SweepOptions): Promise<SweepReport> {
  const { pe } = request;
  const kinds = kindsOf(request);
  const variants = drawVariants(kinds, request, options);
  const modules = [plainRegister(pe), ...variants.flatMap((variant, v) => modulesOf(variant, v, pe))];
  const reference = referenceDesign(pe);
  const asic = await measureTarget('asic', modules, reference, options);
  const xcup = await measureTarget('xcup', modules, reference, options);
  const sizes = (module: string): Sizes => sizesOf(asic.resources.get(module)!, xcup.resources.get(module)!);
  const plain = sizes(PLAIN);
  const logic = sizesOf(asic.reference, xcup.reference);
  const measured = variants.map((variant, v) => {
    return { variant, circuit: sizes(circuitName(v)), decryptor: sizes(decryptorName(v)) };
  });
  return {
    request,
    yosysVersion: asic.yosysVersion,
    library: options.library.name,
    memoryUm2PerBit: { sram: RAM_UM2_PER_BIT, rom: ROM_UM2_PER_BIT },
    plainRegister: plain,
    referenceLayer: { title: REFERENCE_TITLE, logic },
    rows: kinds.map((kind) => {
      const own = measured.filter(({ variant }) => variant.kind === kind);
      return rowOf(kind, own, { pe, plain, logic });
    }),
  };
}

/** `seeds` matrices of each kind. */
function drawVariants(
  kinds: readonly Kind[],
  { seeds, firstSeed, iterations }: SweepRequest,
  { onProgress }: SweepOptions,
): Variant[] {
  return kinds.flatMap((kind, k) =>
    Array.from({ length: seeds }, (_, s): Variant => {
      onProgress((MINIMISING * (k * seeds + s)) / (kinds.length * seeds), 'minimising');
      return variantOf(kind, firstSeed + s, iterations);
    }),
  );
}

interface TargetAreas {
  /** By module. */
  readonly resources: ReadonlyMap<string, Resources>;
  readonly reference: Resources;
  readonly yosysVersion: string;
}

async function measureTarget(
  target: SweepTarget,
  modules: readonly DecryptorModule[],
  reference: RtlFiles,
  { library, onProgress, ...options }: SweepOptions,
): Promise<TargetAreas> {
  const share = (1 - MINIMISING) / SWEEP_TARGETS.length;
  const progress = (done: number, note: string): void =>
    onProgress(MINIMISING + share * (SWEEP_TARGETS.indexOf(target) + done), `${note} for ${target}`);
  const rule = targetRule(target, library);
  const onBatch = (done: number, total: number): void => progress(((1 - REFERENCE) * done) / total, 'decryptors');
  const measured = await measureModules(modules, reference, { ...options, rule, onProgress: onBatch });
  progress(1 - REFERENCE, 'reference layer');
  const layer = await referenceLogic(reference, { ...options, rule });
  return { ...measured, reference: layer };
}

const PLAIN = 'plain';
const circuitName = (v: number): string => `circuit_${v}`;
const decryptorName = (v: number): string => `decryptor_${v}`;

/** What a plain design has in place of a decryptor: a register of PE bits behind the memory. */
function plainRegister(pe: number): DecryptorModule {
  return {
    module: PLAIN,
    circuit: hardwareCircuit(xorMatrix(1, 1, Uint8Array.of(1)), DEFAULT_CIRCUIT),
    register: { slices: pe, pe },
  };
}

function modulesOf({ kind, circuit }: Variant, v: number, pe: number): DecryptorModule[] {
  return [
    { module: circuitName(v), circuit, register: null },
    { module: decryptorName(v), circuit, register: { slices: slicesOf(kind, pe), pe } },
  ];
}

function sizesOf(asic: Resources, xcup: Resources): Sizes {
  return { asic: asic.logicUm2, nand2: asic.nand2, xcup: xcup.luts };
}
