/**
 * Devices that people build with, and the share of each that a design takes. Counts are those of the vendors' data sheets
 * (Lattice FPGA-DS-02008, -02012 and -02029; AMD DS180, DS190 and DS891), in the units of `Resources`: block RAMs of AMD
 * count in halves of 18 kbit, those of ECP5 hold 18 kbit, those of iCE40 4 kbit. Placement and routing may need room of
 * their own, so a share near one does not say that the design fits.
 */
import type { Cost } from '../rtl/cost/model.js';
import type { AreaTarget, Resources } from './area/types.js';

/** What a device has. LUTs serve as distributed RAM too where the family can do that. */
type Capacity = Pick<Resources, 'luts' | 'flipFlops' | 'blockRams' | 'multipliers'>;

export interface Device extends Capacity {
  readonly name: string;
  /** The target whose cells the device is made of. */
  readonly target: AreaTarget;
}

const device = (
  name: string,
  target: AreaTarget,
  [luts, flipFlops, blockRams, multipliers]: readonly [number, number, number, number],
): Device => ({ name, target, luts, flipFlops, blockRams, multipliers });

/** By family, the smallest first. */
export const DEVICES: readonly Device[] = [
  device('iCE40 UP5K', 'ice40', [5_280, 5_280, 30, 8]),
  device('iCE40 HX8K', 'ice40', [7_680, 7_680, 32, 0]),
  device('ECP5 LFE5U-25F', 'ecp5', [24_288, 24_288, 56, 28]),
  device('ECP5 LFE5U-45F', 'ecp5', [43_848, 43_848, 108, 72]),
  device('ECP5 LFE5U-85F', 'ecp5', [83_640, 83_640, 208, 156]),
  device('Artix-7 35T', 'xc7', [20_800, 41_600, 100, 90]),
  device('Artix-7 100T', 'xc7', [63_400, 126_800, 270, 240]),
  device('Zynq-7020', 'xc7', [53_200, 106_400, 280, 220]),
  device('Zynq UltraScale+ ZU3', 'xcup', [70_560, 141_120, 432, 360]),
];

/** What a design takes of a device, each as a share of what is there; a share of none is Infinity. */
export interface DeviceShare {
  readonly device: string;
  readonly luts: number;
  readonly flipFlops: number;
  readonly blockRams: number;
  readonly multipliers: number;
  /** Whether no share is above one. */
  readonly fits: boolean;
}

/** What a design takes; LUTs that serve as memory are counted with the others. */
type Used = Capacity & Pick<Resources, 'lutRams'>;

/**
 * Shares of the smallest AMD device that holds what the cost model predicts, or null where none of those above does. The
 * prediction is made for UltraScale+; the older devices have LUTs of six inputs and block RAMs of 18 kbit as well.
 */
export function smallestDevice({ bram18, ...cost }: Cost): HoldingDevice | null {
  const total = { ...cost, blockRams: bram18 };
  const all = (['xc7', 'xcup'] as const).flatMap((target) => deviceShares(target, total));
  return all.find(holds) ?? null;
}

/** A device that has what the design takes. */
export type HoldingDevice = DeviceShare & { readonly fits: true };

function holds(share: DeviceShare): share is HoldingDevice {
  return share.fits;
}

/** Shares of the devices of the target's family. None for targets that are no FPGA. */
export function deviceShares(target: AreaTarget, total: Used): DeviceShare[] {
  return DEVICES.filter((each) => each.target === target).map((each) => {
    const share = (used: number, there: number): number => (used === 0 ? 0 : used / there);
    const shares = {
      luts: share(total.luts + total.lutRams, each.luts),
      flipFlops: share(total.flipFlops, each.flipFlops),
      blockRams: share(total.blockRams, each.blockRams),
      multipliers: share(total.multipliers, each.multipliers),
    };
    return { device: each.name, ...shares, fits: Object.values(shares).every((part) => part <= 1) };
  });
}
