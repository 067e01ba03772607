/** Features of any unit. */
import { decryptorFeatures, engineFeatures, weightMemoryFeatures } from './engine-features.js';
import type { Features } from './features.js';
import { requantiserFeatures } from './requantiser-features.js';
import {
  classifierFeatures,
  deepFifoFeatures,
  fifoFeatures,
  inputFeatures,
  narrowFeatures,
  poolFeatures,
  subsampleFeatures,
} from './stream-features.js';
import type { Unit } from './units.js';
import { bankedWindowFeatures, serialWindowFeatures, vectorBufferFeatures } from './window-features.js';

export function featuresOf(unit: Unit): Features {
  switch (unit.kind) {
    case 'fifo':
      return fifoFeatures(unit);
    case 'deepFifo':
      return deepFifoFeatures(unit);
    case 'serialWindow':
      return serialWindowFeatures(unit);
    case 'bankedWindow':
      return bankedWindowFeatures(unit);
    case 'vectorBuffer':
      return vectorBufferFeatures(unit);
    case 'engine':
      return engineFeatures(unit);
    case 'weightMemory':
      return weightMemoryFeatures(unit);
    case 'decryptor':
      return decryptorFeatures(unit);
    case 'requantiser':
      return requantiserFeatures(unit);
    case 'maxPool':
    case 'sumPool':
      return poolFeatures(unit);
    case 'subsample':
      return subsampleFeatures(unit);
    case 'narrow':
      return narrowFeatures(unit);
    case 'input':
      return inputFeatures(unit);
    case 'classifier':
      return classifierFeatures(unit);
  }
}
