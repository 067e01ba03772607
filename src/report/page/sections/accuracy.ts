/** Accuracy of the three evaluations, the confusion of the integer network, and telling images. */
import { encodePng } from '../../../base/png.js';
import { formatCount, formatPercent, formatShort, headroomText } from '../../../base/format.js';
import type { Example, ModelFigures, Proportion } from '../../figures/types.js';
import { formatInterval } from '../../figures/headlines.js';
import { rtlFailure } from '../../figures/rtl-failure.js';
import { intervalRows } from '../charts/intervals.js';
import { COLOURS } from '../theme.js';
import { note, table } from '../view.js';
import type { Block, ExamplesBlock, MatrixBlock, Section, TableBlock } from '../view.js';

/** Classes above which a table of confusion cannot be read. */
const MAX_CLASSES = 20;
const MAX_MISTAKES = 10;

export function accuracySection(figures: ModelFigures, id: string): Section {
  const { accuracy, rtl } = figures;
  const evaluations = [
    { at: 'float', proportion: accuracy.float, colour: COLOURS.memory },
    { at: 'integer', proportion: accuracy.integer, colour: COLOURS.flexor },
    ...(accuracy.rtl === null ? [] : [{ at: 'RTL', proportion: accuracy.rtl, colour: COLOURS.scale }]),
  ];
  const images = formatCount(accuracy.integer.images);
  const failure = rtl && rtlFailure(rtl);
  const hardware =
    rtl === null
      ? 'The RTL was not run.'
      : `In the RTL, ${formatCount(rtl.mismatches)} of ${formatCount(rtl.images)} images differ from the integer network` +
        (rtl.stalled === null
          ? '.'
          : `, and ${formatCount(rtl.stalled.mismatches)} with ${rtl.stalled.stalls}% random stalls.`) +
        (failure === null ? '' : ` The run failed: ${failure}.`);
  return {
    id: `${id}-accuracy`,
    title: 'Accuracy',
    lead: `Float and integer network give the same class to ${formatCount(accuracy.agreeing)} of ${images} images. ${hardware}`,
    blocks: [
      intervalRows({
        id: `${id}-accuracy-chart`,
        title: 'Accuracy with 95% confidence intervals',
        note: 'Wilson score intervals, as if the test images were drawn at random. The evaluations share their images, so overlapping intervals do not mean that they disagree.',
        axis: 'right answers',
        points: evaluations.map((evaluation) => ({ ...evaluation, name: 'accuracy' })),
      }),
      table('Accuracy', ['evaluation', 'images', 'right', 'accuracy', '95% interval (Wilson)'], evaluations.map(row)),
      ...calibrationBlocks(figures),
    ],
  };
}

/** How the number formats fit the activations, and what does not. */
function calibrationBlocks({ calibration, warnings }: ModelFigures): Block[] {
  const span = ({ min, max }: { readonly min: number; readonly max: number }): string =>
    `${formatShort(min)} to ${formatShort(max)}`;
  const rows = calibration.layers.map((each) => [
    ...[each.layer, String(each.bits), span(each.range), each.seen === null ? '' : span(each.seen)],
    each.saturated === null ? '' : formatPercent(each.saturated),
    ...[formatCount(each.codes), formatCount(each.unusedCodes)],
    headroomText(each.headroomBits),
  ]);
  const head = [
    'activations of',
    'bits',
    'stated range',
    'seen',
    'saturated',
    'codes',
    'unused codes',
    'headroom, bits',
  ];
  return [
    ...warnings.map((text) => note(`Warning: ${text}.`)),
    table(`Number formats and the activations of ${formatCount(calibration.images)} images`, head, rows),
    note('Headroom: how often the largest activation could double; below 0 the format cuts it off.'),
  ];
}

function row({ at, proportion }: { at: string; proportion: Proportion }): string[] {
  const { images, correct, share } = proportion;
  return [at, formatCount(images), formatCount(correct), formatPercent(share), formatInterval(proportion)];
}

export function imagesSection(figures: ModelFigures, id: string): Section {
  const { inventory, accuracy, examples } = figures;
  const { classes } = inventory;
  const confusion: Block[] =
    classes.length > MAX_CLASSES
      ? [note(`${classes.length} classes are too many for a table; the JSON output has the counts.`)]
      : [confusionBlock(classes, accuracy)];
  const mistakes = mistakeTable(classes, accuracy);
  const different = accuracy.integer.images - accuracy.agreeing;
  const lead =
    different === 0
      ? 'Float and integer network give every image the same class; below are the images on which the integer network was least sure.'
      : `Float and integer network give ${formatCount(different)} of ${formatCount(accuracy.integer.images)} images different classes.`;
  return {
    id: `${id}-images`,
    title: 'Errors and close decisions',
    lead,
    blocks: [
      ...confusion,
      ...(mistakes.rows.length === 0 ? [] : [mistakes]),
      ...(examples.disagreeing.length === 0
        ? []
        : [exampleBlock('Float and integer network disagree', examples.disagreeing, figures)]),
      exampleBlock('Smallest margins of the integer network, same class in float', examples.closest, figures),
      note('Margin: largest logit minus the second largest, in units of the float network’s logits.'),
    ],
  };
}

function confusionBlock(classes: readonly string[], { confusion }: ModelFigures['accuracy']): MatrixBlock {
  const { integer, float } = confusion;
  const wrong = Math.max(1, ...integer.flatMap((counts, label) => counts.filter((_, given) => given !== label)));
  return {
    kind: 'matrix',
    caption: 'Confusion of the integer network: rows are true classes, columns are answers',
    classes,
    rows: integer.map((counts, label) => ({
      name: classes[label]!,
      cells: counts.map((count, given) => ({
        text: count === 0 ? '' : formatCount(count),
        title: `${classes[label]!} taken for ${classes[given]!}: integer ${count}, float ${float[label]![given]!}`,
        shade: Math.round((100 * count) / (given === label ? Math.max(...counts, 1) : wrong)),
        right: given === label,
      })),
    })),
  };
}

/** The most frequent wrong answers of the integer network. */
function mistakeTable(classes: readonly string[], { confusion, integer }: ModelFigures['accuracy']): TableBlock {
  const mistakes = confusion.integer
    .flatMap((counts, label) => counts.map((count, given) => ({ label, given, count })))
    .filter(({ label, given, count }) => label !== given && count > 0)
    .sort((a, b) => b.count - a.count);
  const wrong = integer.images - integer.correct;
  const caption = `Most frequent of ${formatCount(wrong)} wrong answers`;
  const rows = mistakes
    .slice(0, MAX_MISTAKES)
    .map(({ label, given, count }) => [
      classes[label]!,
      classes[given]!,
      formatCount(count),
      formatCount(confusion.float[label]![given]!),
    ]);
  return table(caption, ['true class', 'answer', 'integer', 'float'], rows);
}

function exampleBlock(title: string, examples: readonly Example[], { inventory }: ModelFigures): ExamplesBlock {
  const { classes, input } = inventory;
  const [height, width, channels] = input.shape;
  return {
    kind: 'examples',
    title,
    examples: examples.map(({ image, label, float, integer, pixels }) => ({
      source: pngUri(pixels, width, height, channels),
      title: `#${image} is ${classes[label]!}`,
      lines: [
        `float ${classes[float.class]!}, margin ${formatShort(float.margin)}`,
        `integer ${classes[integer.class]!}, margin ${formatShort(integer.margin)}`,
      ],
    })),
  };
}

function pngUri(pixels: string, width: number, height: number, channels: number): string {
  const bytes = Buffer.from(pixels, 'base64');
  // What is no picture, such as a row of a table, is shown as shades, channel beside channel.
  const isPicture = channels === 1 || channels === 3;
  const png = isPicture ? encodePng(bytes, width, height, channels) : encodePng(bytes, width * channels, height, 1);
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
