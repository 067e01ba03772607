/**
 * Between a weight source and an engine: XOR circuits for every slice of a word, and lanes that start inside a slice. Words are
 * decrypted as they come, or stand still in front of the XOR circuits (flexor_weight_hold).
 */
import type { WeightedPlan } from '../../layers/types.js';
import { bitsOfInteger, concatBits, constant } from '../../text.js';
import { range } from '../../views/common.js';
import { instanceView, type InstanceView, type NamedValues } from '../../views/instances.js';
import type { LayerFiles } from '../../views/layer-files.js';
import { WORD } from '../weight-source/view.js';
import { isLoaded } from '../../weight-memory.js';

/** Some lanes start inside a slice. */
function isPhased({ memory }: WeightedPlan): boolean {
  return memory.phases.some((phase) => phase !== 0);
}

interface Slices {
  /** Text of `bits` encrypted bits from `low` on; `whole`: all of them. */
  readonly from: (low: number, bits: number, whole: boolean) => string;
  /** Wire of the decrypted ones. */
  readonly to: string;
  readonly instance: string;
  /** Slices of a plane. */
  readonly perPlane: number;
}

function part(name: string, low: number, bits: number, whole: boolean): string {
  return whole ? name : `${name}[${low + bits - 1}:${low}]`;
}

/** Decrypts slices of every plane: an array of XOR circuits for each stretch of planes with the same M⊕. */
function xorInstances(layer: WeightedPlan, { xorModules }: LayerFiles, slices: Slices): InstanceView[] {
  const { nIn, nOut } = layer.node.planes[0]!;
  const { from, to, instance, perPlane } = slices;
  const starts = xorModules.flatMap((module, q) => (q > 0 && module === xorModules[q - 1] ? [] : q));
  const whole = starts.length === 1;
  return starts.map((start, i) => {
    const first = start * perPlane;
    const count = (starts[i + 1] ?? xorModules.length) * perPlane - first;
    return instanceView(
      xorModules[start]!,
      `${instance}${whole ? '' : i}${count > 1 ? ` ${range(count)}` : ''}`,
      [
        ['x_i', from(first * nIn, count * nIn, whole)],
        ['y_o', part(to, first * nOut, count * nOut, whole)],
      ],
      i > 0 ? {} : { wires: [`${range(xorModules.length * perPlane * nOut)} ${to}`] },
    );
  });
}

/** From encrypted words to those that the engine takes, and the name of these. */
export function decryptInstances(layer: WeightedPlan, files: LayerFiles): { instances: InstanceView[]; word: string } {
  const { memory, fold, holdsWords } = layer;
  const phased = isPhased(layer);
  const held = holdsWords ? [holdInstance(layer, phased)] : [];
  const encrypted = holdsWords ? 'held_word' : WORD.data;
  const words = xorInstances(layer, files, {
    from: (low, bits, whole) => part(encrypted, low, bits, whole),
    ...{ to: 'decrypted', instance: 'u_xor', perPlane: fold.simd * memory.slices },
  });
  if (!phased) return { instances: [...held, ...words], word: 'decrypted' };
  const boundaries = xorInstances(layer, files, {
    from: holdsWords ? (low, bits, whole) => part('slice_before', low, bits, whole) : boundaryText(layer),
    ...{ to: 'boundary', instance: 'u_boundary_xor', perPlane: fold.simd },
  });
  const aligned = holdsWords ? alignInstance(layer) : phaseInstance(layer);
  return { instances: [...held, ...words, ...boundaries, aligned], word: 'weights' };
}

/** The encrypted slices in which lanes start. */
function boundaryText({ weights, memory }: WeightedPlan): Slices['from'] {
  return (low, bits, whole) =>
    isLoaded(weights)
      ? part('boundary_slices', low, bits, whole)
      : constant(memory.boundarySlices.subarray(low, low + bits));
}

const TAKEN = `${WORD.valid} && ${WORD.ready}`;

/** Lanes of all planes, and bits of a decrypted word that each of them has. */
function laneParameters({ memory, fold, node }: WeightedPlan): NamedValues {
  return [
    ['Lanes', node.planes.length * fold.simd],
    ['LaneBits', memory.wordCycles * fold.pe],
  ];
}

function phaseParameter({ memory, node }: WeightedPlan): NamedValues {
  const phases = node.planes.flatMap(() => memory.phases);
  return [
    ['NOut', node.planes[0]!.nOut],
    ['Phases', constant(concatBits(...phases.map((phase) => bitsOfInteger(phase, 16))))],
  ];
}

function holdInstance(layer: WeightedPlan, phased: boolean): InstanceView {
  const { memory, fold, node } = layer;
  const { nIn } = node.planes[0]!;
  const lanes = node.planes.length * fold.simd;
  const lags = node.planes.flatMap(() => memory.phases.map((phase) => Number(phase !== 0)));
  return instanceView(
    'flexor_weight_hold',
    'u_hold',
    [
      ['clk_i', 'clk_i'],
      ['take_i', TAKEN],
      ['first_i', phased ? 'word_first' : "1'b0"],
      ['boundary_i', phased ? boundaryText(layer)(0, lanes * nIn, true) : `${lanes * nIn}'d0`],
      ['word_i', WORD.data],
      ['word_o', 'held_word'],
      ['before_o', phased ? 'slice_before' : 'unused_before'],
    ],
    {
      wires: [
        ...(phased ? ['word_first'] : []),
        `${range(memory.wordBits)} held_word`,
        `${range(lanes * nIn)} ${phased ? 'slice_before' : 'unused_before'}`,
      ],
      comments: ['Encrypted words while they are in use.'],
      parameters: [
        ['Lanes', lanes],
        ['Slices', memory.slices],
        ['NIn', nIn],
        ...(phased ? [['Phased', constant(Uint8Array.from(lags))] as const] : []),
      ],
    },
  );
}

function alignInstance(layer: WeightedPlan): InstanceView {
  const bits = layer.node.planes.length * layer.fold.simd * layer.memory.wordCycles * layer.fold.pe;
  return instanceView(
    'flexor_weight_align',
    'u_align',
    [
      ['before_i', 'boundary'],
      ['word_i', 'decrypted'],
      ['word_o', 'weights'],
    ],
    {
      wires: [`${range(bits)} weights`],
      comments: ['Lanes that start inside a slice.'],
      parameters: [...laneParameters(layer), ...phaseParameter(layer)],
    },
  );
}

function phaseInstance(layer: WeightedPlan): InstanceView {
  const bits = layer.node.planes.length * layer.fold.simd * layer.memory.wordCycles * layer.fold.pe;
  return instanceView(
    'flexor_weight_phase',
    'u_phase',
    [
      ['clk_i', 'clk_i'],
      ['take_i', TAKEN],
      ['first_i', 'word_first'],
      ['boundary_i', 'boundary'],
      ['word_i', 'decrypted'],
      ['word_o', 'weights'],
    ],
    {
      wires: ['word_first', `${range(bits)} weights`],
      comments: ['Lanes that start inside a slice.'],
      parameters: [...laneParameters(layer), ...phaseParameter(layer)],
    },
  );
}
