/** Verilog that instantiates decryptors side by side, each in a module that synthesis keeps apart. */
import { template } from '../../../base/template.js';
import { xorView } from '../../../rtl/xor-modules.js';
import type { MinimisedCircuit } from '../../../xor/minimise.js';

/** Top module of the text. */
export const TOP = 'flexor_decryptors';

/** What a module holds: one XOR circuit, or a whole decryptor of some slices that hands out PE bits a cycle. */
export interface DecryptorModule {
  /** Name of the module. */
  readonly module: string;
  readonly circuit: MinimisedCircuit;
  readonly register: { readonly slices: number; readonly pe: number } | null;
}

interface ModuleView {
  readonly module: string;
  readonly registered: boolean;
  /** Module of the XOR circuit, and its text. */
  readonly xor: string;
  readonly xorText: string;
  readonly sliceMsb: number;
  readonly pe: number;
  /** Bits of a word behind the XOR circuits. */
  readonly wordBits: number;
  readonly wordMsb: number;
  readonly inMsb: number;
  readonly outMsb: number;
  /** Its bits in the ports of the top. */
  readonly inLow: number;
  readonly inHigh: number;
  readonly outLow: number;
  readonly outHigh: number;
}

interface View {
  readonly top: string;
  readonly modules: readonly ModuleView[];
  readonly inMsb: number;
  readonly outMsb: number;
}

/** Renders the modules and a top that instantiates each of them. */
export function decryptorsVerilog(modules: readonly DecryptorModule[]): string {
  let [inLow, outLow] = [0, 0];
  const views = modules.map(({ module, circuit, register }): ModuleView => {
    const { nIn, outputs } = circuit;
    const { slices, pe } = register ?? { slices: 1, pe: outputs.length };
    const [inBits, outBits] = [slices * nIn, pe];
    const xor = `${module}_xor`;
    const view: ModuleView = {
      module,
      registered: register !== null,
      xor,
      xorText: template('xor.v', 'verilog')(xorView({ module: xor, circuit }, 'For area measurement.')),
      sliceMsb: slices - 1,
      pe,
      wordBits: slices * outputs.length,
      wordMsb: slices * outputs.length - 1,
      inMsb: inBits - 1,
      outMsb: outBits - 1,
      inLow,
      inHigh: inLow + inBits - 1,
      outLow,
      outHigh: outLow + outBits - 1,
    };
    inLow += inBits;
    outLow += outBits;
    return view;
  });
  return template<View>('decryptors.v', 'verilog')({ top: TOP, modules: views, inMsb: inLow - 1, outMsb: outLow - 1 });
}
