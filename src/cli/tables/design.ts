/** What `flexor gen-rtl` says of the design that it wrote. */
import { formatCount, formatPercent } from '../../base/format.js';
import type { LayerInfo, Manifest } from '../../rtl/types.js';
import { formatTable } from '../../base/table.js';

/** Everything that the command prints. */
export function designText(manifest: Manifest, folder: string): string {
  const { prediction, verilog, memories } = manifest;
  const header = ['layer', 'kind', 'output', 'PE', 'SIMD', 'cycles/frame', 'weight bits', 'encrypted', 'stored'];
  const { busiest } = prediction;
  return [
    `${folder}: ${manifest.topModule}, ${verilog.length} Verilog files, ${memories.length} memory files\n`,
    formatTable([header, ...manifest.layers.map(layerRow)]),
    `\ncycles a frame  ${formatCount(prediction.cyclesPerFrame)} predicted`,
    `latency         ${formatCount(prediction.latencyCycles)} cycles predicted`,
    `busiest unit    ${busiest.unit}, ${formatCount(busiest.cycles)} cycles a frame, ` +
      `busy ${formatPercent(prediction.bottleneckUtilisation)} of the time`,
  ].join('\n');
}

function layerRow(layer: LayerInfo): string[] {
  const { height, width, channels } = layer.outputShape;
  const common = [layer.name, layer.kind, `${height}×${width}×${channels}`];
  const { weighted } = layer;
  if (weighted === null) return [...common, '', '', formatCount(layer.cyclesPerFrame), '', '', ''];
  return [
    ...common,
    String(weighted.pe),
    String(weighted.simd),
    formatCount(layer.cyclesPerFrame),
    formatCount(weighted.weightBits),
    formatCount(weighted.encryptedBits),
    formatCount(weighted.storedBits),
  ];
}
