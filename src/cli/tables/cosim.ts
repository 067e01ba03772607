/** What `flexor cosim` says: whether the RTL agrees, cycles predicted and measured, how long it took. */
import type { CosimRequest } from '../../app/cosim.js';
import { formatCount, formatPercent } from '../../base/format.js';
import type { CosimResult } from '../../cosim/types.js';
import { verdict as colourVerdict } from '../terminal/colour.js';
import { formatTable } from './table.js';
import { commandLine, paragraph } from '../terminal/text.js';

/** Everything that the command prints. */
export function cosimText(result: CosimResult, accuracy: number | null, request: CosimRequest): string {
  return [verdict(result, accuracy, request), cycleTable(result, request), effort(result, request)].join('\n\n');
}

function verdict(result: CosimResult, accuracy: number | null, { stalls, seed }: CosimRequest): string {
  const images = (n: number): string => `${n} image${n === 1 ? '' : 's'}`;
  const differ = result.mismatches === 1 || result.images === 1 ? 'differs' : 'differ';
  return [
    `${images(result.images)} in ${result.simulator}, ${stalls === 0 ? 'no stalls' : `${stalls}% stalls, seed ${seed}`}`,
    colourVerdict(
      result.passed,
      paragraph(
        `${result.mismatches} of ${images(result.images)} ${differ} from the simulator ` +
          `(${formatCount(result.valuesCompared)} values compared)`,
      ),
    ),
    ...(accuracy === null ? [] : [`accuracy in RTL: ${formatPercent(accuracy)}`]),
  ].join('\n');
}

function cycleTable(result: CosimResult, { stalls }: CosimRequest): string {
  const cycles = (n: number | null): string => (n === null ? '–' : formatCount(Math.round(n)));
  return formatTable(
    ['cycles', stalls === 0 ? 'predicted' : 'predicted without stalls', 'measured'],
    [
      ['latency', cycles(result.predictedLatencyCycles), cycles(result.latencyCycles)],
      ['per frame', cycles(result.predictedCyclesPerFrame), cycles(result.cyclesPerFrame)],
    ],
  );
}

/** Time, loaded models, traces, and how to run it again. */
function effort(result: CosimResult, { loadModel, trace }: CosimRequest): string {
  const seconds = (n: number | null): string => (n === null ? '–' : `${n.toFixed(1)} s`);
  const rate = result.cyclesPerSecond === null ? '' : `, ${formatCount(Math.round(result.cyclesPerSecond))} a second`;
  const build = result.buildCached ? 'cached' : seconds(result.buildSeconds);
  const lines = [
    paragraph(
      `build ${build}, run ${seconds(result.runSeconds)}: ${formatCount(result.simulatedCycles)} cycles${rate}`,
    ),
  ];
  for (const frame of result.passed ? result.loadedFrom : []) {
    const counts = frame < result.images ? `counts from frame ${frame}` : 'came after the last frame';
    lines.push(paragraph(`${loadModel} ${counts}; all of it was read back`));
  }
  if (trace !== undefined) lines.push(`trace: ${trace}`);
  if (result.repeatCommand !== null) lines.push(commandLine('repeat: ', result.repeatCommand));
  return lines.join('\n');
}
