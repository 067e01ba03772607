/** Worker thread of calibrate.ts. */
import { serveBatches } from '../base/worker-pool.js';
import { calibrator, type CalibrationTask } from './calibrate.js';

serveBatches((task: CalibrationTask) => {
  const measure = calibrator(task);
  return (from, to) => {
    for (let image = from; image < to; image++) measure(image);
  };
});
