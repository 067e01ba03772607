/** Graphs of tests written line by line, and the check that what is imported of them is equal to them. */
import { expect } from 'vitest';
import { verifyImport } from '../../src/app/import-verify.js';
import { Random } from '../../src/base/random.js';
import { lower } from '../../src/fixed/lower.js';
import { importOnnx, type Imported } from '../../src/onnx/import/import.js';
import { readOnnx } from '../../src/onnx/read.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { onnxBytes, QONNX, type WrittenNode, type WrittenPort, type WrittenTensor } from './onnx-file.js';

export const provenance = { recipe: '', seed: null, dataset: 'x', testAccuracy: null, testImages: null, notes: '' };
export const PIXEL = Math.fround(1 / 255);

/** A graph written line by line; every line names its output. */
export class Graph {
  readonly nodes: WrittenNode[] = [];
  readonly initialisers: WrittenTensor[] = [];
  readonly random = new Random(11);

  add(output: string, operator: string, inputs: string[], attributes: WrittenNode['attributes'] = {}): string {
    const domain = ['Quant', 'BipolarQuant', 'Trunc', 'MultiThreshold'].includes(operator) ? QONNX : '';
    this.nodes.push({ operator, inputs, outputs: [output], name: output, domain, attributes });
    return output;
  }

  number(value: number): string {
    return this.tensor([], [value]);
  }

  tensor(dims: readonly number[], values: readonly number[], type: WrittenTensor['type'] = 'float32'): string {
    const name = `k${this.initialisers.length}`;
    this.initialisers.push({ name, dims, values, type });
    return name;
  }

  draw(dims: readonly number[], low = -1, high = 1): string {
    const size = dims.reduce((product, n) => product * n, 1);
    return this.tensor(
      dims,
      Array.from({ length: size }, () => low + (high - low) * this.random.float()),
    );
  }

  quant(output: string, input: string, bits: number, signed: boolean, scale: string): string {
    const attributes = { signed: Number(signed), narrow: 1, rounding_mode: 'ROUND' };
    return this.add(output, 'Quant', [input, scale, this.number(0), this.number(bits)], attributes);
  }

  bipolar(output: string, input: string): string {
    return this.add(output, 'BipolarQuant', [input, this.number(1)]);
  }

  norm(output: string, input: string, channels: number): string {
    const parts = [
      this.draw([channels], 0.2),
      this.draw([channels]),
      this.draw([channels]),
      this.draw([channels], 0.5),
    ];
    return this.add(output, 'BatchNormalization', [input, ...parts], { epsilon: { float: Math.fround(1e-4) } });
  }

  bytes(dims: number[], output: string, more: readonly WrittenPort[] = []): Uint8Array {
    const { nodes, initialisers } = this;
    return onnxBytes({
      nodes,
      initialisers,
      inputs: [{ name: 'x', dims }, ...more],
      outputs: [{ name: output, dims: null }],
    });
  }
}

/** Imports; every quantised tensor is equal on random inputs, and there are at least `exact` of them. */
export function expectEqual(bytes: Uint8Array, size: number, exact: number): Imported {
  const random = new Random(3);
  const inputs = Array.from({ length: 4 }, () => Float64Array.from({ length: size }, () => random.below(256) * PIXEL));
  const onnx = readOnnx(bytes, 'g');
  const options = { name: 'g', pixels: { mean: [0], std: [1] }, classes: null, provenance, samples: inputs };
  const imported = importOnnx(onnx, 'g', options);
  const { tensors, classDiffers } = verifyImport(onnx, imported, inputs, 'g', {});
  const compared = tensors.filter((tensor) => tensor.exact);
  expect(compared.length).toBeGreaterThanOrEqual(exact);
  expect(compared.filter(({ floatDiffers, integerDiffers }) => floatDiffers + integerDiffers > 0)).toEqual([]);
  expect(classDiffers).toBe(0);
  return imported;
}

export function expectHardware({ model }: Imported): void {
  expect(generateRtl(makeDesign(lower(model, '0'.repeat(64)))).files.size).toBeGreaterThan(5);
}
