/** Which beats of an image give results: mirrors hw/flexor_stream_pool.v and hw/flexor_pool_axis.v. */
import type { BeatPattern } from '../pool/pattern.js';
import type { StreamPoolParameters } from './cost.js';

/** Whether an element of an axis is the last one of a window. */
function lastOfWindows(size: number, kernel: number, padding: number, windows: number): readonly boolean[] {
  return Array.from({ length: size }, (_, at) => {
    const window = Math.floor((at + padding) / kernel);
    return window < windows && (at + 1 === size || (at + 1 + padding) % kernel === 0);
  });
}

export class StreamPoolBeats implements BeatPattern {
  private readonly beats: number;
  private readonly rows: readonly boolean[];
  private readonly columns: readonly boolean[];
  private row = 0;
  private column = 0;
  private beat = 0;

  constructor({ size, channels, inWidth, kernel, padding, output }: StreamPoolParameters) {
    this.beats = channels / inWidth;
    this.rows = lastOfWindows(size[0], kernel[0], padding[0], output[0]);
    this.columns = lastOfWindows(size[1], kernel[1], padding[1], output[1]);
  }

  /** At most up to the end of the row. */
  get silentLeft(): number {
    const { row, column, beat, rows, columns, beats } = this;
    const next = rows[row]! ? columns.indexOf(true, column) : -1;
    const pixels = (next < 0 ? columns.length : next) - column;
    return Math.max(0, pixels * beats - beat);
  }

  get left(): number {
    return this.beats - this.beat;
  }

  take(count: number): void {
    const beat = this.beat + count;
    this.beat = beat % this.beats;
    this.column += Math.floor(beat / this.beats);
    if (this.column < this.columns.length) return;
    this.column = 0;
    this.row = (this.row + 1) % this.rows.length;
  }
}
