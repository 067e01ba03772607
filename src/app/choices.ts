/** What a user can choose from, and what is taken where nothing is chosen. */
export { IMAGENET_SIDE } from '../data/imagenet.js';
export { DEFAULT_BITS } from '../fixed/lower.js';
export { DEFAULT_LIBERTY } from '../report/area/liberty/library.js';
export { AREA_TARGETS, type AreaTarget } from '../report/area/types.js';
export { ENERGY_IMAGES } from '../report/price/price.js';
export { REFERENCE_CHANNELS } from '../report/price/sweep/reference-layer.js';
export { MAX_LEARNED_BITS } from '../train/networks/network.js';
export { isNetworkFile, NETWORKS, type NetworkName } from '../train/networks/compose.js';
export type { XorChoice } from '../train/run/config.js';
export { ENGINE_NAMES, PRECISIONS, type EngineName } from '../train/engine/engine.js';
export { GRADIENT_RULES } from '../train/weights/flexor-op.js';
export { OPTIMISERS, ROLES } from '../train/weights/optimiser.js';
export { WEIGHT_KINDS } from '../train/weights/quantisers.js';
export { RECIPE_NAMES } from '../train/run/recipes.js';
export { SCHEDULES, type Warmup } from '../train/run/schedule.js';
export { DEFAULT_CIRCUIT } from '../xor/hardware-circuit.js';
export { DEFAULT_CLOCK_MHZ } from './fold.js';
