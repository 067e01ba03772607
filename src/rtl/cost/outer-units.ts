/** Units outside the layers: ports, and the FIFOs of forks. */
import { bitsFor } from '../../base/bits.js';
import { elementCount } from '../../graph/shapes.js';
import type { IntNetwork } from '../../fixed/types.js';
import type { Plan } from '../plan.js';
import { CLASSIFIER } from '../units/classifier/index.js';
import { branchUnit, streamFifo } from '../units/fifos.js';
import { INPUT } from '../units/input/index.js';
import { place, type PlacedUnit } from '../units/types.js';

/** Ports and the FIFOs at both ends; `inputWidth` elements come in a beat. */
export function portUnits(network: IntNetwork, inputWidth: number): PlacedUnit[] {
  const { shape, format } = network.input;
  const logits = network.nodes.at(-1)!.outputTensor;
  const count = elementCount(logits.shape);
  const { bits, signed } = logits.format;
  const classBits = bitsFor(0, count - 1).bits;
  return [
    place(INPUT, { bits: inputWidth * format.bits, elements: elementCount(shape) / inputWidth }),
    streamFifo(inputWidth * format.bits),
    place(CLASSIFIER, { bits, signed, count }),
    streamFifo(bits + classBits + 1),
  ];
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
