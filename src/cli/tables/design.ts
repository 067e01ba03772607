/** What `flexor gen-rtl` says of the design that it wrote. */
import { formatCount, formatPercent } from '../../base/format.js';
import type { LayerInfo, Manifest } from '../../rtl/types.js';
import type { DesignTiming } from '../../rtl/timing/timing.js';
import { clockText } from './fold.js';
import { formatTable, optional } from './table.js';
import { facts, paragraph } from '../terminal/text.js';

/** Everything that the command prints. */
export function designText(manifest: Manifest, timing: DesignTiming, folder: string): string {
  const { prediction, verilog, memories } = manifest;
  const headings = [
    ...['layer', optional(2, 'kind'), 'output', 'PE', 'SIMD', 'cycles a frame'],
    ...['weight bits', optional(1, 'encrypted bits'), 'stored bits'],
  ];
  const { busiest } = prediction;
  const busy = formatPercent(prediction.bottleneckUtilisation);
  return [
    paragraph(`${folder}: ${manifest.topModule}, ${verilog.length} Verilog files, ${memories.length} memory files`),
    formatTable(headings, manifest.layers.map(layerRow)),
    facts([
      ['cycles a frame', `${formatCount(prediction.cyclesPerFrame)} predicted`],
      ['latency', `${formatCount(prediction.latencyCycles)} cycles predicted`],
      ['clock', clockText(timing)],
      ['busiest unit', `${busiest.unit}, ${formatCount(busiest.cycles)} cycles a frame, busy ${busy} of the time`],
    ]),
  ].join('\n\n');
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
