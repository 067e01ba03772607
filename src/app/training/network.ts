/** The network that a command line names: a built-in one, or a file. */
import { FlexorError } from '../../base/errors.js';
import { shippedFile } from '../../base/places.js';
import { readNetwork } from '../../train/networks/description.js';
import { NETWORKS, type NetworkChoice } from '../../train/networks/networks.js';

export function chooseNetwork(argument: string): Pick<NetworkChoice, 'network' | 'described'> {
  const network = NETWORKS.find((name) => name === argument);
  if (network !== undefined) return { network };
  if (!argument.endsWith('.json')) {
    throw new FlexorError(
      'usage',
      `a network is ${NETWORKS.join(', ')} or a network file that ends in .json, got '${argument}'`,
    );
  }
  const described = readNetwork(shippedFile(argument));
  return { network: described.recipe, described };
}
