/**
 * The built-in data set: handwriting-like digits drawn from strokes, 28×28 grey pixels, for machines without MNIST. Every
 * image is a function of seed and index: a form of the digit, its points jittered, an affine map (size, aspect, rotation,
 * slant, position), a pen thickness, an ink level, stray marks, and pixel noise.
 */
import { Random } from '../base/random.js';
import { plainPixels, type PixelDataset, type PixelSplit } from './dataset.js';
import { DIGIT_FORMS, type Point, type Stroke } from './digit-strokes.js';

const SIDE = 28;
const TRAIN_IMAGES = 10_000;
const TEST_IMAGES = 2_000;
/** The one seed of the published set: its images never change. */
const SEED = 2020;

/** How far a drawing may stray; lengths are in pixels, angles in degrees. */
const JITTER = {
  point: 0.035,
  height: [14, 21],
  aspect: [0.7, 1.15],
  rotation: 16,
  slant: 0.28,
  offset: 2.5,
  thickness: [1.3, 3.6],
  ink: [150, 255],
  noise: 14,
} as const;

type Affine = (point: Point) => Point;

function uniform(random: Random, [low, high]: readonly [number, number]): number {
  return low + (high - low) * random.float();
}

/** A random map from the unit box to pixels. */
function randomAffine(random: Random): Affine {
  const height = uniform(random, JITTER.height);
  const width = height * uniform(random, JITTER.aspect);
  const angle = (uniform(random, [-JITTER.rotation, JITTER.rotation]) * Math.PI) / 180;
  const slant = uniform(random, [-JITTER.slant, JITTER.slant]);
  const cx = SIDE / 2 + uniform(random, [-JITTER.offset, JITTER.offset]);
  const cy = SIDE / 2 + uniform(random, [-JITTER.offset, JITTER.offset]);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return ([px, py]) => {
    const v = (py - 0.5) * height;
    const u = (px - 0.5) * width - slant * v;
    return [cx + u * cos - v * sin, cy + u * sin + v * cos];
  };
}

/** A smooth curve (Catmull-Rom) through the points, as short straight pieces. */
function smooth(points: Stroke): Point[] {
  const pieces = 3;
  const curve: Point[] = [points[0]!];
  for (let i = 0; i + 1 < points.length; i++) {
    const p0 = points[Math.max(0, i - 1)]!;
    const p1 = points[i]!;
    const p2 = points[i + 1]!;
    const p3 = points[Math.min(points.length - 1, i + 2)]!;
    for (let k = 1; k <= pieces; k++) {
      const t = k / pieces;
      const at = (d: 0 | 1): number =>
        p1[d] +
        0.5 *
          t *
          (p2[d] - p0[d] + t * (2 * p0[d] - 5 * p1[d] + 4 * p2[d] - p3[d] + t * (3 * (p1[d] - p2[d]) + p3[d] - p0[d])));
      curve.push([at(0), at(1)]);
    }
  }
  return curve;
}

/** Draws a straight piece with a round pen into `canvas` (coverage 0 to 1, the darkest stroke wins). */
function drawPiece(canvas: Float32Array, from: Point, to: Point, radius: number): void {
  const reach = radius + 1;
  const x0 = Math.max(0, Math.floor(Math.min(from[0], to[0]) - reach));
  const x1 = Math.min(SIDE - 1, Math.ceil(Math.max(from[0], to[0]) + reach));
  const y0 = Math.max(0, Math.floor(Math.min(from[1], to[1]) - reach));
  const y1 = Math.min(SIDE - 1, Math.ceil(Math.max(from[1], to[1]) + reach));
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  const lengthSquared = Math.max(1e-12, dx * dx + dy * dy);
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const t = Math.min(1, Math.max(0, ((x - from[0]) * dx + (y - from[1]) * dy) / lengthSquared));
      const ex = x - from[0] - t * dx;
      const ey = y - from[1] - t * dy;
      const coverage = Math.min(1, Math.max(0, radius + 0.5 - Math.sqrt(ex * ex + ey * ey)));
      if (coverage > canvas[y * SIDE + x]!) canvas[y * SIDE + x] = coverage;
    }
  }
}

/** Draws one digit. */
function drawDigit(digit: number, random: Random): Uint8Array {
  const canvas = new Float32Array(SIDE * SIDE);
  const form = random.pick(DIGIT_FORMS[digit]!);
  const place = randomAffine(random);
  const radius = uniform(random, JITTER.thickness) / 2;
  for (const stroke of form) {
    const points = stroke.map(([x, y]): Point => [
      x + JITTER.point * random.normal(),
      y + JITTER.point * random.normal(),
    ]);
    const curve = smooth(points).map(place);
    for (let i = 0; i + 1 < curve.length; i++) drawPiece(canvas, curve[i]!, curve[i + 1]!, radius);
  }
  // A stray mark on some images: something that a template match trips over.
  if (random.float() < 0.25) {
    const start: Point = [random.float() * SIDE, random.float() * SIDE];
    const end: Point = [start[0] + 3 * random.normal(), start[1] + 3 * random.normal()];
    drawPiece(canvas, start, end, radius * 0.7);
  }
  const ink = uniform(random, JITTER.ink);
  return Uint8Array.from(canvas, (coverage) =>
    Math.min(255, Math.max(0, Math.round(ink * coverage + JITTER.noise * random.normal()))),
  );
}

/** Images of all classes in random order; image i depends on the seed, the split's name and i alone. */
function drawSplit(name: string, count: number): PixelSplit {
  const images = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const random = Random.derive(SEED, `digits ${name} ${i}`);
    labels[i] = random.below(DIGIT_FORMS.length);
    images.set(drawDigit(labels[i]!, random), i * SIDE * SIDE);
  }
  return { images, labels, count };
}

/** The built-in digits; fewer images than the full set are its first ones. */
export function digits(counts: { readonly train?: number; readonly test?: number } = {}): PixelDataset {
  return {
    name: 'digits',
    shape: { height: SIDE, width: SIDE, channels: 1 },
    normalisation: plainPixels(1),
    classes: DIGIT_FORMS.map((_, digit) => String(digit)),
    train: drawSplit('train', Math.min(TRAIN_IMAGES, counts.train ?? TRAIN_IMAGES)),
    test: drawSplit('test', Math.min(TEST_IMAGES, counts.test ?? TEST_IMAGES)),
  };
}
