/** Tables as data: one file, or a folder with `train` and `test`. */
import { basename, join } from 'node:path';
import { kindOf } from '../../base/files.js';
import { readTable } from './table.js';
import type { Form, LoadPart } from './types.js';

const TABLE = /\.(csv|tsv)$/i;
const ENDINGS = ['csv', 'tsv'];

export const TABLE_FILE: Form = {
  kind: 'table-file',
  name: '.csv or .tsv file',
  find(path, options) {
    if (!TABLE.test(path) || kindOf(path) !== 'file') return null;
    const load = (): ReturnType<LoadPart> => readTable(path, options);
    // A file that says that it is for testing is taken whole.
    const isTest = /^(test|val)/i.test(basename(path));
    return { train: null, test: isTest ? load : null, whole: isTest ? null : load, classes: null };
  },
};

export const TABLE_FOLDER: Form = {
  kind: 'table-folder',
  name: 'folder of train.csv and test.csv',
  find(path, options) {
    const part = (stems: readonly string[]): LoadPart | null => {
      const files = stems.flatMap((stem) => ENDINGS.map((ending) => join(path, `${stem}.${ending}`)));
      const file = files.find((each) => kindOf(each) === 'file');
      return file === undefined ? null : () => readTable(file, options);
    };
    const [train, test] = [part(['train']), part(['test', 'val'])];
    return train === null && test === null ? null : { train, test, whole: null, classes: null };
  },
};
