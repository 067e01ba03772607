/** The version of this package. */
import { FlexorError } from '../base/errors.js';
import { packageText } from '../base/files.js';
import { parseJson } from '../base/json.js';

export function packageVersion(): string {
  const problem = (rule: string): FlexorError => new FlexorError('file-system', `package.json ${rule}`);
  return (parseJson(packageText('package.json'), problem) as { readonly version: string }).version;
}
