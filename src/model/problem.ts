/** The wording of errors about a model file. */
import { FlexorError } from '../base/errors.js';

/** An error about a model file: where, field, rule and offending value. */
export function fileProblem(where: string, field: string, rule: string): FlexorError {
  return new FlexorError('model-file', `${where}: ${field}: ${rule}`);
}
