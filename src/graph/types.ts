/**
 * What the float network (src/model), the training network (src/train) and the integer network (src/fixed) have in common:
 * shapes, windows, and the part of a node on which edges and shapes depend. Imports nothing. Tensors are NHWC.
 */

/** Size of a tensor of one image, in elements. A vector of n elements is 1×1×n; 1-D data have height 1. */
export interface Shape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Elements added at [top, left, bottom, right]; explicit because 'same' differs between frameworks. */
export type Padding = readonly [top: number, left: number, bottom: number, right: number];

/** A number for each spatial dimension. */
export type Pair = readonly [vertical: number, horizontal: number];

/** A window of k_h × k_w pixels that slides over its input. */
export interface Sliding {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: Pair;
  readonly padding: Padding;
}

/**
 * The window of a convolution. Its taps are `dilation` pixels apart, so that it spans (k − 1)·dilation + 1 pixels.
 *
 * With G groups, both input and output channels are cut into G equal parts, and part g of the output sees only part g of the
 * input: output channel c belongs to group ⌊c·G/C_out⌋. G = 1 is an ordinary convolution, G = C_in a depthwise one.
 */
export interface ConvWindow extends Sliding {
  readonly dilation: Pair;
  /** G; divides C_in and C_out. */
  readonly groups: number;
}

interface Named {
  readonly name: string;
}

interface OneInput extends Named {
  /** Name of the node whose output this one reads, or INPUT_NAME. */
  readonly input: string;
}

/** What edges and shapes of a graph depend on. Nodes of the networks are such nodes with weights, ranges or formats. */
export type GraphNode =
  | (OneInput & ConvWindow & { readonly kind: 'conv'; readonly outChannels: number })
  | (OneInput & { readonly kind: 'dense'; readonly outChannels: number })
  | (OneInput & Sliding & { readonly kind: 'maxPool' | 'avgPool' })
  | (OneInput & { readonly kind: 'subsample'; readonly stride: Pair; readonly channelPadding: Pair })
  | (Named & { readonly kind: 'add'; readonly inputs: readonly [string, string] })
  | (Named & { readonly kind: 'concat'; readonly inputs: readonly string[] })
  | (OneInput & { readonly kind: 'activation' })
  | (OneInput & { readonly kind: 'flatten' });

/** Names of what a node reads: one input, several, or one with a second that is added to its result. */
export type Inputs =
  | { readonly input: string; readonly residual?: { readonly input: string } | null }
  | { readonly inputs: readonly string[] };
