/** The networks that can be trained: files, of which the built-in ones are known by name. */
import { FlexorError } from '../../base/errors.js';
import type { DatasetInfo } from '../../data/dataset.js';
import { builtInFile, type NetworkName } from './compose.js';
import { describedNetwork } from './described.js';
import { readNetwork, type NetworkDescription } from './description.js';
import { learnedQuantiser, type LayerSpec, type NetworkSpec } from './network.js';

export { NETWORKS, type NetworkName } from './compose.js';

/** What a run says about its network. */
export interface NetworkChoice {
  /** The built-in network, or the one whose recipes a described network trains with. */
  readonly network: NetworkName;
  /** The content of a network file; absent for a built-in network. */
  readonly described?: NetworkDescription;
  /** Name of that file without its folder. */
  readonly file?: string;
  /** Whether layers without batch norm have biases. */
  readonly bias: boolean;
  /**
   * Bits to which layers that end in a ReLU and state no quantiser round, with steps that are learnt; absent: they do not
   * round.
   */
  readonly activationBits?: number;
}

const builtIn = new Map<NetworkName, NetworkDescription>();

/** The layers of the network that a run names. */
export function descriptionOf({
  network,
  described,
}: Pick<NetworkChoice, 'network' | 'described'>): NetworkDescription {
  if (described !== undefined) return described;
  const known = builtIn.get(network) ?? readNetwork(builtInFile(network));
  builtIn.set(network, known);
  return known;
}

/** The name by which files and people know the network. */
export function networkName({ network, described }: Pick<NetworkChoice, 'network' | 'described'>): string {
  return described?.name ?? network;
}

/** Whether some layer of the network has a batch norm. */
export function hasBatchNorm(choice: Pick<NetworkChoice, 'network' | 'described'>): boolean {
  return descriptionOf(choice).layers.some((layer) => 'batchNorm' in layer && layer.batchNorm === true);
}

/** The network for images of a data set. */
export function buildNetwork(
  choice: NetworkChoice,
  { shape, classes }: Pick<DatasetInfo, 'shape' | 'classes'>,
): NetworkSpec {
  const network = describedNetwork(descriptionOf(choice), shape, classes.length);
  const { bias, activationBits } = choice;
  const layers = bias ? network.layers.map(withBias) : network.layers;
  if (activationBits === undefined) return { ...network, layers };
  const quantised = { ...network, layers: layers.map(rounded(activationBits)) };
  if (quantised.layers.some((layer) => learnedQuantiser(layer) !== null)) return quantised;
  const rule = 'rounds what ReLUs give where no quantiser is stated';
  throw new FlexorError('usage', `--activation-bits ${rule}, which ${network.name} has nowhere; leave it out`);
}

/** Rounds what a ReLU, or a clamp from 0 on, gives. */
function rounded(bits: number): (layer: LayerSpec) => LayerSpec {
  return (layer) => {
    const rectifies = 'clamp' in layer ? layer.clamp[0] === 0 : 'relu' in layer && layer.relu;
    if (!rectifies || !('relu' in layer || 'clamp' in layer) || layer.quantiser !== undefined) return layer;
    return { ...layer, quantiser: { kind: 'learned', bits, signed: false } };
  };
}

/** A batch norm has a bias of its own. */
function withBias(layer: LayerSpec): LayerSpec {
  return (layer.kind === 'conv' || layer.kind === 'dense') && !layer.batchNorm ? { ...layer, bias: true } : layer;
}
