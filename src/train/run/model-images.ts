/** Whether a model is one for the examples of a data set. */
import { FlexorError } from '../../base/errors.js';
import type { DatasetInfo } from '../../data/dataset.js';
import { sameShape } from '../../graph/shapes.js';
import type { StartModel } from '../weights/start.js';

/** Throws where shape or number of classes differ; `what` needs the model. */
export function checkImages(what: string, { path, model }: StartModel, { shape, classes, name }: DatasetInfo): void {
  if (sameShape(model.input.shape, shape) && model.classes.length === classes.length) return;
  const text = ({ height, width, channels }: DatasetInfo['shape'], count: number): string =>
    `${height}×${width}×${channels} in ${count} classes`;
  throw new FlexorError(
    'usage',
    `${what} needs a model for the examples of ${name}, ${text(shape, classes.length)}; ` +
      `that of ${path} takes ${text(model.input.shape, model.classes.length)}`,
  );
}
