/** What stands open on top of a model: the verdict, the figures, and what they are of devices that people build with. */
import { formatPercent } from '../../../base/format.js';
import type { DeviceShare } from '../../devices.js';
import type { ModelFigures } from '../../figures/types.js';
import { cards, table } from '../view.js';
import type { Block, Section } from '../view.js';

export function summarySection({ verdict, headlines, devices }: ModelFigures, id: string): Section {
  const blocks: Block[] = [
    { kind: 'verdict', sentences: verdict },
    { kind: 'tiles', tiles: headlines },
  ];
  if (devices.length > 0) blocks.push(deviceTable(devices));
  return { id: `${id}-summary`, title: 'Summary', lead: '', blocks };
}

function deviceTable(devices: readonly DeviceShare[]): Block {
  const share = (part: number): string => (part === Infinity ? 'none there' : formatPercent(part));
  const rows = devices.map(({ device, luts, flipFlops, blockRams, multipliers, fits }) => [
    device,
    ...[luts, flipFlops, blockRams, multipliers].map(share),
    fits ? 'yes' : 'no',
  ]);
  const head = ['device', 'LUTs', 'flip-flops', 'block RAMs', 'multipliers', 'fits by count'];
  return cards(table('Share of devices of this family', head, rows));
}
