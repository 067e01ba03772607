/**
 * Faults planted in the Verilog and memory files of a design, one at a time, and what co-simulation says of each. Every layer
 * gets copies of the library modules that it uses, so that a fault in one of them is a fault of that layer alone.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { oneLine } from '../../src/base/errors.js';
import { sha256 } from '../../src/base/files.js';
import type { Random } from '../../src/base/random.js';
import { cosimulate } from '../../src/cosim/cosimulate.js';
import type { CosimResult } from '../../src/cosim/types.js';
import { generateRtl, type GeneratedDesign } from '../../src/rtl/generate.js';
import type { Design } from '../../src/rtl/design.js';
import { libraryModules, librarySource } from '../../src/rtl/library.js';
import { writeDesign } from '../../src/rtl/write-design.js';
import { referenceTrace } from '../../src/simulate/reference.js';
import {
  expressionFaults,
  numberFaults,
  switchFile,
  withEdit,
  withSwitch,
  type ExpressionFault,
} from './verilog-mutants.js';

export const KINDS = ['memory bit', 'operator', 'depth', 'width'] as const;
export type FaultKind = (typeof KINDS)[number];

/** A fault, and what tells it from all others of the design. */
export interface Fault {
  readonly kind: FaultKind;
  readonly layer: string;
  readonly id: string;
  /** Files that change. */
  readonly changed: ReadonlyMap<string, string>;
}

export interface Outcome {
  readonly kind: FaultKind;
  readonly layer: string;
  readonly id: string;
  /** Whether logits or class of one of the images are wrong or missing, told without the comparison of streams. */
  readonly changesOutput: boolean;
  readonly caught: boolean;
  /** The layer that the message is about; null where it names none. */
  readonly named: string | null;
  readonly message: string | null;
}

/** The design with copies of modules, as files, and its layers' texts by module. */
export class FaultyDesign {
  private readonly generated: GeneratedDesign;
  /** Verilog of each layer: its wrapper first, then its copies. */
  private readonly texts = new Map<string, Map<string, string>>();
  readonly digest: string;

  constructor(
    readonly name: string,
    readonly design: Design,
    private readonly images: readonly Int32Array[],
    private readonly folder: string,
    private readonly cacheDir: string,
  ) {
    this.generated = generateRtl(design);
    const { manifest, files } = this.generated;
    const circuits = new Map(
      manifest.verilog.filter((path) => /_xor_/.test(path)).map((path) => [moduleOf(path), files.get(path)!]),
    );
    manifest.layers.forEach(({ name: layer, module }, i) => this.texts.set(layer, copies(files, circuits, module, i)));
    this.digest = sha256(JSON.stringify([...files]));
    writeDesign(this.generated, folder);
    this.write(new Map());
  }

  /** Faults of a kind, `count` of all that there are. */
  draw(kind: FaultKind, count: number, random: Random): Fault[] {
    if (kind === 'operator') return this.drawExpressions(count, random);
    return chosen(kind === 'memory bit' ? this.memoryFaults() : this.numberFaults(kind), count, random);
  }

  /** Faults in expressions share one text, in which each has a number. */
  private drawExpressions(count: number, random: Random): Fault[] {
    const all = [...this.texts].flatMap(([layer, modules]) =>
      [...modules].flatMap(([module, text]) =>
        expressionFaults(text).map((fault) => ({ layer, module, fault, id: idOf(module, text, fault) })),
      ),
    );
    const drawn = chosen(all, count, random);
    const byModule = new Map<string, Map<number, ExpressionFault>>();
    drawn.forEach(({ module, fault }, i) => {
      const faults = byModule.get(module) ?? new Map<number, ExpressionFault>();
      byModule.set(module, faults.set(i + 1, fault));
    });
    const changed = new Map<string, string>();
    for (const modules of this.texts.values()) {
      for (const [module, text] of modules) {
        changed.set(pathOf(module), withSwitch(text, byModule.get(module) ?? new Map()));
      }
    }
    return drawn.map(({ layer, id }, i) => ({
      ...{ kind: 'operator', layer, id },
      changed: new Map([...changed, switchFile(i + 1)]),
    }));
  }

  private memoryFaults(): Fault[] {
    const { files, manifest } = this.generated;
    return [...this.texts].flatMap(([layer, modules]) => {
      const [wrapper] = modules.values();
      const memories = [
        ...wrapper!.matchAll(/\.(?:RowBits|Width)\((\d+)\),(?:(?!\) u_)[\s\S])*?\.MemFile\("([^"]+)"\)/g),
      ];
      return memories.flatMap(([, bits, path]) => {
        const lines = files.get(path!)!.trimEnd().split('\n');
        if (!manifest.memories.includes(path!)) return [];
        return lines.flatMap((line, at) =>
          Array.from({ length: Number(bits) }, (_, bit): Fault => {
            const word = (BigInt(`0x${line}`) ^ (1n << BigInt(bit))).toString(16).padStart(line.length, '0');
            const text = `${lines.map((each, i) => (i === at ? word : each)).join('\n')}\n`;
            const id = `${path} line ${at + 1} bit ${bit}`;
            return { kind: 'memory bit', layer, id, changed: new Map([[path!, text]]) };
          }),
        );
      });
    });
  }

  private numberFaults(wanted: FaultKind): Fault[] {
    return [...this.texts].flatMap(([layer, modules]) => {
      const [module, text] = [...modules][0]!;
      return numberFaults(text)
        .filter(({ kind }) => kind === wanted)
        .map((fault): Fault => {
          const changed = new Map([[pathOf(module), withEdit(text, fault)]]);
          return { kind: wanted, layer, id: idOf(module, text, fault), changed };
        });
    });
  }

  /** Runs the images without stalls, and with, unless they showed the fault without. */
  async run(fault: Pick<Fault, 'changed'> & Partial<Fault>): Promise<Outcome> {
    this.write(fault.changed);
    const outcome = { kind: fault.kind ?? KINDS[0], layer: fault.layer ?? '', id: fault.id ?? '' };
    try {
      for (const stalls of [0, 30]) {
        const result = await this.cosimulate(stalls);
        const changesOutput = this.differs(result);
        if (result.passed && !changesOutput) continue;
        const named = result.firstMismatch?.layer ?? result.timingMismatch?.layer ?? this.namedIn(result.failure ?? '');
        return { ...outcome, changesOutput, caught: !result.passed, named, message: result.failure };
      }
      return { ...outcome, changesOutput: false, caught: false, named: null, message: null };
    } catch (error) {
      // A simulator that cannot be built, or does not settle, answers nothing.
      const message = oneLine(error);
      return { ...outcome, changesOutput: true, caught: true, named: this.namedIn(message), message };
    } finally {
      for (const entry of readdirSync(this.folder)) {
        if (entry.startsWith('cosim')) rmSync(join(this.folder, entry), { recursive: true });
      }
    }
  }

  private cosimulate(stalls: number): Promise<CosimResult> {
    const { folder, design, images, cacheDir } = this;
    const common = { folder, design, images, seed: 1, layers: true, optimise: 'build-time' as const };
    return cosimulate({ ...common, stalls, cacheDir, timeoutSeconds: 600 });
  }

  /** Against the slow reference, not the simulator that co-simulation compares with. */
  private differs({ frames, logits }: CosimResult): boolean {
    return this.images.some((image, i) => {
      const at = frames.indexOf(i);
      const right = referenceTrace(this.design.network, image).at(-1)!;
      return at < 0 || right.some((value, c) => value !== logits[at]![c]);
    });
  }

  private namedIn(message: string): string | null {
    const { layers } = this.generated.manifest;
    const of = (pattern: RegExp): string | undefined => pattern.exec(message)?.[1];
    const name = of(/consumer (\w+)/) ?? of(/producer (\w+)/) ?? of(/layer (\w+)/);
    return layers.some((layer) => layer.name === name) ? name! : null;
  }

  /** Writes the design with these files changed. */
  private write(changed: ReadonlyMap<string, string>): void {
    const { files, manifest } = this.generated;
    const copied = [...this.texts.values()].flatMap((modules) => [...modules]);
    const all = new Map([...files, ...copied.map(([module, text]) => [pathOf(module), text] as const)]);
    for (const [path, text] of [...all, switchFile(0), ...changed]) writeIfOther(join(this.folder, path), text);
    const verilog = [...new Set([...manifest.verilog, ...copied.map(([module]) => pathOf(module))])];
    writeIfOther(join(this.folder, 'manifest.json'), JSON.stringify({ ...manifest, verilog }));
  }
}

function writeIfOther(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) return;
  } catch {
    // It is not there yet.
  }
  writeFileSync(path, text);
}

const pathOf = (module: string): string => `rtl/${module}.v`;
const moduleOf = (path: string): string => path.slice('rtl/'.length, -'.v'.length);

function idOf(module: string, text: string, { from, what }: ExpressionFault): string {
  return `${module} line ${text.slice(0, from).split('\n').length}, character ${from}: ${what}`;
}

function chosen<T>(all: readonly T[], count: number, random: Random): T[] {
  const order = random.permutation(all.length);
  return Array.from(order.slice(0, count), (i) => all[i]!);
}

/** A layer's wrapper and, under names of their own, the library modules and XOR circuits that it is made of. */
function copies(
  files: ReadonlyMap<string, string>,
  circuits: ReadonlyMap<string, string>,
  wrapper: string,
  index: number,
): Map<string, string> {
  const text = files.get(pathOf(wrapper))!;
  const own = new Map(libraryModules([text]).map((module) => [module, librarySource(module)]));
  for (const [module, circuit] of circuits) if (new RegExp(`\\b${module}\\b`).test(text)) own.set(module, circuit);
  const renamed = (each: string): string =>
    each.replace(/\b\w+\b/g, (word) => (own.has(word) ? `${word}_of_${index}` : word));
  return new Map([
    [wrapper, renamed(text)],
    ...[...own].map(([module, each]) => [`${module}_of_${index}`, renamed(each)] as const),
  ]);
}
