/** What the readers of a user's own data have in common. Imports only types of data sets. */
import type { DatasetInfo, Values } from '../dataset.js';

export type Shape = DatasetInfo['shape'];

/** Height and width of images. */
export type Size = readonly [height: number, width: number];

/** Channels last, [N, height, width, channels], or first, [N, channels, height, width], as PyTorch has them. */
export type Layout = 'nhwc' | 'nchw';

/** What a user may say of the data besides where they lie. */
export interface OwnOptions {
  /** Column of a table with the class: its name, or its number from 0 (−1 is the last). */
  readonly label?: string;
  /** Images of folders are resized to this; without it all must have one size. */
  readonly imageSize?: Size;
  /** Order of the dimensions of arrays; without it they are channels last, unless a model's shape says otherwise. */
  readonly layout?: Layout;
}

/** The same, and what a model says that the data are for. */
export interface ReadOptions extends OwnOptions {
  /** What the model takes: images are turned to its channels, arrays that have its sizes in the other layout are turned. */
  readonly shape?: Shape;
}

/** Images, or rows of a table, as read. */
export interface RawPart {
  readonly count: number;
  readonly shape: Shape;
  /** count × shape: bytes of pixels, or numbers of any kind. */
  readonly images: Values;
  /** The class of each: its number, or its name where the data name classes; null for arrays without labels. */
  readonly labels: Int32Array | readonly string[] | null;
  /** What each is called, for errors and lists of predictions; absent where numbers from 0 do. */
  readonly names?: readonly string[];
  /** What holds them, for errors. */
  readonly where: string;
}

export type LoadPart = () => RawPart | Promise<RawPart>;

/** What lies at a path: a training and a test part, or one from which both are taken. Nothing is read yet. */
export interface Found {
  readonly train: LoadPart | null;
  readonly test: LoadPart | null;
  readonly whole: LoadPart | null;
  /** Names of the classes where a list of them lies beside the data. */
  readonly classes: readonly string[] | null;
}

export type FormKind = 'array-file' | 'array-folder' | 'table-file' | 'table-folder' | 'idx' | 'cifar' | 'pictures';

/** One form in which data may lie. */
export interface Form {
  readonly kind: FormKind;
  /** For errors. */
  readonly name: string;
  /** Null where the path holds no data of this form. */
  find(path: string, options: ReadOptions): Found | null;
}
