/** The M⊕ with the greatest minimum distance at the fewest XOR gates, searched over seeds. */
import { prepareOutput, saveResult } from '../base/output.js';
import { designMatrix } from '../xor/design.js';
import { matrixFileText, matrixRows } from '../xor/matrix-file.js';
import type { XorProperties } from '../xor/properties.js';
import type { XorMatrix } from '../xor/types.js';
import { withProgress, type StartProgress } from './progress.js';

export interface XorDesignRequest {
  /** Encrypted bits and weight bits of a slice. */
  readonly nIn: number;
  readonly nOut: number;
  /** Ones in every row, or any number of them. */
  readonly taps: number | 'random';
  /** How many seeds are tried, from the first on. */
  readonly seeds: number;
  readonly firstSeed: number;
  /** File for the matrix. */
  readonly output?: string | undefined;
}

export interface XorDesign {
  readonly matrix: XorMatrix;
  /** One text of 0 and 1 a row. */
  readonly rows: readonly string[];
  readonly summary: Omit<XorDesignRequest, 'output'> &
    XorProperties & { readonly seed: number; readonly finalists: number };
}

/** Searches, and writes the matrix where a file is named. */
export async function designXorMatrix(request: XorDesignRequest, start: StartProgress): Promise<XorDesign> {
  const { nIn, nOut, seeds, firstSeed, output } = request;
  if (output !== undefined) prepareOutput(output);
  const taps = request.taps === 'random' ? null : request.taps;
  const { matrix, seed, properties, finalists } = await withProgress(start, 'designing M⊕', seeds, (onProgress) =>
    designMatrix({ nIn, nOut, taps, seeds, firstSeed }, onProgress),
  );
  const summary = { nIn, nOut, taps: request.taps, seed, firstSeed, seeds, finalists, ...properties };
  if (output !== undefined) saveResult(output, matrixFileText(matrix, summary));
  return { matrix, rows: matrixRows(matrix), summary };
}
