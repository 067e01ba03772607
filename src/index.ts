/** The library. */
export { packageVersion } from './app/version.js';
export { FlexorError, type ErrorCode } from './base/errors.js';
