/** Images and answers as `$readmemh` reads them: one beat of an AXI4-Stream a line, as many digits as tdata has. */
import { formatRange } from '../fixed/shapes.js';
import { elementCount } from '../graph/shapes.js';
import type { IntNetwork } from '../fixed/types.js';
import { Random } from '../base/random.js';
import type { TestVectors } from '../rtl/package/types.js';
import type { Manifest } from '../rtl/types.js';
import { createSimulator } from '../simulate/simulate.js';

/** Images of random numbers in the input format. */
export function randomImages(network: IntNetwork, frames: number, seed: number): Int32Array[] {
  const random = Random.derive(seed, 'test vectors');
  const { low, high } = formatRange(network.input.format);
  const size = elementCount(network.input.shape);
  return Array.from({ length: frames }, () => Int32Array.from({ length: size }, () => random.between(low, high)));
}

/** Images, and what the design must answer to them. */
export function testVectors(
  network: IntNetwork,
  manifest: Manifest,
  images: readonly Int32Array[],
): Pick<TestVectors, 'inputs' | 'expected'> {
  const { width, logitBytes, classBytes } = manifest.output;
  const lines: string[] = [];
  for (const { logits } of createSimulator(network).runAll(images)) {
    let best = 0;
    for (let at = 0; at < logits.length; at += width) {
      const own = Array.from(logits.slice(at, at + width));
      own.forEach((logit, i) => {
        if (logit > logits[best]!) best = at + i;
      });
      const bytes = own.map((logit) => hexBytes(logit, logitBytes)).reverse();
      lines.push('0'.repeat(2 * logitBytes * (width - own.length)) + hexBytes(best, classBytes) + bytes.join(''));
    }
  }
  return { inputs: hexImages(manifest, images), expected: lines.join('\n') + '\n' };
}

/** One beat a line, its first element lowest; bytes that hold no element are ones, on which nothing may depend. */
export function hexImages({ input, streams }: Manifest, images: readonly Int32Array[]): string {
  const { width } = streams[0]!;
  const element = (value: number): string => hexBytes(value, input.bytesPerBeat / width);
  const lines: string[] = [];
  for (const image of images) {
    for (let at = 0; at < image.length; at += width) {
      lines.push(
        Array.from({ length: width }, (_, i) => element(image[at + i] ?? -1))
          .reverse()
          .join(''),
      );
    }
  }
  return lines.join('\n') + '\n';
}

/** An integer in two's complement. */
function hexBytes(value: number, bytes: number): string {
  return BigInt.asUintN(8 * bytes, BigInt(value))
    .toString(16)
    .padStart(2 * bytes, '0');
}
