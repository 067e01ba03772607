/** A user's own data through the commands: from files to a trained model, its hardware and its predictions. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digits } from '../../src/data/digits.js';
import { encodeNpy, readNpy } from '../../src/data/own/npy.js';
import { loadModel } from '../../src/model/read.js';
import { saveModel } from '../../src/model/write.js';
import type { Manifest } from '../../src/rtl/types.js';
import { flexor, type Run } from '../support/cli.js';
import { digitModel } from '../support/digit-model.js';
import { flowerTable, idxBytes, put, writeSmallDigits } from '../support/own-data.js';

// Wide enough for lines that this test reads whole.
process.env['COLUMNS'] = '200';

const folder = mkdtempSync(join(tmpdir(), 'flexor-own-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const network = put(
  at('five.json'),
  JSON.stringify({
    networkVersion: 1,
    name: 'five',
    recipe: 'lenet5',
    layers: [
      { kind: 'conv', outChannels: 4, kernel: [3, 3], padding: 'same', group: 0, batchNorm: true },
      { kind: 'maxPool', kernel: [2, 2] },
      { kind: 'dense', outChannels: 'classes', group: null, bias: true, relu: false },
    ],
  }),
);
const training = ['--batch', '20', '--lr', '0.01', '--nin', '8', '--nout', '10', '--epochs', '1', '--seed', '1'];

function expectClean({ code, stderr }: Run): void {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

describe('five classes of 14×14 images in .npy files', () => {
  const model = at('five.flexor');
  const data = at('five');
  beforeAll(async () => {
    writeSmallDigits(data, 600, 100);
    put(join(data, 'classes.txt'), 'nought\none\ntwo\nthree\nfour\n');
    expectClean(await flexor('train', network, '--data', data, ...training, '--output', model));
  });

  it('give a model that says which data it is for', () => {
    const { name, classes, data: stated, provenance } = loadModel(model).model;
    expect(name).toBe('five_five_8_10');
    expect(classes).toEqual(['nought', 'one', 'two', 'three', 'four']);
    expect(provenance).toMatchObject({ dataset: 'five', testImages: 100 });
    expect(provenance.recipe).toMatch(/^flexor train five\.json --data five --nin 8 /);
    expect(provenance.testAccuracy).toBeGreaterThan(0.6);
    expect(stated!.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('are scored by float network, integer network and RTL', async () => {
    const run = await flexor(
      'compare',
      model,
      '--data',
      data,
      '--rtl-images',
      '3',
      '--predictions',
      at('p.csv'),
      '--json',
    );
    expectClean(run);
    const result = JSON.parse(run.stdout) as Record<string, unknown>;
    const { provenance } = loadModel(model).model;
    expect(result).toMatchObject({
      ...{ dataset: 'five', images: 100, warnings: [] },
      float: { accuracy: provenance.testAccuracy },
      rtl: { passed: true, mismatches: 0, stalled: { passed: true, mismatches: 0 } },
    });
    const rows = readFileSync(at('p.csv'), 'utf8').trim().split('\n');
    expect([rows.length, rows[0]]).toEqual([101, 'image,label,float,fixed,rtl']);
    expect(rows[1]).toMatch(/^0,(nought|one|two|three|four),\w+,(\w+),\1?\w+$/);
    expect(rows[100]).toMatch(/^99,\w+,\w+,\w+,$/);
    const right = rows.slice(1).filter((row) => row.split(',')[1] === row.split(',')[2]).length;
    expect(right / 100).toBeCloseTo(provenance.testAccuracy!, 10);
  });

  it('give the same logits in simulator and RTL', async () => {
    expectClean(await flexor('simulate', model, '--data', data, '--images', '3', '--logits', at('simulated.npy')));
    const options = ['--data', data, '--images', '3', '--stalls', '30', '--logits', at('rtl.npy'), '--predictions'];
    const run = await flexor('cosim', model, ...options);
    expectClean(run);
    expect(run.stdout).toMatch(/^image,label,class\n0,/);
    const simulated = readNpy(at('simulated.npy'));
    expect([simulated.shape, simulated.type]).toEqual([[3, 5], '<i8']);
    expect(readNpy(at('rtl.npy'))).toEqual(simulated);
  });

  it('without labels go through every command that needs none, in either order of channels', async () => {
    const { values } = readNpy(join(data, 'x_test.npy'));
    const pixels = Uint8Array.from(values.subarray(0, 3 * 196));
    const labelled = ['--data', data, '--images', '3'];
    expectClean(await flexor('simulate', model, ...labelled, '--logits', at('labelled.npy')));
    const expected = readNpy(at('labelled.npy'));
    for (const sizes of [
      [3, 14, 14],
      [3, 1, 14, 14],
    ]) {
      const path = put(at('only.npy'), encodeNpy(sizes, pixels));
      const simulated = await flexor('simulate', model, '--data', path, '--logits', at('s.npy'), '--json');
      expectClean(simulated);
      expect(JSON.parse(simulated.stdout)).toMatchObject({ images: 3, correct: null, accuracy: null, warnings: [] });
      expect(readNpy(at('s.npy'))).toEqual(expected);
    }
    const only = ['--data', at('only.npy')];
    const plain = await flexor('simulate', model, ...only, '--predictions');
    expectClean(plain);
    expect(plain.stdout).toMatch(/^image,label,class\n0,,\w+\n/);
    expect(plain.stdout).not.toContain('accuracy');
    const compared = await flexor('compare', model, ...only, '--rtl-images', '1', '--logits', at('c.npy'));
    expectClean(compared);
    expect(compared.stdout).toContain('RTL without stalls: 0 of 1 images differ');
    expect(compared.stdout).not.toContain('accuracy');
    expect(readNpy(at('c.npy'))).toEqual(expected);
    expectClean(await flexor('cosim', model, ...only, '--images', '1', '--logits', at('r.npy')));
    expect([...readNpy(at('r.npy')).values]).toEqual([...expected.values.slice(0, 5)]);
    expectClean(await flexor('gen-rtl', model, ...only, '--vectors', '2', '-o', at('unlabelled')));
    const page = await flexor('report', model, ...only, '--no-area', '-o', at('u.html'));
    expect(page).toMatchObject({ code: 1, stdout: '' });
    expect(page.stderr).toMatch(
      /^flexor: only has no labels, which the accuracies of a report are measured with; .*\n$/,
    );
  });

  it('are on the page of a report', async () => {
    const run = await flexor(
      'report',
      model,
      '--data',
      data,
      '--images',
      '20',
      '--rtl-images',
      '2',
      '--no-area',
      '-o',
      at('r.html'),
    );
    expectClean(run);
    expect(run.stdout).toContain('of 20 images of five correctly');
    const page = readFileSync(at('r.html'), 'utf8');
    expect(page).toContain('nought');
    // The command on the page names the data, not where they lie.
    expect(page).toContain('--data five');
    expect(page).not.toContain(folder);
  });

  it('are frames of the testbench', async () => {
    const run = await flexor('gen-rtl', model, '--data', data, '--vectors', '2', '-o', at('rtl'));
    expectClean(run);
    const beats = readFileSync(at('rtl/tb/inputs.hex'), 'utf8').trim().split('\n');
    expect(beats).toHaveLength(2 * 196);
    // Pixels of 8 bits with mean 0 and deviation 1 are the input format as they are.
    const { values } = readNpy(join(data, 'x_test.npy'));
    const { vectors } = JSON.parse(readFileSync(at('rtl/manifest.json'), 'utf8')) as Manifest;
    expect(vectors).toMatchObject({ frames: 2, source: 'test images' });
    const frames = vectors!.images.flatMap((i) => [...values.subarray(i * 196, (i + 1) * 196)]);
    expect(beats.map((beat) => Number.parseInt(beat, 16))).toEqual(frames);
  });

  it('are asked for where nobody says where they lie', async () => {
    const { code, stderr } = await flexor('simulate', model);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^flexor: model .* states the data set 'five', which is not built in; give the data with --data PATH/,
    );
  });

  it('in another state are told from those that the accuracy was measured on', async () => {
    const changed = at('changed');
    for (const name of ['x_test.npy', 'y_test.npy', 'classes.txt']) {
      put(join(changed, name), '');
      copyFileSync(join(data, name), join(changed, name));
    }
    const { shape, values } = readNpy(join(data, 'x_test.npy'));
    const pixels = Uint8Array.from(values as Uint8Array);
    pixels[5]! ^= 1;
    put(join(changed, 'x_test.npy'), encodeNpy(shape, pixels));
    const { code, stdout, stderr } = await flexor('simulate', model, '--data', changed, '--json');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^flexor: warning: these are not the test data that model five_five_8_10 was measured on \(five\): their digest is \w{12}, the model states \w{12}\n$/,
    );
    expect((JSON.parse(stdout) as { warnings: string[] }).warnings).toHaveLength(1);
  });
});

describe('28×28 images of five classes in files that are called like those of MNIST', () => {
  const model = at('letters.flexor');
  const data = at('letters');
  const options = ['train', network, '--output', model, ...training];

  beforeAll(() => {
    const set = digits({ train: 200, test: 60 });
    for (const [stem, { count, images, labels }] of Object.entries({ train: set.train, t10k: set.test })) {
      put(join(data, `${stem}-images-idx3-ubyte`), idxBytes([count, 28, 28], images));
      put(
        join(data, `${stem}-labels-idx1-ubyte`),
        idxBytes(
          [count],
          labels.map((label) => label % 5),
        ),
      );
    }
  });

  it('are not called MNIST and not scored on MNIST', async () => {
    expectClean(await flexor(...options, '--data', data));
    const { name, classes, provenance } = loadModel(model).model;
    expect(name).toBe('five_letters_8_10');
    expect(classes).toHaveLength(5);
    expect(provenance).toMatchObject({ dataset: 'letters', testImages: 60 });
    expect(provenance.recipe).not.toContain('mnist');
    expect((await flexor('simulate', model)).stderr).toContain("states the data set 'letters', which is not built in");
    const own = await flexor('simulate', model, '--data', data, '--json');
    expectClean(own);
    expect(JSON.parse(own.stdout)).toMatchObject({ dataset: 'letters', images: 60 });
  });

  it('are refused as MNIST', async () => {
    const { code, stderr } = await flexor(...options, '--data', data, '--dataset', 'mnist');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /letters holds other images than MNIST's; give them as data of your own: --data without --dataset\n$/,
    );
    const digitsModel = at('digits.flexor');
    saveModel(digitsModel, digitModel(1, 'mnist'));
    const scored = await flexor('simulate', digitsModel, '--data', data, '--dataset', 'mnist');
    expect([scored.code, scored.stderr]).toEqual([1, expect.stringContaining("other test images than MNIST's")]);
  });
});

describe('a table', () => {
  it('trains the network for tables, with its label column in the model', async () => {
    const data = put(at('flowers.csv'), flowerTable(300));
    const model = at('flowers.flexor');
    const options = [...training, '--epochs', '4', '--label', 'species'];
    expectClean(await flexor('train', 'networks/mlp.json', '--data', data, ...options, '--output', model));
    const { data: stated, provenance, input } = loadModel(model).model;
    expect(stated).toMatchObject({ label: 'species' });
    expect(provenance.recipe).toContain('--data flowers.csv --label species ');
    expect(input.preprocessing.mean[0]! * 255).toBeCloseTo(6, 1);
    expect(provenance.testAccuracy).toBeGreaterThan(0.9);
    const run = await flexor('simulate', model, '--data', data, '--json', '--predictions');
    expectClean(run);
    const { accuracy, predictions } = JSON.parse(run.stdout) as { accuracy: number; predictions: string };
    expect(accuracy).toBeGreaterThan(0.85);
    expect(predictions.split('\n')[1]).toMatch(/^line \d+,\w+,\w+$/);
    const inspected = await flexor('inspect', model);
    expect(inspected.stdout.replace(/\s+/g, ' ')).toMatch(
      /flowers, seed 1, test data of SHA-256 \w{12}…, class in column species/,
    );
    expect((await flexor('simulate', model, '--data', data, '--label', 'kind')).stderr).toMatch(
      /^flexor: --label must be a column/,
    );
  });
});
