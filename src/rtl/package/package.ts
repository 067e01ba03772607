/**
 * The package that others use a design with, without this tool: README with diagram and register map, Makefile, FuseSoC
 * core file, scripts for Yosys, Vivado and Quartus, and a testbench with vectors that checks itself.
 */
import { template } from '../../base/template.js';
import type { RtlFiles } from '../types.js';
import type { PackageParts } from './types.js';
import { packageView, type PackageView } from './view.js';

/** Adds the package's files to a design. */
export function addPackage<D extends RtlFiles>(design: D, parts: PackageParts): D {
  const view = packageView(design.manifest, parts);
  const render = (name: string): string => template<PackageView>(`package/${name}`, 'verilog')(view);
  const files = new Map([
    ...design.files,
    ['README.md', render('README.md')],
    ['pipeline.svg', parts.diagram],
    ['Makefile', render('Makefile')],
    [`${view.top}.core`, render('core')],
    ['syn/yosys.ys', render('yosys.ys')],
    ['syn/vivado.tcl', render('vivado.tcl')],
    ['syn/quartus.tcl', render('quartus.tcl')],
    ['syn/clock.sdc', render('clock.sdc')],
  ]);
  if (parts.vectors !== null) {
    files.set(`tb/${view.testbench}.v`, render('testbench.v'));
    files.set('tb/inputs.hex', parts.vectors.inputs);
    files.set('tb/expected.hex', parts.vectors.expected);
  }
  if (parts.vectors === null) return { ...design, files };
  const manifest = { ...design.manifest, vectors: parts.vectors.info };
  files.set('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
  return { ...design, manifest, files };
}
