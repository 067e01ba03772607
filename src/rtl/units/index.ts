/** The hardware units: the only list. A new unit is a folder, a module of hw/, and a row here. */
import { invariant } from '../../base/errors.js';
import type { WeightSource } from '../types.js';
import { BANKED_WINDOW } from './banked-window/cost.js';
import { BANKED_FEED } from './banked-window/feed.js';
import { CLASSIFIER } from './classifier/index.js';
import { CONCAT } from './concat/index.js';
import { DECRYPTOR } from './decryptor/cost.js';
import { DEEP_FIFO } from './deep-fifo/index.js';
import { DOT_ARRAY } from './dot-array/cost.js';
import { ENGINE } from './engine/cost.js';
import type { FeedUnit } from './feed.js';
import { FIFO } from './fifo/index.js';
import { HELD_DECRYPTOR } from './held-decryptor/cost.js';
import { INPUT } from './input/index.js';
import { LANE_TABLES } from './lane-tables/cost.js';
import { MAX_POOL } from './max-pool/index.js';
import { NARROW } from './narrow/cost.js';
import { DIRECT_FEED } from './narrow/feed.js';
import { REQUANTISER } from './requantiser/cost.js';
import { SERIAL_WINDOW } from './serial-window/cost.js';
import { SERIAL_FEED } from './serial-window/feed.js';
import type { SourceUnit } from './source.js';
import { STREAM_POOL } from './stream-pool/cost.js';
import { SUBSAMPLE } from './subsample/cost.js';
import { SUM_POOL } from './sum-pool/index.js';
import { THRESHOLDS } from './thresholds/cost.js';
import type { HardwareUnit } from './types.js';
import { VECTOR_BUFFER } from './vector-buffer/cost.js';
import { VECTOR_FEED } from './vector-buffer/feed.js';
import { WEIGHT_RAM } from './weight-ram/cost.js';
import { RAM_SOURCE, SINGLE_RAM_SOURCE } from './weight-ram/source.js';
import { WEIGHT_ROM } from './weight-rom/cost.js';
import { ROM_SOURCE } from './weight-rom/source.js';
import { WEIGHT_STREAM } from './weight-stream/cost.js';
import { STREAM_SOURCE } from './weight-stream/source.js';

export const UNITS: readonly HardwareUnit<never>[] = [
  INPUT,
  FIFO,
  DEEP_FIFO,
  NARROW,
  VECTOR_BUFFER,
  SERIAL_WINDOW,
  BANKED_WINDOW,
  WEIGHT_ROM,
  WEIGHT_RAM,
  WEIGHT_STREAM,
  DECRYPTOR,
  HELD_DECRYPTOR,
  ENGINE,
  LANE_TABLES,
  DOT_ARRAY,
  REQUANTISER,
  THRESHOLDS,
  MAX_POOL,
  SUM_POOL,
  STREAM_POOL,
  SUBSAMPLE,
  CONCAT,
  CLASSIFIER,
];

/** The unit of this kind. */
export function hardwareUnit(kind: string): HardwareUnit<never> {
  const found = UNITS.find((unit) => unit.kind === kind);
  invariant(found !== undefined, `no hardware unit of kind ${kind}`);
  return found;
}

/** Units that feed engines, in the order in which a fold asks them. */
export const FEED_UNITS: readonly FeedUnit[] = [DIRECT_FEED, VECTOR_FEED, SERIAL_FEED, BANKED_FEED];

const SOURCES: Readonly<Record<WeightSource, SourceUnit>> = {
  rom: ROM_SOURCE,
  ram: RAM_SOURCE,
  'ram-single': SINGLE_RAM_SOURCE,
  stream: STREAM_SOURCE,
};

/** The unit of a weight source. */
export function sourceUnit(source: WeightSource): SourceUnit {
  return SOURCES[source];
}
