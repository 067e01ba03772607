/** The network that a command line names: a built-in one, that of a network file, or that of a model. */
import { basename } from 'node:path';
import { FlexorError } from '../../base/errors.js';
import { shippedFile } from '../../base/places.js';
import { loadModel } from '../../model/read.js';
import { isNetworkFile } from '../../train/networks/compose.js';
import { readNetwork } from '../../train/networks/description.js';
import { NETWORKS, type NetworkChoice } from '../../train/networks/networks.js';
import { describeModel } from '../../train/networks/of-model.js';

export function chooseNetwork(argument: string): Pick<NetworkChoice, 'network' | 'described' | 'file'> {
  const network = NETWORKS.find((name) => name === argument);
  if (network !== undefined) return { network };
  const described = isNetworkFile(argument)
    ? readNetwork(shippedFile(argument))
    : /\.flexor$/i.test(argument)
      ? describeModel({ path: argument, model: loadModel(shippedFile(argument)).model })
      : null;
  if (described !== null) return { network: described.recipe, described, file: basename(argument) };
  throw new FlexorError(
    'usage',
    `a network is ${NETWORKS.join(', ')}, or a file that ends in .json, .yaml, .yml or .flexor, got '${argument}'`,
  );
}
