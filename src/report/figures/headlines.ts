/** The figures that stand first, in words: what the terminal prints and what the page shows on top. */
import { formatCount, formatEnergy, formatPercent, formatSaving, formatShort } from '../../base/format.js';
import type { Totals } from '../../model/totals.js';
import { logicUnit } from '../price/targets.js';
import type { Headline, ModelFigures, Proportion } from './types.js';
import { rtlFailure } from './rtl-failure.js';

type Source = Omit<ModelFigures, 'headlines' | 'verdict'>;

export function headlinesOf(figures: Source): Headline[] {
  return [storage(figures), ...accuracy(figures), rtl(figures), speed(figures), ...area(figures), ...energy(figures)];
}

/** `98.98% to 99.34%`. */
export function formatInterval({ low, high }: Proportion): string {
  return `${formatPercent(low)} to ${formatPercent(high)}`;
}

function storage({ inventory: { totals }, area }: Source): Headline {
  const stored = area === null ? '' : `; ${formatCount(area.weights.storedBits)} stored in hardware`;
  return {
    key: 'bitsPerWeight',
    label: 'Bits a weight',
    text: totals.bitsPerWeight.toFixed(3),
    note: `${weightBitsText(totals)} for ${formatCount(totals.weights)} weights${stored}`,
  };
}

/** `997,656 encrypted bits`, with those at full precision where there are any. */
export function weightBitsText({ encryptedBits, floatBits }: Totals): string {
  const encrypted = `${formatCount(encryptedBits)} encrypted bits`;
  return floatBits === 0 ? encrypted : `${encrypted} and ${formatCount(floatBits)} at full precision`;
}

function accuracy({ accuracy: { integer, float, agreeing, dataset } }: Source): Headline[] {
  const images = formatCount(integer.images);
  return [
    {
      key: 'integerAccuracy',
      label: 'Integer accuracy',
      text: formatPercent(integer.share),
      note: `95% interval ${formatInterval(integer)}; ${images} images of ${dataset}`,
    },
    {
      key: 'floatAccuracy',
      label: 'Float accuracy',
      text: formatPercent(float.share),
      note: `95% interval ${formatInterval(float)}; same class on ${formatCount(agreeing)} of ${images}`,
    },
  ];
}

function rtl({ rtl, accuracy }: Source): Headline {
  const common = { key: 'rtl', label: 'RTL against integer' };
  if (rtl === null) return { ...common, text: 'not run', note: 'the RTL was left out' };
  const failure = rtlFailure(rtl);
  const stalls = rtl.stalled === null ? '' : `; ${rtl.stalled.mismatches} differ with ${rtl.stalled.stalls}% stalls`;
  const share = accuracy.rtl === null ? '' : `; ${formatPercent(accuracy.rtl.share)} of them classified correctly`;
  return {
    ...common,
    text:
      failure !== null && rtl.mismatches === 0
        ? 'failed'
        : `${formatCount(rtl.mismatches)} of ${formatCount(rtl.images)} differ`,
    note: `${failure ?? 'images, without stalls'}${stalls}${share}`,
  };
}

function speed({ pipeline, rtl }: Source): Headline {
  const { framesPerSecond, predictedCyclesPerFrame, clockMhz } = pipeline;
  const measured = rtl?.cyclesPerFrame ?? null;
  const verdict = measured === null ? 'predicted' : `predicted, ${formatCount(measured)} measured`;
  return {
    key: 'framesPerSecond',
    label: 'Frames a second',
    text: formatCount(Math.floor(framesPerSecond)),
    note: `at ${formatShort(clockMhz)} MHz: ${formatCount(predictedCyclesPerFrame)} cycles a frame ${verdict}`,
  };
}

function area({ area }: Source): Headline[] {
  if (area === null) return [];
  const { unit, resource } = logicUnit(area.target);
  const share = area.decryptorTotal[resource] / area.total[resource];
  const plain = area.plainTotal === null ? '' : `; plain 1-bit ${formatCount(Math.round(area.plainTotal[resource]))}`;
  return [
    {
      key: 'area',
      label: 'Area',
      text: `${formatCount(Math.round(area.total[resource]))} ${unit}`,
      note: `${area.targetTitle}; decryptors alone ${formatCount(Math.round(area.decryptorTotal[resource]))} (${formatPercent(share)})${plain}`,
    },
    {
      key: 'memory',
      label: 'Weight memory',
      text: `${formatCount(area.weights.storedBits)} bits`,
      note: `${formatSaving(1 - area.weights.storedBits / area.weights.plainStoredBits)} than plain 1-bit weights`,
    },
  ];
}

function energy({ price }: Source): Headline[] {
  if (price === null) return [];
  const { flexor, plain } = price.total.energy.weights;
  return [
    {
      key: 'energy',
      label: 'Energy of the weights a frame',
      text: formatEnergy(flexor),
      note: `memory and decryption, estimated; plain 1-bit ${formatEnergy(plain)}`,
    },
  ];
}
