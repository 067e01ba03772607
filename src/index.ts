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

// The types of what goes in and comes out. The contract files of the rooms are exported whole: they import nothing that runs.
export type { AreaOptions } from './app/area.js';
export type { CompareOptions, ModelComparison } from './app/compare.js';
export type { CosimRequest, ModelCosim } from './app/cosim.js';
export type { FindFoldOptions, FoundFold } from './app/find-fold.js';
export type { Inspection, PlaneMatrix } from './app/inspect.js';
export type { LoweredModel, TestImages } from './app/inputs.js';
export type { MemoryOptions, ModelMemories } from './app/memory.js';
export type { PackageOptions } from './app/package.js';
export type { PriceOptions } from './app/price.js';
export type { Report, ReportOptions } from './app/report.js';
export type { SimulatedAccuracy, SimulateOptions } from './app/simulate.js';
export type { TestSet } from './app/test-sets.js';
export type * from './cosim/types.js';
export type { Size } from './data/own/types.js';
export type { LowerOptions } from './fixed/options.js';
export type * from './fixed/types.js';
export type { Padding, Pair, Shape } from './graph/types.js';
export type { FloatEvaluator, Observer } from './model/evaluate.js';
export type {
  CodesInventory,
  Inventory,
  LayerInventory,
  RangeList,
  ShapeList,
  StoredRates,
  WeightedInventory,
} from './model/inventory.js';
export type { LoadedModel } from './model/read.js';
export type { Totals } from './model/totals.js';
export type * from './model/types.js';
export type { FloatBatch } from './report/accuracy.js';
export type * from './report/area/types.js';
export type { Comparison, RtlComparison, RtlFigures, RtlRuns, SoftwareFigures } from './report/comparison.js';
export type { DeviceShare } from './report/devices.js';
export type * from './report/figures/types.js';
export type { LayerMemories, MemoryTotal, MemoryUse } from './report/memories/figures.js';
export type * from './report/price/types.js';
export type { Cost } from './rtl/cost/model.js';
export type { Design, DesignRequest } from './rtl/design.js';
export type { GeneratedDesign } from './rtl/generate.js';
export type { DesignNames } from './rtl/names.js';
export type { Goal } from './rtl/solve/goal.js';
export type { FoldReport, LayerReport, Point } from './rtl/solve/report.js';
export type { Budgets } from './rtl/solve/types.js';
export type * from './rtl/types.js';
export type { StreamActivity } from './rtl/units/decryptor/activity.js';
export type { MacActivity } from './rtl/layers/weighted/units.js';
export type { WeightMode } from './rtl/weight-sources.js';
export type { SimulationBatch } from './simulate/pool.js';
export type { Placement, PlacementRun, Utilisation } from './toolchain/nextpnr.js';
export type { Optimise } from './toolchain/verilator.js';
export type { YosysEngine } from './toolchain/yosys.js';
export type { XorGate } from './xor/circuit.js';
export type { CircuitOptions, DepthCap } from './xor/hardware-circuit.js';
export type { Distance, XorAlgebra, XorCost, XorProperties } from './xor/properties.js';
export type { XorMatrix } from './xor/types.js';
