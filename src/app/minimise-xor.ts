/** A small circuit of XOR gates for a matrix from a file, whoever made it. */
import { FlexorError } from '../base/errors.js';
import { prepareOutput, writeFileAtomic } from '../base/output.js';
import { circuitJson, circuitSvg, circuitVerilog } from '../xor/circuit-files.js';
import { readMatrixText } from '../xor/matrix-file.js';
import { minimiseBest, type MinimisedCircuit } from '../xor/minimise.js';
import type { XorMatrix } from '../xor/types.js';

export interface MinimiseXorRequest {
  /** Most gates on a path; undefined: no cap. */
  readonly depth?: number | undefined;
  /** Steps of each search. */
  readonly iterations: number;
  readonly seed: number;
  /** Searches, with seeds from `seed` on; the best one counts. */
  readonly restarts: number;
  /** Name of the Verilog module. */
  readonly module: string;
  /** Files to write: .v, .json, .svg. */
  readonly outputs: readonly string[];
}

export interface MinimisedXor {
  readonly matrix: XorMatrix;
  readonly circuit: MinimisedCircuit;
  readonly files: readonly string[];
}

/** Reads, searches and writes. */
export function minimiseXorFile(path: string, request: MinimiseXorRequest): MinimisedXor {
  const { depth, iterations, seed, restarts, module, outputs } = request;
  if (!/^[A-Za-z_]\w*$/.test(module)) {
    throw new FlexorError('usage', `--module must be a Verilog identifier, got '${module}'`);
  }
  for (const output of outputs) {
    if (!/\.(v|json|svg)$/.test(output)) {
      throw new FlexorError('usage', `an output must end in .v, .json or .svg, got ${output}`);
    }
    prepareOutput(output);
  }
  const matrix = readMatrixText(path);
  const circuit = minimiseBest(matrix, restarts, {
    seed,
    iterations,
    ...(depth === undefined ? {} : { maxDepth: depth }),
  });
  for (const output of outputs) writeFileAtomic(output, contentOf(output, matrix, circuit, module));
  return { matrix, circuit, files: outputs };
}

function contentOf(output: string, matrix: XorMatrix, circuit: MinimisedCircuit, module: string): string {
  if (output.endsWith('.v')) return circuitVerilog(circuit, module);
  return output.endsWith('.json') ? circuitJson(circuit, matrix) : circuitSvg(circuit);
}
