/** `flexor encode`: any model as a FleXOR one, by the nearest codes that M⊕ can give and training from there. */
import { basename } from 'node:path';
import { FlexorError } from '../../base/errors.js';
import { shippedFile } from '../../base/places.js';
import { layerInventory, type LayerInventory } from '../../model/inventory.js';
import { loadModel, type LoadedModel } from '../../model/read.js';
import { sumUp } from '../../model/totals.js';
import type { FlexorModel } from '../../model/types.js';
import { describeModel, modelNetwork } from '../../train/networks/of-model.js';
import { modelStart } from '../../train/weights/model-start.js';
import { configuration, type ConfigFlags } from './configuration.js';
import { chooseSource, DATASETS, type Source } from './data.js';
import type { EngineFlags } from './engine.js';
import { prepareFiles, runTask, startModel, type FileRequest, type MakeHooks, type Trained } from './train.js';

/** Options of a run that say nothing of how encrypted weights or networks are made. */
export type EncodeFlags = Omit<
  ConfigFlags,
  'recipe' | 'weights' | 'gradient' | 'stanh' | 'stanhStart' | 'xStd' | 'clip' | 'alpha' | 'bias'
>;

export interface EncodeRequest extends EncodeFlags, EngineFlags, FileRequest {
  /** Layers that keep the weights of the model. */
  readonly keep?: readonly string[];
  /** Learn from this model besides the labels; the model itself may be it. */
  readonly distil?: string;
}

/** What a model takes and is worth. */
export interface EncodedSide {
  /** Share of the same test images that it has right. */
  readonly testAccuracy: number;
  readonly bitsPerWeight: number;
  /** Stored bits of all weights. */
  readonly weightBits: number;
}

export interface Encoded extends Trained {
  readonly before: EncodedSide;
  readonly after: EncodedSide;
  readonly layers: readonly {
    readonly name: string;
    readonly weights: number;
    readonly bits: readonly [before: number, after: number];
  }[];
}

/** Encodes the model of a file and writes the result. */
export async function encodeModel(path: string, request: EncodeRequest, hooks: MakeHooks): Promise<Encoded> {
  prepareFiles(request);
  const loaded = loadModel(shippedFile(path));
  const { model } = loaded;
  const keep = request.keep ?? [];
  const described = describeModel({ path, model }, keep);
  const source = sourceOf(model, path, request);
  const distil = startModel(request.distil);
  const flags = { ...defaults(model, request), ...request, recipe: 'cosine', weights: 'flexor-nearest' } as const;
  const choice = { network: described.recipe, described, file: basename(path) };
  const from = { init: loaded.digest, distil: distil?.digest ?? null };
  const config = { ...configuration(choice, flags, source, from), encode: { keep } };
  const trained = await runTask({ source, config, init: { path, model }, distil }, request, hooks);
  return { ...trained, ...comparison(loaded, trained) };
}

/** Images over which batch norms take their statistics anew after each epoch. */
const REESTIMATE = 10_000;
/** Adam moves a weight by about its rate in a step: by this share of the weights' size. */
const RATE_SHARE = 0.01;
const RATES = { least: 1e-4, most: 1e-2 } as const;

/** What a run takes where nothing is said: a rate that goes with the size of the model's weights, and batch norms that follow the codes. */
function defaults(model: FlexorModel, { optimiser = 'adam' }: EncodeRequest): Pick<ConfigFlags, 'lr' | 'bnReestimate'> {
  const network = modelNetwork({ path: model.name, model });
  let [squares, count] = [0, 0];
  for (const { values } of modelStart(model, network).values()) {
    for (const value of values) squares += value ** 2;
    count += values.length;
  }
  const rate = Math.max(RATES.least, Math.min(RATES.most, RATE_SHARE * Math.sqrt(squares / count)));
  const hasNorms = model.nodes.some((node) => 'batchNorm' in node && node.batchNorm !== null);
  return {
    ...(optimiser === 'adam' ? { lr: Number(rate.toPrecision(1)) } : {}),
    ...(hasNorms ? { bnReestimate: REESTIMATE } : {}),
  };
}

/** The data that were asked for, or those that the model states. */
function sourceOf({ provenance }: FlexorModel, path: string, request: EncodeRequest): Source {
  if (request.data !== undefined || request.dataset !== undefined) return chooseSource('lenet5', request);
  const stated = DATASETS.find((name) => name === provenance.dataset.toLowerCase().replaceAll('-', ''));
  if (stated !== undefined) return chooseSource('lenet5', { ...request, dataset: stated });
  throw new FlexorError(
    'usage',
    `${path} states the data set '${provenance.dataset}', which is not built in; ` +
      `give the data with --data PATH, or name a built-in set with --dataset (${DATASETS.join(', ')})`,
  );
}

function comparison({ model }: LoadedModel, trained: Trained): Pick<Encoded, 'before' | 'after' | 'layers'> {
  const [before, after] = [layerInventory(model), layerInventory(trained.model)];
  const bitsOf = ({ weighted }: LayerInventory): number => weighted!.encryptedBits + weighted!.floatBits;
  const weighted = (layers: LayerInventory[]): LayerInventory[] => layers.filter((layer) => layer.weighted !== null);
  return {
    before: side(before, trained.originalAccuracy!),
    after: side(after, trained.model.provenance.testAccuracy!),
    layers: weighted(after).map((layer) => {
      const original = before.find(({ name }) => name === layer.name)!;
      return { name: layer.name, weights: layer.weighted!.weights, bits: [bitsOf(original), bitsOf(layer)] };
    }),
  };
}

function side(layers: readonly LayerInventory[], testAccuracy: number): EncodedSide {
  const { bitsPerWeight, encryptedBits, floatBits } = sumUp(layers.flatMap((layer) => layer.weighted ?? []));
  return { testAccuracy, bitsPerWeight, weightBits: encryptedBits + floatBits };
}
