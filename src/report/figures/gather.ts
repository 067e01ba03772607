/** Puts the results of all other rooms together into the figures of one model. */
import type { DesignTiming } from '../../rtl/timing/timing.js';
import type { IntNetwork } from '../../fixed/types.js';
import { inventory } from '../../model/inventory.js';
import type { FlexorModel } from '../../model/types.js';
import type { Manifest } from '../../rtl/types.js';
import type { Calibration } from '../calibration.js';
import type { AreaReport } from '../area/types.js';
import type { Comparison, RtlRuns } from '../comparison.js';
import type { PriceReport } from '../price/types.js';
import { accuracyFigures, exampleFigures } from './accuracy.js';
import type { ImageEvaluations } from './accuracy.js';
import { deviceShares } from '../devices.js';
import { frontierFigures } from './frontier.js';
import { headlinesOf } from './headlines.js';
import { pipelineFigures } from './pipeline.js';
import type { ModelFigures } from './types.js';
import { verdictOf } from './verdict.js';
import { matrixFigures, planeFigures } from './weights.js';

/** What was read, generated, run and measured. */
export interface Results extends Pick<ModelFigures, 'lowering' | 'reproduction'> {
  readonly model: FlexorModel;
  readonly digest: string;
  readonly network: IntNetwork;
  readonly manifest: Manifest;
  readonly images: Omit<ImageEvaluations, 'logitScale'>;
  readonly comparison: Comparison;
  readonly calibration: Calibration;
  /** Warnings about the test data. */
  readonly warnings: readonly string[];
  /** Null where the RTL was left out. */
  readonly runs: RtlRuns | null;
  readonly area: AreaReport | null;
  readonly price: PriceReport | null;
  readonly clockMhz: number;
  readonly timing: DesignTiming;
}

export function gatherFigures(results: Results): ModelFigures {
  const { model, network, manifest, comparison } = results;
  const { warnings: misfits, ...calibration } = results.calibration;
  const images = { ...results.images, logitScale: network.nodes.at(-1)!.outputTensor.scale };
  const figures = {
    inventory: inventory(model, results.digest),
    lowering: results.lowering,
    accuracy: accuracyFigures(images, comparison),
    rtl: comparison.rtl,
    calibration,
    warnings: [...results.warnings, ...misfits],
    pipeline: pipelineFigures(manifest, results.runs?.free ?? null, results.clockMhz),
    timing: results.timing,
    area: results.area,
    price: results.price,
    devices: results.area === null ? [] : deviceShares(results.area.target, results.area.total),
    frontier: frontierFigures(network),
    matrices: matrixFigures(model, network, manifest.options.xor),
    planes: planeFigures(model, network),
    examples: exampleFigures(images),
    reproduction: results.reproduction,
  };
  return { verdict: verdictOf(figures), headlines: headlinesOf(figures), ...figures };
}
