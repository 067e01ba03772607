/** Verilog that instantiates decryptors side by side, each in a module that synthesis keeps apart. */
import { template } from '../../../base/template.js';
import { bitsOfInteger, constant } from '../../../rtl/text.js';
import { wiring } from '../../../rtl/xor-circuits.js';
import type { XorCircuit } from '../../../xor/circuit.js';

/** Top module of the text. */
export const TOP = 'flexor_decryptors';

/** What a module holds: one XOR circuit, or a whole decryptor of some slices that hands out PE bits a cycle. */
export interface DecryptorModule {
  /** Name of the module. */
  readonly module: string;
  readonly circuit: XorCircuit;
  readonly register: { readonly slices: number; readonly pe: number } | null;
}

interface ModuleView {
  readonly module: string;
  readonly registered: boolean;
  readonly nIn: number;
  readonly nOut: number;
  readonly gates: number;
  readonly wiring: string;
  readonly slices: number;
  readonly pe: number;
  readonly headSlice: string;
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
    const { nIn, outputs, gates } = circuit;
    const { slices, pe } = register ?? { slices: 1, pe: outputs.length };
    const [inBits, outBits] = [slices * nIn, pe];
    const view: ModuleView = {
      module,
      registered: register !== null,
      nIn,
      nOut: outputs.length,
      gates: gates.length,
      wiring: constant(wiring(circuit, gates.length)),
      slices,
      pe,
      headSlice: constant(bitsOfInteger(0, nIn)),
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
