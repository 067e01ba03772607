/**
 * Widths of streams: elements, all of one pixel, that a beat carries. A weighted layer chooses that of its output (`width` in
 * its fold: so many channels are requantised in a cycle), the layers that read the design's input that of the input
 * (`inputWidth`: so many elements come in a beat of the port), and a pool or a shortcut gives as it takes. Widths are powers of
 * two, so that a place in a beat is bits of an address, and all beats are full, but for two streams. A dense layer takes
 * elements in their order whatever pixel they are of: where only dense layers read the input, a beat of it may hold those of
 * several pixels, and the last one the rest. Logits are read by nothing but the port: their width may be any number, and where
 * the layer works on all of them at once, their last beat holds the rest.
 *
 * Wider streams cost multipliers and multiplexers and are good for nothing but speed. So for a number of cycles a frame
 * every stream gets the least width with which it keeps up, and what remains to be chosen is each layer's own affair.
 */
import { divisors } from '../base/bits.js';
import { own } from '../base/dictionary.js';
import { INPUT_NAME, inputsOf, isWeighted } from '../graph/order.js';
import { elementCount } from '../graph/shapes.js';
import type { IntNetwork } from '../fixed/types.js';
import { beatsOf, MAX_WIDTH } from './beats.js';
import { outputWidth, widthRule } from './fold.js';
import type { WeightedNode } from './lanes.js';
import { layerKind } from './layers/index.js';
import type { Fold, LayerWidths } from './types.js';

/** Streams of one width: what a weighted layer (or the input) drives, and what pools and shortcuts make of it. */
interface WidthClass {
  /** The layers that choose it, those that drive the first of its streams; null: the input, whose readers choose it. */
  roots: readonly (WeightedNode | null)[];
  /** Most elements a frame that go over one of them, or that a pool goes over. */
  elements: number;
  /** Widest beat that all of them can have, whatever the fold. */
  most: number;
  /** Logits of one pixel, straight from a weighted layer: any width up to `most`, else powers of two. */
  logits?: true;
}

function largestPower(n: number): number {
  return Math.min(MAX_WIDTH, n & -n);
}

function nextPower(n: number): number {
  return Math.min(MAX_WIDTH, 2 ** Math.ceil(Math.log2(n)));
}

const knownClasses = new WeakMap<IntNetwork, readonly WidthClass[]>();

/** By stream, its class. A class stands behind those of the residuals that its layer adds. */
function classesOf(network: IntNetwork): readonly WidthClass[] {
  let classes = knownClasses.get(network);
  if (classes === undefined) knownClasses.set(network, (classes = findClasses(network)));
  return classes;
}

function findClasses(network: IntNetwork): WidthClass[] {
  const { shape } = network.input;
  const flat = network.nodes.every((node) => !inputsOf(node).includes(INPUT_NAME) || node.kind === 'dense');
  const image = elementCount(shape);
  // Residuals take full beats.
  const whole = network.nodes.some((node) => isWeighted(node) && node.residual?.input === INPUT_NAME);
  const most = flat && !whole ? nextPower(image) : largestPower(flat ? image : shape.channels);
  const classes: WidthClass[] = [{ roots: [null], elements: image, most }];
  const streams = streamIndex(network);
  const last = network.nodes.at(-1)!;
  for (const node of network.nodes) {
    const elements = elementCount(node.outputTensor.shape);
    if (isWeighted(node)) {
      const logits = node === last && node.residual === null && elements === node.outChannels;
      const most = logits ? Math.min(MAX_WIDTH, elements) : largestPower(node.outChannels);
      classes.push({ roots: [node], elements, most, ...(logits ? { logits } : {}) });
      continue;
    }
    // What is put side by side has one width.
    const [shared, ...others] = inputsOf(node).map((name) => classes[streams.get(name)!]!) as [
      WidthClass,
      ...WidthClass[],
    ];
    for (const other of others) merge(classes, shared, other);
    shared.elements = Math.max(shared.elements, elements, layerKind(node).elements(node));
    shared.most = Math.min(shared.most, layerKind(node).widestBeat(node));
    classes.push(shared);
  }
  // Nobody would choose it.
  if (inputReaders(network, classes).length === 0) classes[0]!.most = 1;
  // A residual is at least as wide as what it is added to, whose beats take parts of its own.
  const adding = network.nodes.flatMap((node, i) =>
    isWeighted(node) && node.residual !== null
      ? [{ sum: classes[i + 1]!, residual: classes[streams.get(node.residual.input)!]! }]
      : [],
  );
  // Once more for every addition: what is put side by side may lead from a later one to an earlier one.
  for (let pass = 0; pass < adding.length; pass++) {
    for (const { sum, residual } of adding) sum.most = Math.min(sum.most, residual.most);
    for (const { sum, residual } of adding) residual.elements = Math.max(residual.elements, sum.elements);
  }
  return classes;
}

/** The streams of `other` belong to `into`. */
function merge(classes: WidthClass[], into: WidthClass, other: WidthClass): void {
  if (into === other) return;
  // What comes in from outside and what a layer gives are chosen apart.
  if ([into, other].some(({ roots }) => roots.includes(null))) into.most = 1;
  into.roots = [...into.roots, ...other.roots];
  into.elements = Math.max(into.elements, other.elements);
  into.most = Math.min(into.most, other.most);
  classes.forEach((each, s) => {
    if (each === other) classes[s] = into;
  });
}

function streamIndex({ nodes }: IntNetwork): ReadonlyMap<string, number> {
  return new Map([['input', 0], ...nodes.map(({ name }, i) => [name, i + 1] as const)]);
}

function leastWidth({ elements, most, logits }: WidthClass, cycles: number): number {
  if (logits) return Math.min(most, Math.ceil(elements / cycles));
  let width = 1;
  while (width < most && elements > width * cycles) width *= 2;
  return width;
}

/** By stream, the least width with which it keeps up with a frame every so many cycles, or the widest that it can have. */
export function widthsForCycles(network: IntNetwork, cycles: number): number[] {
  return classesOf(network).map((each) => leastWidth(each, cycles));
}

/** Every number of cycles a frame from which on some stream may be narrower than below it, rising. */
export function widthThresholds(network: IntNetwork): number[] {
  const all = classesOf(network).flatMap((each) => {
    const thresholds: number[] = [];
    const next = (width: number): number => (each.logits ? width + 1 : 2 * width);
    for (let width = 1; width < each.most; width = next(width)) thresholds.push(beatsOf(each.elements, width));
    return thresholds;
  });
  return [...new Set(all)].sort((a, b) => a - b);
}

/** The weighted layers that the design's input reaches, be it through a pool. */
function inputReaders(network: IntNetwork, classes: readonly WidthClass[]): WeightedNode[] {
  const streams = streamIndex(network);
  return network.nodes.filter(isWeighted).filter(({ input }) => classes[streams.get(input)!]!.roots.includes(null));
}

/** Whether a layer's fold says how many elements a beat of the design's input has. */
export function choosesInput(network: IntNetwork, node: WeightedNode): boolean {
  return inputReaders(network, classesOf(network)).includes(node);
}

/** Whether a layer gives the design's logits in beats of any width (fold.ts, outputWidth). */
export function givesLogits(network: IntNetwork, node: WeightedNode): boolean {
  return node === network.nodes.at(-1) && classesOf(network).at(-1)!.logits === true;
}

/** By stream, its width under a fold. */
export function streamWidths(network: IntNetwork, fold: Fold): number[] {
  const streams = streamIndex(network);
  const widths = [Math.max(1, ...Object.values(fold).map(({ inputWidth = 1 }) => inputWidth))];
  for (const node of network.nodes) {
    widths.push(isWeighted(node) ? (own(fold, node.name)?.width ?? 1) : widths[streams.get(inputsOf(node)[0]!)!]!);
  }
  return widths;
}

/** By node, the widths at it. */
export function layerWidths(network: IntNetwork, widths: readonly number[]): LayerWidths[] {
  const streams = streamIndex(network);
  return network.nodes.map((node, i) => ({
    input: widths[streams.get(inputsOf(node)[0]!)!]!,
    residual: isWeighted(node) && node.residual !== null ? widths[streams.get(node.residual.input)!]! : 1,
    output: widths[i + 1]!,
  }));
}

/**
 * The fold with a width for each layer that names none: the least with which its output keeps up with a frame every `cycles`,
 * or the widest that its PE and those who read it can have.
 */
export function withWidths(network: IntNetwork, fold: Fold, cycles: number): Fold {
  const complete: Record<string, Fold[string]> = { ...fold };
  const classes = classesOf(network);
  for (const [i, node] of network.nodes.entries()) {
    if (!isWeighted(node) || fold[node.name]!.width !== undefined) continue;
    // Layers whose outputs are put side by side choose together.
    const together = classes[i + 1]!.roots.flatMap((root) => root ?? []);
    const open = together.filter(({ name }) => fold[name]!.width === undefined);
    const least = leastWidth(classes[i + 1]!, cycles);
    if (classes[i + 1]!.logits) {
      const { pe } = fold[node.name]!;
      const widest = divisors(pe).findLast((width) => width <= MAX_WIDTH)!;
      complete[node.name] = { ...fold[node.name]!, width: outputWidth(node, pe, least, true) ?? widest };
      continue;
    }
    let width = least;
    const set = (): void => open.forEach(({ name }) => void (complete[name] = { ...fold[name]!, width }));
    const faulty = (): boolean => together.some((each) => widthFault(network, complete, each) !== null);
    for (set(); width > 1 && faulty(); set()) width /= 2;
  }
  return complete;
}

/** The rule that a layer's width of the design's input breaks; null where it breaks none. */
export function inputWidthFault(network: IntNetwork, fold: Fold, node: WeightedNode): string | null {
  const { inputWidth } = fold[node.name]!;
  const classes = classesOf(network);
  const readers = inputReaders(network, classes);
  if (!readers.includes(node)) {
    return inputWidth === undefined ? null : `inputWidth is for layers that read the input, ${namesOf(readers)}`;
  }
  const width = inputWidth ?? 1;
  const { most } = classes[0]!;
  if (!Number.isInteger(Math.log2(width)) || width > most) {
    return `inputWidth must be a power of two up to ${most} (what its pixels and all that read it can take), got ${width}`;
  }
  const other = readers.find(({ name }) => (fold[name]!.inputWidth ?? 1) !== width);
  if (other) return `inputWidth must be that of ${other.name}, ${fold[other.name]!.inputWidth ?? 1}, got ${width}`;
  const rule = width === 1 ? null : widthRule(node, fold[node.name]!, width);
  return rule === null ? null : `${rule}, got inputWidth ${width}`;
}

function namesOf(nodes: readonly WeightedNode[]): string {
  return nodes.map(({ name }) => name).join(', ');
}

/** The rule that the width of a layer's output breaks; null where it breaks none. Widths of layers before it are there. */
export function widthFault(network: IntNetwork, fold: Fold, node: WeightedNode): string | null {
  const { pe, width = 1 } = fold[node.name]!;
  const { most, logits = false } = classesOf(network)[network.nodes.indexOf(node) + 1]!;
  if (logits) {
    if (Number.isInteger(width) && width >= 1 && width <= most && outputWidth(node, pe, width, true) === width)
      return null;
    const rule =
      pe === node.outChannels ? `be an integer up to ${most}` : `divide PE = ${pe}, which gives a part of the logits`;
    return `width must ${rule}, got ${width}`;
  }
  if (!Number.isInteger(Math.log2(width)) || pe % width !== 0) {
    return `width must be a power of two that divides PE = ${pe}, got ${width}`;
  }
  if (width > most) {
    return `width must be at most ${most} (channels, and what else reads its output), got ${width}`;
  }
  const widths = streamWidths(network, fold);
  const streams = streamIndex(network);
  const { roots } = classesOf(network)[network.nodes.indexOf(node) + 1]!;
  const other = roots.find(
    (root) => root !== null && root !== node && (own(fold, root.name)?.width ?? width) !== width,
  );
  if (other)
    return `width must be that of ${other.name}, ${fold[other.name]!.width}, beside which it is put, got ${width}`;
  if (node.residual !== null && widths[streams.get(node.residual.input)!]! < width) {
    return `width must be at most that of the residual ${node.residual.input}, ${widths[streams.get(node.residual.input)!]!}, got ${width}`;
  }
  for (const reader of network.nodes) {
    const readerFold = own(fold, reader.name);
    if (!isWeighted(reader) || readerFold === undefined || !drives(network, node, reader.input)) continue;
    const rule = widthRule(reader, readerFold, width);
    if (rule !== null) return `${rule}, got width ${width} from ${node.name}`;
  }
  return null;
}

/** Whether the stream of this name has the width that a layer chooses. */
function drives(network: IntNetwork, layer: WeightedNode, name: string): boolean {
  const streams = streamIndex(network);
  const classes = classesOf(network);
  return classes[streams.get(name)!]!.roots.includes(layer);
}
