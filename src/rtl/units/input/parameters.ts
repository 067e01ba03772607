/** What the cost and the paths of the unit depend on. */
export interface InputParameters {
  readonly bits: number;
  readonly elements: number;
}
