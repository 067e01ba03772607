/** A file that Python's standard library wrote, and Python's standard library reading a file of ours. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { planeCodes } from '../../src/model/evaluate-node.js';
import { loadModel } from '../../src/model/read.js';
import { saveModel, writeModel } from '../../src/model/write.js';
import { codePlanes, tinyModel } from '../support/tiny-model.js';

const folder = mkdtempSync(join(tmpdir(), 'flexor-python-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([1, 2])(
  'reads what examples/write_flexor.py writes in version %i, and decrypts the same weights',
  (version) => {
    for (const seed of [1, 2, 3]) {
      const path = join(folder, `python-${seed}.flexor`);
      const printed = execFileSync('python3', ['examples/write_flexor.py', path, String(seed), String(version)], {
        encoding: 'utf8',
      });
      const expected = JSON.parse(printed) as Record<string, number[]>;
      const { model } = loadModel(path);
      expect(Object.keys(expected)).toEqual(version === 1 ? ['conv1', 'fc1'] : ['conv1', 'conv2', 'fc1']);
      for (const node of model.nodes) {
        if (!('weights' in node)) continue;
        if (node.weights.encoding === 'int') {
          expect([...node.weights.values], node.name).toEqual(expected[node.name]);
          continue;
        }
        const codes = planeCodes(codePlanes(node)[0]!, expected[node.name]!.length);
        expect([...codes], node.name).toEqual(expected[node.name]);
      }
      // Our own bytes differ (order, padding), the model does not.
      saveModel(path, model);
      expect(loadModel(path).model).toEqual(model);
    }
  },
);

const READER = `
import hashlib, json, struct, sys
data = open(sys.argv[1], "rb").read()
length = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8 : 8 + length])
payload = data[8 + length :]
metadata = header.pop("__metadata__")
document = json.loads(metadata["flexor"])
assert hashlib.sha256(payload).hexdigest() == document["digest"]
assert hashlib.sha256(metadata["flexor"].encode()).hexdigest() == metadata["flexor.sha256"]
position = 0
for name, info in header.items():
    begin, end = info["data_offsets"]
    assert begin == position and (info["dtype"] != "F32" or (8 + length + begin) % 4 == 0), name
    position = end
assert position == len(payload)
begin, end = header["dense5.bias"]["data_offsets"]
print(json.dumps(struct.unpack("<3f", payload[begin:end])))
`;

it('writes what Python reads by the published layout', () => {
  const path = join(folder, 'ours.flexor');
  const model = tinyModel(1);
  saveModel(path, model);
  const bias = JSON.parse(execFileSync('python3', ['-c', READER, path], { encoding: 'utf8' })) as number[];
  const node = model.nodes[4]!;
  expect(bias).toEqual('bias' in node && node.bias !== null ? [...node.bias] : 'no bias');
  expect(writeModel(loadModel(path).model)).toEqual(writeModel(model));
});
