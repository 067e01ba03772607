/** What the cost and the paths of the unit depend on. */
export interface SubsampleParameters {
  readonly bits: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly stride: readonly [number, number];
  readonly channelPadding: readonly [number, number];
}
