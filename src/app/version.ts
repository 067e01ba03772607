/** The version of this package. */
import { packageDocument } from '../base/places.js';

export function packageVersion(): string {
  return packageDocument().version;
}
