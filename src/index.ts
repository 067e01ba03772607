/**
 * The library: `import { … } from 'flexor'`. A model is loaded or built, lowered to an integer network, simulated on arrays,
 * made into a design, generated as Verilog, co-simulated, measured and reported on. docs/library.md has examples that run.
 *
 * Images are arrays in the order height, width, channel (NHWC where there are several). What a user can put right is a
 * `FlexorError` with a stable `code` and a message of one line; other errors are mistakes of this package.
 *
 * @packageDocumentation
 */
export { areaOfModel } from './app/area.js';
export { compareModel } from './app/compare.js';
export { cosimulateModel } from './app/cosim.js';
export { findFold } from './app/find-fold.js';
export { inspectModel } from './app/inspect.js';
export {
  classify,
  decrypt,
  floatEvaluator,
  identityMatrix,
  makeDesign,
  packBits,
  preprocess,
  saveModel,
  sliceCount,
  writeDesign,
  writeModel,
  xorMatrix,
} from './app/library/others.js';
export { cosimulate, generate, measureArea } from './app/library/hardware.js';
export type { CosimulateOptions, MeasureOptions } from './app/library/hardware.js';
export { buildModel, inputsFromPixels, inputsFromValues, loadModel, lower, parseModel } from './app/library/models.js';
export { simulate, type Simulation } from './app/library/simulation.js';
export { memoriesOfModel } from './app/memory.js';
export { priceOfModel } from './app/price.js';
export { silent, type Progress, type StartProgress } from './app/progress.js';
export { reportOnModels } from './app/report.js';
export { simulateModel } from './app/simulate.js';
export { loadTestSet } from './app/test-sets.js';
export { packageVersion } from './app/version.js';
export { FlexorError, type ErrorCode } from './base/errors.js';
export type { CosimResult } from './cosim/types.js';
export type { LowerOptions } from './fixed/options.js';
export type { IntNetwork, IntNode } from './fixed/types.js';
export type { LoadedModel } from './model/read.js';
export type { FlexorModel, ModelNode } from './model/types.js';
export type { AreaReport, AreaTarget } from './report/area/types.js';
export type { Design, DesignRequest } from './rtl/design.js';
export type { GeneratedDesign } from './rtl/generate.js';
export type { Goal } from './rtl/solve/goal.js';
export type { Fold, Manifest, RtlFiles } from './rtl/types.js';
export type { XorMatrix } from './xor/types.js';
