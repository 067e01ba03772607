/** The network that a command line names: a built-in one, or a file. */
import { basename } from 'node:path';
import { FlexorError } from '../../base/errors.js';
import { shippedFile } from '../../base/places.js';
import { isNetworkFile } from '../../train/networks/compose.js';
import { readNetwork } from '../../train/networks/description.js';
import { NETWORKS, type NetworkChoice } from '../../train/networks/networks.js';

export function chooseNetwork(argument: string): Pick<NetworkChoice, 'network' | 'described' | 'file'> {
  const network = NETWORKS.find((name) => name === argument);
  if (network !== undefined) return { network };
  if (!isNetworkFile(argument)) {
    throw new FlexorError(
      'usage',
      `a network is ${NETWORKS.join(', ')} or a network file that ends in .json, .yaml or .yml, got '${argument}'`,
    );
  }
  const described = readNetwork(shippedFile(argument));
  return { network: described.recipe, described, file: basename(argument) };
}
