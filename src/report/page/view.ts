/**
 * What the page is made of: sections of blocks, each kind printed by the template of its name (`templates/report`). Texts
 * are plain and escaped by the templates; `svg` is drawn by us, with its texts escaped where it is drawn.
 */
import type { EChartsOption } from 'echarts';

/** Term and text. */
export interface FactsBlock {
  readonly kind: 'facts';
  readonly facts: readonly { readonly term: string; readonly text: string }[];
}

/** The figures on top; `key` lets a reader of the page find them. */
export interface TilesBlock {
  readonly kind: 'tiles';
  readonly tiles: readonly {
    readonly key: string;
    readonly label: string;
    readonly text: string;
    readonly note: string;
  }[];
}

export interface Cell {
  /** Heading of its column. */
  readonly head: string;
  readonly text: string;
  readonly numeric: boolean;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly caption: string;
  /** Few rows of many columns: on a phone each row becomes a card with the headings beside its values. */
  readonly cards: boolean;
  /** Narrow enough to stand beside something. */
  readonly half: boolean;
  readonly head: readonly Cell[];
  readonly rows: readonly { readonly total: boolean; readonly cells: readonly Cell[] }[];
}

export interface LegendEntry {
  readonly name: string;
  readonly colour: string;
}

/** A chart of ECharts: interactive where scripts run, else and in print a still picture of the same option. */
export interface ChartBlock {
  readonly kind: 'chart';
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly legend: readonly LegendEntry[];
  /** Pixels. */
  readonly height: number;
  readonly option: EChartsOption;
  /** What the chart shows, as the table that a reader can download: the first row is the heading. */
  readonly data: readonly (readonly (string | number)[])[];
}

/** Sentences that stand before everything else. */
export interface VerdictBlock {
  readonly kind: 'verdict';
  readonly sentences: readonly string[];
}

/** The frontier of folds as a chart; a design that is picked shows its layers. */
export interface ExplorerBlock {
  readonly kind: 'explorer';
  readonly chart: ChartBlock;
  /** One a point of the chart, in its order. */
  readonly tables: readonly TableBlock[];
  /** The designs by name, for the list from which one can be picked without a pointer. */
  readonly names: readonly string[];
}

export interface DrawingBlock {
  readonly kind: 'drawing';
  readonly title: string;
  /** Narrow enough to stand beside something. */
  readonly half: boolean;
  readonly note: string;
  /** Drawings of the same thing for different widths; `name` is their class. */
  readonly drawings: readonly { readonly name: 'any' | 'wide' | 'narrow'; readonly svg: string }[];
}

/** Counts as shaded cells; `shade` is 0 to 100, `right` marks the diagonal. */
export interface MatrixBlock {
  readonly kind: 'matrix';
  readonly caption: string;
  readonly classes: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    readonly cells: readonly {
      readonly text: string;
      readonly title: string;
      readonly shade: number;
      readonly right: boolean;
    }[];
  }[];
}

export interface ExamplesBlock {
  readonly kind: 'examples';
  readonly title: string;
  readonly examples: readonly {
    /** data: URI. */
    readonly source: string;
    readonly title: string;
    readonly lines: readonly string[];
  }[];
}

export interface NoteBlock {
  readonly kind: 'note';
  readonly text: string;
}

export interface CodeBlock {
  readonly kind: 'code';
  readonly lines: readonly string[];
}

export type Block =
  | VerdictBlock
  | ExplorerBlock
  | FactsBlock
  | TilesBlock
  | TableBlock
  | ChartBlock
  | DrawingBlock
  | MatrixBlock
  | ExamplesBlock
  | NoteBlock
  | CodeBlock;

export interface Section {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences that a reader sees while the section is folded. */
  readonly lead: string;
  readonly blocks: readonly Block[];
}

/** The sections of one model, or of the comparison. */
export interface Chapter {
  readonly id: string;
  readonly title: string;
  /** A line under the title. */
  readonly subtitle: string;
  readonly sections: readonly Section[];
}

const NUMERIC = /^([-+−]?[\d.,]+( ?(%|[pnµm]?J|ns|µs))?|never|[-–]?)$/;

/** Columns that fit half the width of a desktop. */
const MAX_HALF_COLUMNS = 7;

/** A table of texts; columns of numbers are aligned to the right. The last row may be a total. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  lastIsTotal = false,
): TableBlock {
  const numeric = head.map((_, i) => rows.every((row) => NUMERIC.test(row[i] ?? '')));
  const cells = (row: readonly string[]): Cell[] =>
    head.map((heading, i) => ({ head: heading, text: row[i] ?? '', numeric: numeric[i]! }));
  return {
    kind: 'table',
    caption,
    cards: false,
    half: head.length <= MAX_HALF_COLUMNS,
    head: cells(head),
    rows: rows.map((row, i) => ({ total: lastIsTotal && i === rows.length - 1, cells: cells(row) })),
  };
}

/** The same table with its rows as cards on a phone. */
export function cards(block: TableBlock): TableBlock {
  return { ...block, cards: true, half: false };
}

export function note(text: string): NoteBlock {
  return { kind: 'note', text };
}
