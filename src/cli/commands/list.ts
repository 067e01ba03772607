/**
 * The list of commands, in the order in which `flexor --help` shows them. A command is one file that exports
 * `define(command)`, which adds arguments, options, help and action; adding one is an entry here. The file is loaded when
 * its command is called, so that no command waits for the packages of another.
 */
import type { CommandEntry } from './entry.js';

export const commands: readonly CommandEntry[] = [
  {
    name: 'train',
    group: 'Train:',
    summary: 'train a network with FleXOR and write a .flexor file',
    load: () => import('./train.js'),
  },
  {
    name: 'encode',
    group: 'Train:',
    summary: 'make a FleXOR model of any model: nearest codes, then training; quantisers stay',
    load: () => import('./encode.js'),
  },
  {
    name: 'sweep',
    group: 'Train:',
    summary: 'train all runs of a recipe file and put their results side by side',
    load: () => import('./sweep.js'),
  },
  {
    name: 'design-xor',
    group: 'Train:',
    summary: 'search seeds for an M⊕ with the greatest minimum distance at the fewest XOR gates',
    load: () => import('./design-xor.js'),
  },
  {
    name: 'minimise-xor',
    group: 'Train:',
    summary: 'find a small circuit of XOR gates for a matrix over GF(2); Verilog, JSON and a drawing',
    load: () => import('./minimise-xor.js'),
  },
  {
    name: 'build-native',
    group: 'Train:',
    summary: 'build the native training engine and the kernels of the simulator for this machine',
    load: () => import('./build-native.js'),
  },
  {
    name: 'import',
    group: 'Models:',
    summary: 'make a model of an ONNX or QONNX file, and compare the two tensor by tensor',
    load: () => import('./import.js'),
  },
  {
    name: 'inspect',
    group: 'Models:',
    summary: 'show the layers of a model, how its weights are stored and how much that saves',
    load: () => import('./inspect.js'),
  },
  {
    name: 'compact',
    group: 'Models:',
    summary: 'rewrite a model without stored bits that cannot matter; every decrypted bit stays',
    load: () => import('./compact.js'),
  },
  {
    name: 'simulate',
    group: 'Models:',
    summary: 'run test images through the bit-exact integer network and report its accuracy',
    load: () => import('./simulate.js'),
  },
  {
    name: 'fold',
    group: 'Hardware:',
    summary: 'find the fold of least area for frames a second or budgets, and say what limits it',
    load: () => import('./fold.js'),
  },
  {
    name: 'gen-rtl',
    group: 'Hardware:',
    summary: 'generate Verilog, memory files, a testbench, scripts for synthesis and a README',
    load: () => import('./gen-rtl.js'),
  },
  {
    name: 'load-file',
    group: 'Hardware:',
    summary: 'write the packet that loads a model into hardware generated with --weights ram or ram-single',
    load: () => import('./load-file.js'),
  },
  {
    name: 'cosim',
    group: 'Proof and measurement:',
    summary: 'run test images through the RTL and compare every output with the integer network',
    load: () => import('./cosim.js'),
  },
  {
    name: 'verify',
    group: 'Proof and measurement:',
    summary: 'check every stored bit and XOR circuit of a design against the model, list proofs, run images',
    load: () => import('./verify.js'),
  },
  {
    name: 'compare',
    group: 'Proof and measurement:',
    summary: 'compare three evaluations of one model (float, integer, RTL), and predicted with measured cycles',
    load: () => import('./compare.js'),
  },
  {
    name: 'memory',
    group: 'Proof and measurement:',
    summary: 'show the weight memories: bits needed and stored, reads, block RAMs, beside plain 1-bit weights',
    load: () => import('./memory.js'),
  },
  {
    name: 'area',
    group: 'Proof and measurement:',
    summary: 'measure LUTs, flip-flops, RAMs or gates of the generated design with Yosys, layer by layer',
    load: () => import('./area.js'),
  },
  {
    name: 'price',
    group: 'Proof and measurement:',
    summary: 'say what FleXOR costs and saves against plain 1-bit weights: bits, gates, area, reads, energy',
    load: () => import('./price.js'),
  },
  {
    name: 'price-sweep',
    group: 'Proof and measurement:',
    summary: 'measure decryptors over N_out, N_in/N_out and taps: XOR gates, area, weights from which they pay',
    load: () => import('./price-sweep.js'),
  },
  {
    name: 'report',
    group: 'Proof and measurement:',
    summary: 'put accuracy, timing, area, memory and energy of a model on one page, or compare several models',
    load: () => import('./report.js'),
  },
  {
    name: 'completion',
    group: 'Command line:',
    summary: 'print a script that completes commands, options, choices and files in bash, zsh or fish',
    load: async () => ({ define: (await import('./completion.js')).completionOf(commands) }),
  },
  {
    name: 'schema',
    group: 'Command line:',
    summary: 'print the JSON schema of what a command gives with --json',
    load: () => import('./schema.js'),
  },
];
