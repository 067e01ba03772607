/** What the package around a design is made of, besides the design. */

import type { VectorInfo } from '../types.js';

/** Frames and what the design must answer, as `$readmemh` reads them: one beat a line. */
export interface TestVectors {
  /** s_axis_tdata. */
  readonly inputs: string;
  /** m_axis_tdata. */
  readonly expected: string;
  readonly info: VectorInfo;
}

export interface PackageParts {
  /** null: no testbench. */
  readonly vectors: TestVectors | null;
  /** Block diagram of the pipeline, an SVG file. */
  readonly diagram: string;
  /** For the clock constraint and the frames a second that README states. */
  readonly clockMhz: number;
}
