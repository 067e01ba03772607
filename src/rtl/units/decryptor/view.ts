/** Between a weight source and an engine: XOR circuits for every slice of a word, and lanes that start inside a slice. */
import type { WeightedPlan } from '../../layers/types.js';
import { bitsOfInteger, concatBits, constant } from '../../text.js';
import { range } from '../../views/common.js';
import { instanceView, type InstanceView } from '../../views/instances.js';
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
  const { memory, fold } = layer;
  const words = xorInstances(layer, files, {
    from: (low, bits, whole) => part(WORD.data, low, bits, whole),
    ...{ to: 'decrypted', instance: 'u_xor', perPlane: fold.simd * memory.slices },
  });
  if (!isPhased(layer)) return { instances: words, word: 'decrypted' };
  const boundaries = xorInstances(layer, files, {
    from: (low, bits, whole) =>
      isLoaded(layer.weights)
        ? part('boundary_slices', low, bits, whole)
        : constant(memory.boundarySlices.subarray(low, low + bits)),
    ...{ to: 'boundary', instance: 'u_boundary_xor', perPlane: fold.simd },
  });
  return { instances: [...words, ...boundaries, phaseInstance(layer)], word: 'weights' };
}

function phaseInstance({ memory, fold, node }: WeightedPlan): InstanceView {
  const lanes = node.planes.length * fold.simd;
  const laneBits = memory.wordCycles * fold.pe;
  const phases = node.planes.flatMap(() => memory.phases);
  return instanceView(
    'flexor_weight_phase',
    'u_phase',
    [
      ['clk_i', 'clk_i'],
      ['take_i', `${WORD.valid} && ${WORD.ready}`],
      ['first_i', 'word_first'],
      ['boundary_i', 'boundary'],
      ['word_i', 'decrypted'],
      ['word_o', 'weights'],
    ],
    {
      wires: ['word_first', `${range(lanes * laneBits)} weights`],
      comments: ['Lanes that start inside a slice.'],
      parameters: [
        ['Lanes', lanes],
        ['LaneBits', laneBits],
        ['NOut', node.planes[0]!.nOut],
        ['Phases', constant(concatBits(...phases.map((phase) => bitsOfInteger(phase, 16))))],
      ],
    },
  );
}
