/** Random networks whose weights can be loaded, and others of the same hardware to load into them. */
import { FlexorError } from '../../src/base/errors.js';
import { Random } from '../../src/base/random.js';
import { isWeighted } from '../../src/graph/order.js';
import type { IntNetwork, IntNode, IntPlane } from '../../src/fixed/types.js';
import { verifyNetwork } from '../../src/fixed/verify.js';
import { deriveWidths } from '../../src/fixed/widths.js';
import { decrypt } from '../../src/xor/matrix.js';

/** The network with loadable weights; null where no 53 bits would hold what any weights may give. */
export function loadable(network: IntNetwork): IntNetwork | null {
  try {
    return verifyNetwork({ ...network, loadable: true, nodes: network.nodes.map(loadableNode) });
  } catch (error) {
    if (error instanceof FlexorError && error.code === 'width') return null;
    throw error;
  }
}

function loadableNode(node: IntNode): IntNode {
  if (!isWeighted(node)) return node;
  const widths = deriveWidths({ ...node, inputFormat: node.inputTensor.format }, true);
  const outputTensor =
    node.requantiser.output === null ? { ...node.outputTensor, format: widths.scaled } : node.outputTensor;
  return { ...node, widths, outputTensor };
}

/** The same network with other encrypted bits. */
export function withOtherBits(network: IntNetwork, seed: number): IntNetwork {
  const random = Random.derive(seed, 'other bits');
  const redrawn = (plane: IntPlane): IntPlane => {
    const encrypted = Uint8Array.from(plane.encrypted, () => random.below(2));
    const { nIn, nOut, matrix: bits, codes } = plane;
    return { ...plane, encrypted, codes: decrypt(encrypted, { nIn, nOut, bits }, codes.length) };
  };
  const nodes = network.nodes.map((node) => (isWeighted(node) ? { ...node, planes: node.planes.map(redrawn) } : node));
  return verifyNetwork({ ...network, name: `${network.name}-other`, nodes });
}
