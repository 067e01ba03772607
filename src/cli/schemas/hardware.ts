/** JSON of the commands that are about designs: fold, gen-rtl, load-file, cosim, compare, memory. */
import { z } from 'zod';
import {
  busiest,
  calibration,
  count,
  data,
  digest,
  fold,
  format,
  layerFold,
  names,
  numbers,
  shape,
  share,
  timing,
} from './parts.js';

const cost = z.strictObject({
  ...{ luts: count, lutRams: count, flipFlops: count, bram18: count, multipliers: count, memoryBits: count },
});
const longest = { layer: z.string(), path: z.string(), module: z.string(), ns: z.number() };
/** The estimated clock. */
export const estimate = z
  .strictObject({ ...longest, mhz: z.number(), layers: z.array(z.strictObject(longest)) })
  .describe('the longest path, estimated for UltraScale+ before placement, and that of every layer');
const point = z.strictObject({ cycles: count, slowest: names, fold, area: z.number(), cost });

export const foldFound = z.strictObject({
  schema: z.literal('flexor.fold/1'),
  ...{ model: z.string(), clockMhz: z.number() },
  layers: z.array(
    z.strictObject({ name: z.string(), fold: layerFold, cycles: count, busy: share, idleLanes: share, cost }),
  ),
  others: z.array(z.strictObject({ name: z.string(), cycles: count, busy: share })),
  ...{ rest: cost, total: cost, area: z.number(), cyclesPerFrame: count, latencyCycles: count },
  thresholds: z.array(z.string()).describe('layers whose outputs come of comparisons, without a multiplier'),
  ...{
    lowerBoundCycles: z.number(),
    utilisation: share,
    timing: estimate,
    limits: z.string(),
    nextFaster: point.nullable(),
  },
  plain: cost.describe('of the same design with plain 1-bit weights'),
  device: z
    .strictObject({
      ...{ device: z.string(), luts: share, flipFlops: share, blockRams: share, multipliers: share },
      fits: z.literal(true),
    })
    .nullable()
    .describe('the smallest AMD device known that holds the design, with the shares of it; null where none does'),
  pareto: z.array(point).nullable().describe('null without --pareto'),
});

/** A layer of a design that has weights. */
export const weighted = z.strictObject({
  ...{ pe: count, simd: count, rowsPerWord: count, width: count, groups: count, cyclesPerPixel: count },
  ramStyle: z.enum(['block', 'distributed']).optional().describe('what the fold says that the memory is made of'),
  tableLanes: count.optional().describe('lanes that share a table of their partial sums; absent: no tables'),
  sharedSums: z.literal(true).optional().describe('channels share sums and differences of lanes; absent: no'),
  decryptor: z.literal('hold').optional().describe('encrypted words are held; absent: decrypted ones are shifted out'),
  thresholds: z.literal(true).optional().describe('outputs come of comparisons; absent: of multipliers'),
  planes: z.array(z.strictObject({ nIn: count, nOut: count, gates: count, naiveGates: count, depth: count })),
  ...{ weightBits: count, encryptedBits: count, storedBits: count, memoryReadsPerFrame: count },
});

/** What layers of designs and units of reports have in common. */
export const unit = {
  ...{ name: z.string(), kind: z.string(), inputs: names, inputShape: shape, outputShape: shape },
  ...{ inputFormat: format, outputFormat: format, cyclesPerFrame: count, weighted: weighted.nullable() },
};

export const manifest = z.looseObject({
  schema: z.literal('flexor.gen-rtl/1'),
  ...{ tool: z.literal('flexor'), manifestVersion: z.literal(1), name: z.string(), modelDigest: z.string() },
  topModule: z.string(),
  options: z.looseObject({ fold }),
  input: z.strictObject({
    ...{ shape, format, scale: z.number(), bytesPerBeat: count },
    quantiser: z.looseObject({ kind: z.string(), scale: z.number() }).optional(),
    preprocessing: z.strictObject({ mean: z.array(z.number()), std: z.array(z.number()) }).optional(),
  }),
  output: z.strictObject({ count, width: count, format, logitBytes: count, classBytes: count }),
  classes: names,
  layers: z.array(z.strictObject({ ...unit, module: z.string() })),
  streams: z.array(z.looseObject({ index: count, node: z.string(), format, shape, elementsPerFrame: count })),
  prediction: z.strictObject({
    ...{ latencyCycles: count, cyclesPerFrame: count, busiest, bottleneckUtilisation: share },
    ...{ streams: z.array(z.array(timing)), output: z.array(timing) },
  }),
  vectors: z
    .strictObject({
      ...{ frames: count, source: z.enum(['random', 'test images']), seed: count.optional(), candidates: count },
      images: numbers.describe('which of the candidates the frames are'),
      observed: z
        .array(z.strictObject({ layer: z.string(), encryptedBits: count, encryptedObserved: count }))
        .nullable()
        .describe('encrypted bits that the frames observe; null where it was not worked out'),
    })
    .optional()
    .describe('of the testbench; absent where there is none'),
  timing: estimate,
  ...{ verilog: names, memories: names, files: names.optional(), warnings: names },
});

export const loadFile = z.strictObject({
  schema: z.literal('flexor.load-file/1'),
  ...{ model: z.string(), digest, file: z.string(), beats: count },
});

export const cosim = z.looseObject({
  schema: z.literal('flexor.cosim/1'),
  ...{ ...data, model: z.string(), digest, stalls: z.number(), seed: count, accuracy: share.nullable() },
  ...{ passed: z.boolean(), status: z.string(), failure: z.string().nullable() },
  ...{ simulator: z.enum(['verilator', 'icarus']), images: count, mismatches: count, valuesCompared: count },
  ...{ firstMismatch: z.looseObject({}).nullable(), timingMismatch: z.looseObject({}).nullable() },
  ...{ frames: numbers, logits: z.array(numbers), classes: numbers, droppedFrames: count, loadedFrom: numbers },
  frameErrors: z.strictObject({ early: count, missing: count, keep: count }),
  ...{ latencyCycles: z.number().nullable(), predictedLatencyCycles: count },
  ...{ cyclesPerFrame: z.number().nullable(), predictedCyclesPerFrame: count },
  bottleneckUtilisation: z.number().nullable(),
  streams: z.array(z.strictObject({ node: z.string(), frames: z.array(timing) })),
  ...{ output: z.array(timing), simulatedCycles: count, cyclesPerSecond: z.number().nullable() },
  ...{ buildCached: z.boolean(), buildSeconds: z.number().nullable(), runSeconds: z.number().nullable() },
  ...{ keptFolder: z.string().nullable(), repeatCommand: z.string().nullable() },
});

const rtlRun = {
  ...{ passed: z.boolean(), failure: z.string().nullable(), images: count, mismatches: count },
  ...{ accuracy: share.nullable(), latencyCycles: z.number().nullable(), cyclesPerFrame: z.number().nullable() },
  bottleneckUtilisation: z.number().nullable(),
};

/** Runs of the RTL beside the prediction. */
export const rtl = z.strictObject({
  ...{ ...rtlRun, predictedLatencyCycles: count, predictedCyclesPerFrame: count, busiest },
  stalled: z.strictObject({ ...rtlRun, stalls: z.number(), seed: count }).nullable(),
});

const software = z.strictObject({ accuracy: share.nullable(), accuracyOnRtlImages: share.nullable() });

export const compare = z.strictObject({
  schema: z.literal('flexor.compare/1'),
  ...{ ...data, model: z.string(), digest, activationBits: count, multiplierBits: count, inputBits: count },
  ...{ images: count, float: software, fixed: software, agreeing: count, rtl: rtl.nullable(), calibration },
  quantisedTensors: z
    .strictObject({ images: count, tensors: count, differing: count, elements: count, differingElements: count })
    .nullable()
    .describe('float against integer network at every tensor behind a quantiser'),
});

const memoryTotal = {
  ...{ idealBits: count, storedBits: count, readsPerFrame: count, bitsPerFrame: count, bram18: count },
  packing: z.number().nullable(),
};
const memoryUse = z.strictObject({
  ...{ ...memoryTotal, rowBits: count, rows: count, made: z.enum(['logic', 'lutRam', 'block', 'outside']) },
});

export const memory = z.strictObject({
  schema: z.literal('flexor.memory/1'),
  ...{ model: z.string(), digest },
  layers: z.array(z.strictObject({ name: z.string(), flexor: memoryUse, plain: memoryUse })),
  total: z.strictObject({ flexor: z.strictObject(memoryTotal), plain: z.strictObject(memoryTotal) }),
});
