/** A user's own data in every form: what is read, and what is refused in one line before anything is allocated by it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePng } from '../../src/base/png.js';
import { gatherBatch, splitDigest } from '../../src/data/dataset.js';
import { encodeNpy, readNpy } from '../../src/data/own/npy.js';
import { loadOwn, loadOwnTest, ownForm } from '../../src/data/own/open.js';
import { flowerTable, idxBytes, put, smallDigits, writeSmallDigits, zip } from '../support/own-data.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flexor-own-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const small = smallDigits(20, 10);
const CLASSES = ['0', '1', '2', '3', '4'];

/** The five-class images in other files of the same content. */
const IMAGE_FORMS: readonly (readonly [string, () => string])[] = [
  ['.npy files', () => writeSmallDigits(at('set'), 20, 10)],
  [
    '.npy files under long names and in wide types',
    () => {
      for (const [split, { count, images, labels }] of Object.entries(small)) {
        put(at(`set/${split}_images.npy`), encodeNpy([count, 14, 14, 1], images));
        put(at(`set/${split}_labels.npy`), encodeNpy([count, 1], BigInt64Array.from(labels, BigInt)));
      }
      return at('set');
    },
  ],
  ...[false, true].map((compressed) => {
    const write = (): string => {
      const members = Object.entries(small).flatMap(([split, { count, images, labels }]) => [
        [`x_${split}.npy`, encodeNpy([count, 14, 14], images)] as const,
        [`y_${split}.npy`, encodeNpy([count], Int32Array.from(labels))] as const,
      ]);
      return put(at('set.npz'), zip(Object.fromEntries(members), compressed));
    };
    return [`.npz, ${compressed ? 'compressed' : 'stored'}`, write] as const;
  }),
  ...[false, true].map((compressed) => {
    const write = (): string => {
      const pack = (bytes: Buffer): Buffer => (compressed ? gzipSync(bytes) : bytes);
      const end = compressed ? '.gz' : '';
      for (const [stem, { count, images, labels }] of Object.entries({ train: small.train, t10k: small.test })) {
        put(at(`set/${stem}-images-idx3-ubyte${end}`), pack(idxBytes([count, 14, 14], images)));
        put(at(`set/${stem}-labels-idx1-ubyte${end}`), pack(idxBytes([count], labels)));
      }
      return at('set');
    };
    return [`IDX${compressed ? ', gzipped' : ''}`, write] as const;
  }),
];

describe('images', () => {
  it.each(IMAGE_FORMS)('as %s are pixels with their classes and their digest', async (_, write) => {
    const path = write();
    const set = await loadOwn(path, {});
    expect(set).toMatchObject({ name: 'set', shape: { height: 14, width: 14, channels: 1 }, classes: CLASSES });
    expect(set.normalisation).toEqual({ mean: [0], std: [1] });
    expect(Uint8Array.from(set.train.images)).toEqual(small.train.images);
    expect([...set.train.labels]).toEqual([...small.train.labels]);
    expect(splitDigest(set.shape, set.test)).toBe(splitDigest(set.shape, small.test));
    // Test data alone give the same.
    const test = await loadOwnTest(path, {}, CLASSES);
    expect(splitDigest(test.shape, test)).toBe(splitDigest(set.shape, small.test));
  });

  it('in one piece are divided, the same way each time', async () => {
    const { count, images, labels } = small.train;
    const members = { 'x.npy': encodeNpy([count, 14, 14], images), 'y.npy': encodeNpy([count], labels) };
    const path = put(at('one.npz'), zip(members));
    const set = await loadOwn(path, {});
    expect([set.train.count, set.test.count]).toEqual([16, 4]);
    const test = await loadOwnTest(path, {}, set.classes);
    expect(test.images).toEqual(set.test.images);
    expect(test.names).toEqual(set.test.names);
    const all = [...set.train.names!, ...set.test.names!].map(Number).sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 20 }, (_, i) => i));
    // Each still has its label.
    set.test.names!.forEach((name, i) => expect(set.test.labels[i]).toBe(labels[Number(name)]));
  });

  it('have the names of classes.txt', async () => {
    writeSmallDigits(at('set'), 20, 10);
    put(at('set/classes.txt'), 'null\nun\ndeux\ntrois\nquatre\n');
    expect((await loadOwn(at('set'), {})).classes).toEqual(['null', 'un', 'deux', 'trois', 'quatre']);
    put(at('set/classes.txt'), 'a\nb\n');
    await expect(loadOwn(at('set'), {})).rejects.toThrow(/example \d+: classes are a, b, got [234]$/);
  });

  it('in CIFAR binary files of their own classes are read', async () => {
    const record = (label: number, value: number): Buffer =>
      Buffer.concat([Buffer.from([label]), Buffer.alloc(3072, value)]);
    put(at('c/train.bin'), Buffer.concat([record(0, 9), record(11, 200), record(3, 0)]));
    put(at('c/test.bin'), record(2, 77));
    const set = await loadOwn(at('c'), {});
    expect(set.shape).toEqual({ height: 32, width: 32, channels: 3 });
    expect(set.classes).toHaveLength(12);
    expect([...set.train.labels]).toEqual([0, 11, 3]);
    expect(set.train.images[3072]).toBe(200);
    put(at('c/test.bin'), Buffer.alloc(3072));
    await expect(loadOwn(at('c'), {})).rejects.toThrow(/test.bin: must be records of 3073 bytes .*, got 3072 bytes$/);
    // CIFAR-100 has a coarse label in front.
    put(at('c/fine_label_names.txt'), Array.from({ length: 100 }, (_, i) => `class${i}\n`).join(''));
    put(at('c/train.bin'), Buffer.concat([Buffer.from([19]), record(99, 5)]));
    put(at('c/test.bin'), Buffer.concat([Buffer.from([19]), record(98, 5)]));
    const hundred = await loadOwn(at('c'), {});
    expect([hundred.classes.length, hundred.train.labels[0]]).toEqual([100, 99]);
  });
});

describe('arrays with channels first', () => {
  const shape = { height: 2, width: 5, channels: 3 };
  const last = Uint8Array.from({ length: 2 * 30 }, (_, i) => i);
  // Element (n, c, y, x) of the turned array.
  const first = Uint8Array.from({ length: 2 * 30 }, (_, i) => {
    const [n, c, yx] = [Math.floor(i / 30), Math.floor((i % 30) / 10), i % 10];
    return last[30 * n + 3 * yx + c]!;
  });

  it('are those with channels last, where they fit the model only so, and where --layout says so', async () => {
    const path = put(at('a.npy'), encodeNpy([2, 3, 2, 5], first));
    for (const options of [{ shape }, { layout: 'nchw' } as const, { shape, layout: 'nchw' } as const]) {
      const test = await loadOwnTest(path, options, CLASSES);
      expect(test).toMatchObject({ count: 2, shape, labels: null });
      expect(test.images).toEqual(last);
    }
    // Channels last, whatever the model takes: the command then says what does not fit.
    expect((await loadOwnTest(path, { layout: 'nhwc', shape }, CLASSES)).shape).toEqual({
      height: 3,
      width: 2,
      channels: 5,
    });
    const plain = put(at('b.npy'), encodeNpy([2, 2, 5, 3], last));
    expect(Uint8Array.from((await loadOwnTest(plain, { shape }, CLASSES)).images)).toEqual(last);
  });

  it('of signals are turned for a model of height 1', async () => {
    const signal = { height: 1, width: 10, channels: 3 };
    const path = put(at('a.npy'), encodeNpy([2, 3, 10], first));
    const test = await loadOwnTest(path, { shape: signal }, CLASSES);
    expect(test).toMatchObject({ shape: signal, images: last });
    const turned = put(at('b.npy'), encodeNpy([2, 10, 3], last));
    const plain = await loadOwnTest(turned, { shape: signal }, CLASSES);
    expect(plain.shape).toEqual(signal);
    expect(Uint8Array.from(plain.images)).toEqual(last);
  });

  it.each([
    [[1, 4, 4, 4], { height: 4, width: 4, channels: 4 }],
    [[1, 8, 8], { height: 1, width: 8, channels: 8 }],
  ])('that fit in both orders, %j, are refused until --layout says which', async (sizes, cube) => {
    const path = put(at('a.npy'), encodeNpy(sizes, new Uint8Array(64)));
    await expect(loadOwnTest(path, { shape: cube }, CLASSES)).rejects.toThrow(
      /has the model's sizes with channels last and with channels first; say --layout nhwc or nchw$/,
    );
    for (const layout of ['nhwc', 'nchw'] as const) {
      expect((await loadOwnTest(path, { shape: cube, layout }, CLASSES)).shape).toEqual(cube);
    }
  });

  it('are trained on, with --layout', async () => {
    put(at('t/x_train.npy'), encodeNpy([2, 3, 2, 5], first));
    put(at('t/y_train.npy'), encodeNpy([2], Uint8Array.of(0, 1)));
    put(at('t/x_test.npy'), encodeNpy([2, 3, 2, 5], first));
    put(at('t/y_test.npy'), encodeNpy([2], Uint8Array.of(0, 1)));
    const set = await loadOwn(at('t'), { layout: 'nchw' });
    expect(set.shape).toEqual(shape);
    expect(set.train.images).toEqual(last);
  });
});

describe('arrays without labels', () => {
  it('are tested on whole, whatever holds them, and not trained on', async () => {
    const { count, images } = small.train;
    const array = encodeNpy([count, 14, 14], images);
    const paths = [
      put(at('alone.npy'), array),
      put(at('whole.npz'), zip({ 'x.npy': array })),
      put(at('test.npz'), zip({ 'x_test.npy': array })),
      join(put(at('folder/x_test.npy'), array), '..'),
    ];
    for (const path of paths) {
      const test = await loadOwnTest(path, {}, CLASSES);
      expect(test).toMatchObject({ count, labels: null });
      expect(Uint8Array.from(test.images)).toEqual(Uint8Array.from(images));
    }
    await expect(loadOwn(paths[1]!, {})).rejects.toThrow(/x: has no labels; put them beside it, as y_train.npy/);
    await expect(loadOwn(paths[0]!, {})).rejects.toThrow(/must hold data to train on, got test data alone$/);
  });
});

describe('folders of PNG and JPEG files', () => {
  const grey = (value: number, side = 8): Uint8Array =>
    encodePng(new Uint8Array(side * side).fill(value), side, side, 1);

  it('are classes, resized on request, grey where all images are', async () => {
    for (let i = 0; i < 3; i++) {
      put(at(`p/train/cat/${i}.png`), grey(10 * i));
      put(at(`p/train/dog/${i}.png`), grey(200 + i));
    }
    put(at('p/test/dog/z.png'), grey(201));
    put(at('p/train/.thumbs/x.png'), 'no image');
    const set = await loadOwn(at('p'), {});
    expect(set).toMatchObject({ shape: { height: 8, width: 8, channels: 1 }, classes: ['cat', 'dog'] });
    expect([...set.train.labels]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(set.train.images[64]).toBe(10);
    expect(set.test.names).toEqual(['dog/z.png']);
    const resized = await loadOwn(at('p'), { imageSize: [4, 6] });
    expect(resized.shape).toEqual({ height: 4, width: 6, channels: 1 });
    expect([...resized.test.images]).toEqual(new Array(24).fill(201));
    // A model of three channels sees grey images in all of them.
    const three = await loadOwnTest(at('p'), { shape: { height: 8, width: 8, channels: 3 } }, ['cat', 'dog']);
    expect([three.shape.channels, three.images[100]]).toEqual([3, 201]);
  });

  it('without train and test are divided; other sizes and colours need what the error says', async () => {
    const red = await sharp({ create: { width: 10, height: 8, channels: 3, background: '#f00' } })
      .jpeg()
      .toBuffer();
    for (let i = 0; i < 4; i++) put(at(`p/a/${i}.png`), grey(9 * i));
    put(at('p/b/red.jpg'), red);
    await expect(loadOwn(at('p'), {})).rejects.toThrow(
      /p: images must have one size: a\/0.png has 8×8, b\/red.jpg 8×10; give one with --image-size$/,
    );
    const set = await loadOwn(at('p'), { imageSize: [8, 8] });
    expect(set.shape.channels).toBe(3);
    expect([set.train.count, set.test.count]).toEqual([4, 1]);
  });

  it.each<[string, Uint8Array | string]>([
    ['a text', 'no image'],
    ['a cut-off PNG', grey(3).subarray(0, 45)],
    ['nothing', ''],
  ])('of %s are refused with the name of the file', async (_, content) => {
    put(at('p/a/0.png'), grey(1));
    put(at('p/a/1.png'), content);
    put(at('p/b/2.png'), grey(2));
    await expect(loadOwn(at('p'), {})).rejects.toThrow(
      /^.*1\.png: the image cannot be decoded \(.*\); (write it again|remove it).*$/,
    );
  });

  it('that state a huge image are refused', async () => {
    const huge = Buffer.from(grey(1));
    huge.writeUInt32BE(60_000, 16);
    huge.writeUInt32BE(60_000, 20);
    put(at('p/a/0.png'), huge);
    put(at('p/b/1.png'), huge);
    await expect(loadOwn(at('p'), {})).rejects.toThrow(/[01]\.png: the image cannot be decoded \(.*\)/);
  });
});

describe('tables', () => {
  it('are standardised with mean and deviation of the training rows', async () => {
    const path = put(at('flowers.csv'), flowerTable(60));
    const set = await loadOwn(path, {});
    expect(set).toMatchObject({ name: 'flowers', shape: { height: 1, width: 1, channels: 4 } });
    expect(set.classes).toEqual(['setosa', 'versicolor', 'virginica']);
    const { pixels } = gatherBatch(
      set,
      set.train,
      Uint32Array.from({ length: 48 }, (_, i) => i),
    );
    for (let c = 0; c < 3; c++) {
      const column = [...pixels].filter((_, i) => i % 4 === c);
      expect(column.reduce((sum, x) => sum + x, 0) / 48).toBeCloseTo(0, 5);
      expect(column.reduce((sum, x) => sum + x * x, 0) / 48).toBeCloseTo(1, 5);
    }
    // A column that is always the same says nothing, and does not blow up.
    expect(pixels[3]).toBeCloseTo(0, 6);
    expect(set.inputRange!.max).toBe(Math.max(...pixels));
    expect(set.test.names![0]).toMatch(/^line \d+$/);
  });

  it('have the class in the column that is named', async () => {
    const rows = ['kind;a;b', 'x;1;2', 'y;3;4,5'.replace(',', '.'), 'x;5;6', 'y;7;8', 'x;1;1'];
    const path = put(at('t.csv'), rows.join('\r\n'));
    expect((await loadOwn(path, { label: 'kind' })).classes).toEqual(['x', 'y']);
    expect((await loadOwn(path, { label: '0' })).classes).toEqual(['x', 'y']);
    expect((await loadOwn(path, { label: '-3' })).classes).toEqual(['x', 'y']);
    await expect(loadOwn(path, { label: 'sort' })).rejects.toThrow(
      /^--label must be a column of .*t.csv: kind, a, b, or a number from 0 to 2, got 'sort'$/,
    );
    await expect(loadOwn(path, {})).rejects.toThrow(/t.csv: line 2: column 'kind': must be a number, got 'x'; /);
  });

  it('without names of columns, with tabs, in two files, with classes in the order of their numbers', async () => {
    put(at('t/train.tsv'), '1\t2\t10\n3\t4\t9\n5\t6\t10\n\n');
    put(at('t/test.tsv'), '1\t2\t9\n');
    const set = await loadOwn(at('t'), {});
    expect([set.classes, set.train.count, [...set.test.labels]]).toEqual([['9', '10'], 3, [0]]);
    // A file that is called test is taken whole.
    const test = await loadOwnTest(at('t/test.tsv'), {}, ['9', '10']);
    expect([test.count, test.names]).toEqual([1, ['line 1']]);
  });

  it.each<[string, string, RegExp]>([
    [
      'an empty cell',
      'a,b,y\n1,,0\n2,3,1\n',
      /line 2: column 'b': must be a number, got ''; remove the row or the column/,
    ],
    ['NaN', 'a,y\n1,0\nNaN,1\n', /line 3: column 'a': must be a number, got 'NaN'/],
    ['a number beyond single precision', 'a,y\n1e300,0\n1,1\n', /line 2: column 'a': must be a number, got '1e300'/],
    ['rows of other lengths', '1,2\n1,2,3\n', /line 2: must have 2 columns as the first row, got 3$/],
    ['an open quote', 'a,b\n1,"x\n2,y\n', /line 2: a quoted cell does not end/],
    ['one column', 'a\n1\n2\n', /a table has 2 to 65536 columns/],
    ['no rows', '\n\n', /a table has rows, here is none$/],
    ['one row', '1,2\n', /must hold at least 2 examples, to train and to test, got 1$/],
    ['no class', 'a,y\n1,\n2,1\n', /line 2: the class is empty; remove the row$/],
  ])('with %s are refused', async (_, text, message) => {
    await expect(loadOwn(put(at('t.csv'), text), {})).rejects.toThrow(message);
  });

  it('with a class that the model does not know are refused', async () => {
    const path = put(at('test.csv'), 'a,y\n1,x\n2,z\n');
    await expect(loadOwnTest(path, {}, ['x', 'y'])).rejects.toThrow(/test.csv: line 3: classes are x, y, got z$/);
  });
});

describe('arrays', () => {
  it.each<[string, string, number[]]>([
    ['<f4', '0000803f000000c0', [1, -2]],
    ['>f8', '3ff0000000000000c000000000000000', [1, -2]],
    ['<f2', '003c00c0', [1, -2]],
    ['|i1', '01fe', [1, -2]],
    ['>i2', '0001fffe', [1, -2]],
    ['<i8', '0100000000000000feffffffffffffff', [1, -2]],
    ['|b1', '0100', [1, 0]],
  ])('of type %s are read', (type, hex, values) => {
    const header = Buffer.from(encodeNpy([2], Uint8Array.of(0, 0)).subarray(0, -2)).toString('latin1');
    const bytes = Buffer.concat([Buffer.from(header.replace('|u1', type), 'latin1'), Buffer.from(hex, 'hex')]);
    expect([...readNpy(put(at('a.npy'), bytes)).values]).toEqual(values);
  });

  it('of numbers are standardised channel by channel', async () => {
    const values = Float32Array.from({ length: 10 * 2 * 2 * 2 }, (_, i) => (i % 2 === 0 ? i : -3 * i));
    put(at('a/x_train.npy'), encodeNpy([10, 2, 2, 2], values));
    put(at('a/x_test.npy'), encodeNpy([10, 2, 2, 2], values));
    for (const split of ['train', 'test'])
      put(
        at(`a/y_${split}.npy`),
        encodeNpy(
          [10],
          Int32Array.from(values.subarray(0, 10), (_, i) => i % 2),
        ),
      );
    const set = await loadOwn(at('a'), {});
    const { pixels } = gatherBatch(
      set,
      set.train,
      Uint32Array.from({ length: 10 }, (_, i) => i),
    );
    const odd = [...pixels].filter((_, i) => i % 2 === 1);
    expect(odd.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 4);
    expect(odd.reduce((sum, x) => sum + x * x, 0) / odd.length).toBeCloseTo(1, 5);
  });

  const npy = (text: string, data: Uint8Array): Buffer => {
    const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length % 256, text.length >> 8]);
    return Buffer.concat([head, Buffer.from(text), data]);
  };
  const header = (type: string, order: string, shape: string): string =>
    `{'descr': ${type}, 'fortran_order': ${order}, 'shape': (${shape}), }`;

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', Buffer.alloc(0), /begins with .x93NUMPY; write it with numpy.save$/],
    ['another file', Buffer.from('hello, this is a text'), /begins with .x93NUMPY/],
    [
      'a cut-off header',
      encodeNpy([2], Uint8Array.of(1, 2)).subarray(0, 40),
      /the header states 118 bytes and is cut off/,
    ],
    ['no shape', npy("{'descr': '<f4'}", Buffer.alloc(0)), /the header must state descr, fortran_order and shape/],
    ['objects', npy(header("'|O'", 'False', '2,'), Buffer.alloc(16)), /elements must be numbers, got \|O; save /],
    ['texts', npy(header("'<U3'", 'False', '2,'), Buffer.alloc(24)), /elements must be numbers, got <U3/],
    ['structures', npy(header("[('a', '<f4')]", 'False', '2,'), Buffer.alloc(8)), /the header must state descr/],
    [
      'columns first',
      npy(header("'<f4'", 'True', '2, 2'), Buffer.alloc(16)),
      /C order; save numpy.ascontiguousarray\(array\)$/,
    ],
    [
      'missing data',
      npy(header("'<f4'", 'False', '2, 2'), Buffer.alloc(12)),
      /2×2 of <f4 need 16 bytes of data, there are 12$/,
    ],
    [
      'data behind it',
      npy(header("'|u1'", 'False', '2,'), Buffer.alloc(5)),
      /2 of \|u1 need 2 bytes of data, there are 5$/,
    ],
    [
      'terabytes',
      npy(header("'<f8'", 'False', '1000000, 1000000'), Buffer.alloc(8)),
      /need 8000000000000 bytes of data, there are 8$/,
    ],
    [
      'absurd sizes',
      npy(header("'<f8'", 'False', `${'9'.repeat(400)},`), Buffer.alloc(8)),
      /need Infinity bytes of data/,
    ],
    [
      'version 9',
      Buffer.concat([encodeNpy([1], Uint8Array.of(1)).subarray(0, 6), Buffer.from([9, 0]), Buffer.alloc(120)]),
      /versions 1 to 3 of the format are read, got 9$/,
    ],
  ])('of %s are refused', (_, bytes, message) => {
    expect(() => readNpy(put(at('a.npy'), bytes))).toThrow(message);
  });

  const images = encodeNpy([4, 2, 2], new Uint8Array(16));
  it.each<[string, Uint8Array, Uint8Array, RegExp]>([
    [
      'no labels for all',
      images,
      encodeNpy([3], new Uint8Array(3)),
      /y: must be one class for each of the 4 examples, got 3$/,
    ],
    [
      'one-hot labels',
      images,
      encodeNpy([4, 2], new Uint8Array(8)),
      /y: must be one class for each of the 4 examples, got 4×2$/,
    ],
    [
      'half a class',
      images,
      encodeNpy([4], Float32Array.of(0, 1, 0.5, 1)),
      /y: classes must be whole numbers from 0 to 65535, got 0.5 at example 2$/,
    ],
    ['a negative class', images, encodeNpy([4], Int32Array.of(0, 1, -1, 1)), /got -1 at example 2$/],
    [
      'NaN',
      encodeNpy([4, 1], Float32Array.of(1, 2, NaN, 3)),
      encodeNpy([4], new Uint8Array(4)),
      /x: must be finite numbers, got NaN at element 2$/,
    ],
    [
      'channels first',
      encodeNpy([1, 3, 5, 5], new Uint8Array(75)),
      encodeNpy([1], new Uint8Array(1)),
      /channels come last, .*, got 1×3×5×5; say --layout nchw if they come first$/,
    ],
    [
      'one dimension',
      encodeNpy([4], new Uint8Array(4)),
      encodeNpy([4], new Uint8Array(4)),
      /x: must be \[N, features\], .*, got 4$/,
    ],
    [
      'no examples',
      encodeNpy([0, 2], new Uint8Array(0)),
      encodeNpy([0], new Uint8Array(0)),
      /x: must hold examples, got none$/,
    ],
  ])('with %s are refused', async (_, x, y, message) => {
    await expect(loadOwn(put(at('a.npz'), zip({ 'x.npy': x, 'y.npy': y })), {})).rejects.toThrow(message);
  });

  it('in damaged archives are refused', async () => {
    const good = zip({ 'x.npy': images, 'y.npy': encodeNpy([4], new Uint8Array(4)) }, true);
    const load = (bytes: Uint8Array) => loadOwn(put(at('a.npz'), bytes), {});
    expect((await load(good)).train.count).toBe(3);
    // What is cut, or changed anywhere, is either refused in one line or read as it was.
    const messages = new Set<string>();
    for (let i = 0; i < good.length; i += 5) {
      for (const bytes of [
        good.subarray(0, i),
        Buffer.concat([good.subarray(0, i), Buffer.from([255]), good.subarray(i + 1)]),
      ]) {
        await load(bytes).catch((error: Error) => messages.add(`${error.name}: ${error.message}`));
      }
    }
    expect(messages.size).toBeGreaterThan(5);
    for (const message of messages) expect(message).toMatch(/^FlexorError: [^\n]+$/);
  });

  it('that would unpack to gigabytes are not unpacked', async () => {
    const bomb = zip(
      { 'x.npy': Buffer.concat([images.subarray(0, 128), Buffer.alloc(20_000_000)]), 'y.npy': images },
      true,
    );
    expect(bomb.length).toBeLessThan(100_000);
    const before = process.memoryUsage().arrayBuffers;
    await expect(loadOwn(put(at('a.npz'), bomb), {})).rejects.toThrow(
      /x: 4×2×2 of \|u1 need 16 bytes of data, there are 20000000$/,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });
});

describe('what lies at a path', () => {
  it('is told by its form', () => {
    expect(ownForm(folder)).toBeNull();
    expect(ownForm(at('none'))).toBeNull();
    expect(ownForm(put(at('t.csv'), flowerTable(3)))).toBe('table-file');
    put(at('t/train.csv'), flowerTable(3));
    expect(ownForm(at('t'))).toBe('table-folder');
  });

  it('is refused where it is nothing that is known', async () => {
    put(at('readme.txt'), 'text');
    await expect(loadOwn(at('readme.txt'), {})).rejects.toThrow(
      /^--data .*readme.txt: holds no data of a known form: .npz or .npy file, /,
    );
    await expect(loadOwn(at('none'), {})).rejects.toThrow(/^--data .*none: does not exist$/);
  });

  it('must have training and test data of one kind', async () => {
    put(at('a/x_train.npy'), encodeNpy([2, 3], new Uint8Array(6)));
    put(at('a/y_train.npy'), encodeNpy([2], new Uint8Array(2)));
    put(at('a/x_test.npy'), encodeNpy([2, 4], new Uint8Array(8)));
    put(at('a/y_test.npy'), encodeNpy([2], new Uint8Array(2)));
    await expect(loadOwn(at('a'), {})).rejects.toThrow(
      /x_test.npy: must have examples of 1×1×3 as .*x_train.npy, got 1×1×4$/,
    );
    put(at('a/x_test.npy'), encodeNpy([2, 3], new Float32Array(6)));
    await expect(loadOwn(at('a'), {})).rejects.toThrow(/x_test.npy: must hold bytes as .*x_train.npy does$/);
    expect(readFileSync(at('a/y_test.npy')).length).toBe(130);
  });
});
