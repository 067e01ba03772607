/** Names that models give never collide with those of the library or of the generator. */
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../src/base/cleanup.js';
import type { IntNetwork } from '../../src/fixed/types.js';
import { makeDesign } from '../../src/rtl/design.js';
import { generateRtl } from '../../src/rtl/generate.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { designNames } from '../../src/rtl/names.js';
import { lintVerilog } from '../../src/toolchain/lint.js';
import { randomNetwork } from '../support/random-network.js';

const folder = temporaryFolder('flexor-names');
afterAll(() => rmSync(folder.path, { recursive: true, force: true }));

/** A network whose model and layers have other names. */
function renamed(network: IntNetwork, name: string, layers: readonly string[]): IntNetwork {
  const names = new Map(network.nodes.map((node, i) => [node.name, layers[i] ?? node.name]));
  const nodes = network.nodes.map((node) => {
    const name = names.get(node.name)!;
    if ('inputs' in node) return { ...node, name, inputs: node.inputs.map((each) => names.get(each) ?? each) };
    return { ...node, name, input: names.get(node.input) ?? node.input };
  });
  return { ...network, name, nodes };
}

describe('names', () => {
  test('of ordinary layers stay as they are', () => {
    expect(designNames('LeNet-5', ['conv1', 'fc2'])).toEqual({
      model: 'lenet_5',
      topModule: 'lenet_5_top',
      layers: ['conv1', 'fc2'],
      layerModules: ['lenet_5_conv1', 'lenet_5_fc2'],
      filePrefix: '',
    });
  });

  test('that differ stay different, and none is the top module or one of the library', () => {
    const layer = fc.oneof(
      fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,12}$/),
      fc.stringMatching(/^(top|axis_in|axis_keep|input_fifo|classifier|output_fifo|registers)_{0,2}$/),
    );
    const model = fc.stringMatching(/^(flexor|flexor-sim|[A-Za-z0-9]{1,6})$/);
    fc.assert(
      fc.property(model, fc.uniqueArray(layer, { maxLength: 12 }), (modelName, layers) => {
        const { topModule, layers: instances, layerModules } = designNames(modelName, layers);
        expect(new Set([topModule, ...layerModules].map((module) => module.toLowerCase())).size).toBe(
          layers.length + 1,
        );
        const around = ['axis_in', 'axis_keep', 'input_fifo', 'classifier', 'output_fifo', 'registers'];
        expect(new Set([...around, ...instances]).size).toBe(layers.length + around.length);
        for (const module of [topModule, ...layerModules]) expect(module).not.toMatch(/^flexor/);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('of layers that differ only in case, or whose wires would have one name, become different', () => {
    expect(designNames('m', ['conv1', 'Conv1', 'conv1_', 'CONV1', 'TOP', 'Input']).layers).toEqual([
      'conv1',
      'Conv1_',
      'conv1__',
      'CONV1___',
      'TOP_',
      'Input_',
    ]);
    // The instance of a_valid and the valid of u_a would both be u_a_valid.
    expect(designNames('m', ['u_a', 'a_valid', 'u_B', 'b_data']).layers).toEqual(['u_a', 'a_valid_', 'u_B', 'b_data_']);
  });

  test('appending a layer renames none', () => {
    const layers = ['a', 'A', 'u_a', 'a_ready', 'top', 'top_', 'a_'];
    layers.forEach((_, count) => {
      expect(designNames('m', layers.slice(0, count)).layers).toEqual(designNames('m', layers).layers.slice(0, count));
    });
  });

  const five = Array.from({ length: 200 }, (_, seed) => seed).find((seed) => randomNetwork(seed).nodes.length === 5)!;
  test.each([
    ['flexor', ['engine', 'fifo', 'sim_top', 'rom', 'ram']],
    ['m', ['axis_in', 'axis_keep', 'output_fifo', 'registers', 'top']],
    ['flexor_sim', ['valid', 'logit', 'module', 'data', 'index']],
    ['guard', ['s_axis', 'm_axis', 'clk_i', 'unused', 'u_input']],
    ['3d', ['wire', 'reg_', 'A', 'a', 'A1']],
    ['net', ['u_a', 'a_valid', 'U_A', 'A_Valid', 'Top']],
  ])('model %s with layers %j lints clean', async (model, layers) => {
    const design = generateRtl(makeDesign(renamed(randomNetwork(five), model, layers)));
    writeDesign(design, folder.path);
    const { verilog, simTop, layers: infos } = design.manifest;
    expect(infos.map(({ name }) => name)).toEqual(layers);
    const files = [...design.files.keys()];
    expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(files.length);
    expect(
      (await lintVerilog(folder.path, [...verilog, ...simTop.sources, simTop.file], simTop.module)).findings,
    ).toEqual([]);
  });
});
