/**
 * The ten digits as pen strokes in a unit box (x to the right, y down, the digit about 0.6 wide and 1 high around
 * 0.5, 0.5). Some digits have several forms. A stroke is a list of points that a smooth curve passes through.
 */

export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];
/** One way to write a digit. */
export type Form = readonly Stroke[];

/** Points on an ellipse from angle `from` to `to` in degrees (0 is right, 90 is down). */
function arc(cx: number, cy: number, rx: number, ry: number, from: number, to: number): Point[] {
  const steps = Math.max(3, Math.ceil(Math.abs(to - from) / 30));
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)];
  });
}

/** A straight line; its middle points keep the curve straight. */
function line(from: Point, to: Point): Point[] {
  return [0, 1 / 3, 2 / 3, 1].map((t): Point => [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t]);
}

export const DIGIT_FORMS: readonly (readonly Form[])[] = [
  [[arc(0.5, 0.5, 0.3, 0.5, -90, 270)]],
  [[line([0.5, 0], [0.5, 1])], [line([0.3, 0.22], [0.54, 0]), line([0.54, 0], [0.54, 1])]],
  [
    [[...arc(0.5, 0.27, 0.28, 0.27, -170, 30), [0.45, 0.75], [0.2, 1]], line([0.2, 1], [0.82, 1])],
    [[...arc(0.5, 0.27, 0.28, 0.27, -170, 40), [0.35, 0.86], [0.25, 0.98], [0.2, 0.85], [0.4, 0.84], [0.85, 0.98]]],
  ],
  [
    [arc(0.47, 0.25, 0.28, 0.25, -160, 90), arc(0.47, 0.75, 0.32, 0.25, -90, 150)],
    [line([0.2, 0], [0.78, 0]), line([0.78, 0], [0.48, 0.4]), arc(0.47, 0.7, 0.32, 0.3, -90, 150)],
  ],
  [
    [line([0.6, 0], [0.15, 0.66]), line([0.15, 0.66], [0.88, 0.66]), line([0.64, 0.35], [0.64, 1])],
    [
      [
        [0.2, 0],
        [0.18, 0.3],
        [0.24, 0.5],
        [0.5, 0.53],
        [0.78, 0.48],
      ],
      line([0.8, 0], [0.74, 1]),
    ],
  ],
  [[line([0.78, 0], [0.27, 0]), line([0.27, 0], [0.24, 0.45]), arc(0.48, 0.68, 0.31, 0.32, -140, 140)]],
  [
    [[[0.68, 0], [0.4, 0.2], [0.24, 0.5], ...arc(0.5, 0.72, 0.28, 0.28, 180, -180)]],
    [[[0.34, 0], [0.25, 0.35], ...arc(0.5, 0.72, 0.27, 0.27, 180, -180)]],
  ],
  [
    [line([0.18, 0], [0.82, 0]), line([0.82, 0], [0.42, 1])],
    [line([0.18, 0.04], [0.8, 0]), line([0.8, 0], [0.45, 1]), line([0.35, 0.5], [0.78, 0.48])],
  ],
  [[arc(0.5, 0.24, 0.25, 0.24, 90, 450), arc(0.5, 0.74, 0.3, 0.26, -90, 270)]],
  [
    [arc(0.5, 0.28, 0.28, 0.28, 0, 360), line([0.78, 0.28], [0.7, 1])],
    [[...arc(0.5, 0.28, 0.27, 0.28, 0, 360), [0.76, 0.6], [0.6, 0.9], [0.3, 1]]],
  ],
];
