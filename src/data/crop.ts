/** Which part of an image a network sees, as usual for ImageNet. */
import type { Random } from '../base/random.js';

/** A rectangle of pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const AREA = { least: 0.08, most: 1 };
const ASPECT = { least: 3 / 4, most: 4 / 3 };
const TRIES = 10;
/** 224 of 256: evaluation takes the middle of an image whose shorter side is scaled to 256. */
const MIDDLE = 224 / 256;

/**
 * Random-resized-crop (Szegedy et al., 2015): 8 to 100 % of the area, aspect 3/4 to 4/3 with a uniform logarithm. What does
 * not fit is drawn again; after ten draws it is the largest middle within those aspects.
 */
export function randomRegion(width: number, height: number, random: Random): Region {
  for (let i = 0; i < TRIES; i++) {
    const area = width * height * (AREA.least + random.float() * (AREA.most - AREA.least));
    const aspect = ASPECT.least * (ASPECT.most / ASPECT.least) ** random.float();
    const w = Math.max(1, Math.round(Math.sqrt(area * aspect)));
    const h = Math.max(1, Math.round(Math.sqrt(area / aspect)));
    if (w > width || h > height) continue;
    return { left: random.below(width - w + 1), top: random.below(height - h + 1), width: w, height: h };
  }
  const w = Math.min(width, Math.round(height * ASPECT.most));
  const h = Math.min(height, Math.round(width / ASPECT.least));
  return middle(width, height, Math.max(1, w), Math.max(1, h));
}

/** The middle square of an image, 7/8 of its shorter side: what resizing to 256 and cropping 224 keeps. */
export function centreRegion(width: number, height: number): Region {
  const side = Math.max(1, Math.round(Math.min(width, height) * MIDDLE));
  return middle(width, height, side, side);
}

function middle(width: number, height: number, w: number, h: number): Region {
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}
