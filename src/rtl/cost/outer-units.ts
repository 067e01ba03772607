/** Units outside the layers: ports, and the FIFOs of forks. */
import { bitsFor } from '../../base/bits.js';
import { elementCount } from '../../graph/shapes.js';
import type { IntNetwork } from '../../fixed/types.js';
import { beatsOf } from '../beats.js';
import type { Plan } from '../plan.js';
import { CLASSIFIER } from '../units/classifier/index.js';
import { branchUnit, streamFifo } from '../units/fifos.js';
import { INPUT } from '../units/input/index.js';
import { place, type PlacedUnit } from '../units/types.js';

/** Elements a beat of both ports. */
export interface PortWidths {
  readonly input: number;
  readonly output: number;
}

export function portWidths({ widths }: Plan): PortWidths {
  return { input: widths[0]!, output: widths.at(-1)! };
}

/** Ports and the FIFOs at both ends. */
export function portUnits(network: IntNetwork, { input, output }: PortWidths): PlacedUnit[] {
  const { shape, format } = network.input;
  return [
    place(INPUT, { bits: input * format.bits, elements: beatsOf(elementCount(shape), input) }),
    streamFifo(input * format.bits),
    ...outputUnits(network, output),
  ];
}

/** Behind the last layer, which gives `width` logits a beat. */
export function outputUnits(network: IntNetwork, width: number): PlacedUnit[] {
  const logits = network.nodes.at(-1)!.outputTensor;
  const count = elementCount(logits.shape);
  const { bits, signed } = logits.format;
  const classBits = bitsFor(0, count - 1).bits;
  return [place(CLASSIFIER, { bits, signed, count, width }), streamFifo(width * bits + classBits + 1)];
}

/** FIFOs of the branches of forks; their depths follow from the whole schedule (schedule/fifo-depths.ts). */
export function forkUnits({ network, readers, widths }: Plan): PlacedUnit[] {
  const bits = [network.input.format.bits, ...network.nodes.map((node) => node.outputTensor.format.bits)];
  return readers.flatMap((branches, stream) =>
    branches
      .filter(({ fifoDepth }) => fifoDepth > 0)
      .map(({ fifoDepth }) => branchUnit(widths[stream]! * bits[stream]!, fifoDepth)),
  );
}
