/**
 * What the generator takes and gives: fold, options, the manifest that travels with the generated files. The manifest is
 * all that co-simulation and reports know about a generated design.
 */
import type { IntFormat, IntInputQuantiser, IntNetwork, IntNode, IntShape } from '../fixed/types.js';
import type { CircuitOptions } from '../xor/hardware-circuit.js';

/**
 * Where a layer has its weights from: a memory of fixed contents; one that is loaded at run time, with multipliers and
 * betas, in two banks, of which one is loaded while frames use the other, or in a single one, which is loaded between
 * frames; or a stream from outside, one pass a pixel.
 */
export type WeightSource = 'rom' | 'ram' | 'ram-single' | 'stream';

/** Weight sources of layers by name; a layer that is not named has a 'rom'. */
export type WeightSources = Readonly<Record<string, WeightSource>>;

/**
 * What a decryptor keeps for as long as a word lasts: `shift` the decrypted word, which is shifted out; `hold` the encrypted
 * word, from whose decrypted bits those of a cycle are chosen.
 */
export type DecryptorKind = 'shift' | 'hold';

/** What a memory is to be made of: block RAM, or LUTs. */
export type RamStyle = 'block' | 'distributed';

/**
 * Registers that a layer may have besides those that are always there (pipeline.ts): behind the addresses of window elements, behind
 * the XOR circuits, and a second one behind the products of a requantiser.
 */
export type PipelineRegister = 'address' | 'load' | 'product';

/**
 * Parallelism of one weighted layer: PE output channels a cycle, SIMD window elements a cycle, rows of the weight memory that a decryptor
 * word takes (1; weight-memory.ts), lanes that share a table of their partial sums (0: none; as costs least;
 * units/lane-tables), whether channels share sums of lanes (as costs least; units/dot-array), how decrypted words become PE bits a cycle
 * (as costs least; `DecryptorKind`), channels that are requantised and given in a cycle (1; stream-widths.ts), where it
 * reads the design's input, elements of a beat that come in there (1), and where its weights live ('rom', and then left out of a complete fold).
 * Its pipeline: levels of adders over the lanes from one register to the next (2), and registers that it has besides (none).
 */
export interface LayerFold {
  readonly pe: number;
  readonly simd: number;
  readonly rowsPerWord?: number;
  readonly tableLanes?: number;
  readonly sharedSums?: boolean;
  readonly decryptor?: DecryptorKind;
  readonly width?: number;
  readonly inputWidth?: number;
  readonly weights?: WeightSource;
  readonly treeLevels?: number;
  readonly registers?: readonly PipelineRegister[];
  /** What the memory of fixed weights is made of; absent: what synthesis chooses by its size. */
  readonly ramStyle?: RamStyle;
}

/** Elements a beat of the streams at a layer; `residual` is 1 where it has none. */
export interface LayerWidths {
  readonly input: number;
  readonly residual: number;
  readonly output: number;
}

/** One element a beat everywhere. @internal */
export const SINGLE: LayerWidths = { input: 1, residual: 1, output: 1 };

/** Fold per weighted layer, by node name. */
export type Fold = Readonly<Record<string, LayerFold>>;

/**
 * One valid/ready stream inside the design, `width` tensor elements a transfer (a beat), NHWC, the first one lowest. Stream 0 is the network's input behind
 * the AXI4-Stream port, stream n the output of node n−1; the last one carries the logits.
 */
export interface StreamInfo {
  readonly index: number;
  /** Name of the node that drives it, or 'input'. */
  readonly node: string;
  readonly format: IntFormat;
  readonly shape: IntShape;
  readonly elementsPerFrame: number;
  readonly width: number;
  /** Layers that read it, none the last one. */
  readonly readers: readonly {
    readonly node: string;
    readonly port: string;
    /** Places in the FIFO of its branch; 0 where no fork stands behind the stream. */
    readonly fifoDepth: number;
  }[];
}

/** First and last transfer of a frame on a stream, in cycles after the first input transfer of the run (which is cycle 0). */
export interface FrameTiming {
  readonly first: number;
  readonly last: number;
}

/** Cycle-exact prediction for an input that is always valid and an output that is always ready. */
export interface Prediction {
  /** From the first input transfer to the last output transfer of the first frame after reset. */
  readonly latencyCycles: number;
  /** Interval between frames in steady state. */
  readonly cyclesPerFrame: number;
  /** The unit with the most static cycles a frame; `cyclesPerFrame` cannot be lower. */
  readonly busiest: { readonly unit: string; readonly cycles: number };
  /** busiest.cycles / cyclesPerFrame. */
  readonly bottleneckUtilisation: number;
  /** `streams[s][k]`: timing of frame k on stream s, for the frames simulated until the interval repeats. */
  readonly streams: readonly (readonly FrameTiming[])[];
  /** Output beat timing on the AXI4-Stream master port, same frames. */
  readonly output: readonly FrameTiming[];
}

/** M⊕ of a plane and the network of two-input XOR gates that decrypts a slice. */
export interface PlaneInfo {
  readonly nIn: number;
  readonly nOut: number;
  /** Of one copy of the network; the design holds SIMD·K of them a plane. */
  readonly gates: number;
  /** With a chain of gates for every row. */
  readonly naiveGates: number;
  /** Gates on the longest path. */
  readonly depth: number;
}

/** What the manifest says of one node of the network. */
export interface LayerInfo {
  readonly name: string;
  readonly kind: IntNode['kind'];
  readonly module: string;
  /** `input` or nodes whose streams it reads; the second one is a residual that is added. */
  readonly inputs: readonly string[];
  readonly inputShape: IntShape;
  readonly outputShape: IntShape;
  readonly inputFormat: IntFormat;
  readonly outputFormat: IntFormat;
  /** Static busy cycles a frame, without waiting. */
  readonly cyclesPerFrame: number;
  /** Only for weighted layers. */
  readonly weighted: {
    readonly pe: number;
    readonly simd: number;
    readonly rowsPerWord: number;
    /** Elements a beat of the output, and multipliers a plane. */
    readonly width: number;
    readonly groups: number;
    /** What the fold says that the memory of weights is made of. */
    readonly ramStyle?: RamStyle;
    /** Lanes that share a table of their partial sums; absent: ANDs and adders. */
    readonly tableLanes?: number;
    /** Channels share sums and differences of lanes; absent: no. */
    readonly sharedSums?: true;
    /** Encrypted words are held and chosen from; absent: decrypted ones are shifted out. */
    readonly decryptor?: 'hold';
    /** Outputs come of comparisons with thresholds; absent: of multipliers. */
    readonly thresholds?: true;
    readonly cyclesPerPixel: number;
    readonly planes: readonly PlaneInfo[];
    readonly weightBits: number;
    /** Encrypted bits of the model: slices·N_in over all planes. */
    readonly encryptedBits: number;
    /** Bits of the generated weight memories, packing and lane overlaps included, and of the lanes' boundary slices. */
    readonly storedBits: number;
    /** Rows read from the weight memory, or taken from outside, a frame. */
    readonly memoryReadsPerFrame: number;
  } | null;
}

/** An AXI4-Stream port of a layer's encrypted weights: a row a beat in the low bits, tlast with the last one of a pass. */
export interface WeightStreamInfo {
  readonly layer: string;
  /** Prefix of the port's names. */
  readonly port: string;
  readonly rowBits: number;
  readonly bytesPerBeat: number;
  readonly beatsPerPass: number;
  readonly passesPerFrame: number;
  /** The beats of a pass, one a line. */
  readonly file: string;
}

export interface Manifest {
  readonly tool: 'flexor';
  readonly manifestVersion: 1;
  /** Begins the names of the design's modules: a prefix, or the model's name, safe for Verilog. */
  readonly name: string;
  readonly modelDigest: string;
  readonly topModule: string;
  readonly options: {
    /** Those that the network was lowered with; absent for a network that was not lowered from a model. */
    readonly activationBits?: number;
    readonly multiplierBits?: number;
    /** Present where they are not the default. */
    readonly floatBits?: number;
    readonly layerBits?: Readonly<Record<string, number>>;
    readonly fold: Fold;
    readonly xor: CircuitOptions;
    /** Present where the design has AXI4-Lite registers. */
    readonly axiLite?: boolean;
    /** Present where it was asked for: modules and memory files begin with it, and the top has the parameter `MemFolder`. */
    readonly prefix?: string;
  };
  readonly input: {
    readonly shape: IntShape;
    readonly format: IntFormat;
    readonly scale: number;
    /** Bytes of s_axis_tdata: the elements of a beat (`width` of the first stream), each sign- or zero-extended to whole bytes. */
    readonly bytesPerBeat: number;
    /** How a preprocessed value becomes an element; absent: floor(x/scale + 1/2), clamped to the format. */
    readonly quantiser?: IntInputQuantiser;
    /** How x comes from a number of the data. */
    readonly preprocessing?: IntNetwork['preprocessing'];
  };
  readonly output: {
    /** Logits a frame, and a beat (the last beat of a frame holds the rest). */
    readonly count: number;
    readonly width: number;
    readonly format: IntFormat;
    /**
     * m_axis_tdata: the logits of the beat, the first one lowest, each sign-extended (logitBytes), and right above the last of
     * them the class so far (classBytes), which is final in the beat with tlast.
     */
    readonly logitBytes: number;
    readonly classBytes: number;
  };
  readonly classes: readonly string[];
  readonly layers: readonly LayerInfo[];
  readonly streams: readonly StreamInfo[];
  readonly prediction: Prediction;
  /** Relative paths of the synthesisable Verilog, top last. */
  readonly verilog: readonly string[];
  readonly memories: readonly string[];
  /** Where weights can be loaded at run time: beats behind the command of a packet, the packet of this model, banks of memory. */
  readonly load?: { readonly beats: number; readonly file: string; readonly banks: number };
  /** Ports on which weights come in from outside, one pass after the other. */
  readonly weightStreams?: readonly WeightStreamInfo[];
  /** Wrapper for simulation: the top with every stream brought out (ports in sim/README.md). */
  readonly simTop: { readonly module: 'flexor_sim_top'; readonly file: string; readonly sources: readonly string[] };
  /** Of the package's testbench; absent where there is none. */
  readonly vectors?: VectorInfo;
  /** All files of the folder but this one; only in the manifest of a design that was written (write-design.ts). */
  readonly files?: readonly string[];
}

/** Frames of a testbench, and what they observe. */
export interface VectorInfo {
  readonly frames: number;
  readonly source: 'random' | 'test images';
  /** Of random ones. */
  readonly seed?: number;
  /** Images that the frames were chosen from, and which of them they are. */
  readonly candidates: number;
  readonly images: readonly number[];
  /**
   * Of each layer with weights, the encrypted bits that the frames observe: flipping one alone changes an output of the layer.
   * Null for a network that is too large to work it out unasked.
   */
  readonly observed:
    readonly { readonly layer: string; readonly encryptedBits: number; readonly encryptedObserved: number }[] | null;
}

/** The files of a design before they are written: relative path → content, manifest.json included. */
export interface RtlFiles {
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, string>;
}
