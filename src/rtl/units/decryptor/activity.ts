/**
 * Switching between the weight memory and the MAC array: the stream of encrypted words is fixed, so every change of a
 * memory output, an XOR gate and a register bit follows from the stored words in their order. One output pixel is gone
 * through in its steady state (the pixel before it ended with the same word) and multiplied. Mirrors
 * hw/flexor_word_gather.v, flexor_weight_phase.v and flexor_weight_shift.v, or flexor_weight_hold.v and flexor_weight_select.v;
 * gates have no delay, so there are no glitches. Where channels share sums, a lane's shift register holds whether its bits
 * differ from those of another lane; these XORs of hw/flexor_engine.v are not counted, and neither is what chooses bits.
 */
import type { WeightedPlan } from '../../layers/types.js';
import { partnerLane } from '../../shared-sums.js';
import { memoryRows, type WeightMemory } from '../../weight-memory.js';
import type { XorCircuit } from '../../../xor/circuit.js';

/** Switching in a frame, counted exactly with zero gate delays: no glitches. */
export interface StreamActivity {
  /** Changes of memory output bits from one word to the next; their energy is part of that of a read. */
  readonly memoryToggles: number;
  /** Changes of XOR gate outputs. */
  readonly xorToggles: number;
  /** Changes of what XOR gates read, memory outputs or held words and XOR gates, each times the XOR gates that read it. */
  readonly xorInputToggles: number;
  /** Changes of bits of the decryptors' registers. */
  readonly registerToggles: number;
  /** Register bits × cycles in which they are clocked. */
  readonly registerClocks: number;
}

/** What one lane of one plane does in a pixel. */
type LaneActivity = Omit<StreamActivity, 'memoryToggles'>;
type Counted = Record<keyof LaneActivity, number>;

/** Switching of a layer in a frame; `circuits`: those of the planes. */
export function streamActivity(plan: WeightedPlan, circuits: readonly XorCircuit[]): StreamActivity {
  const sum = {
    memoryToggles: memoryToggles(plan),
    xorToggles: 0,
    xorInputToggles: 0,
    registerToggles: 0,
    registerClocks: 0,
  };
  circuits.forEach((circuit, plane) => {
    const readers = readersOf(circuit);
    const activity = plan.holdsWords ? heldLane : shiftedLane;
    const lanes = Array.from({ length: plan.fold.simd }, (_, lane) => activity(plan, circuit, readers, plane, lane));
    lanes.forEach(({ counted, loads }, lane) => {
      for (const key of Object.keys(counted) as (keyof Counted)[]) sum[key] += counted[key];
      if (plan.holdsWords) {
        sum.registerToggles += chosenToggles(loads, plan.fold.pe, plan.memory.wordCycles, plan.steps * plan.groups);
        return;
      }
      const held = plan.sharedSums ? loads.map((word, w) => signs(word, lanes[partnerLane(lane)]?.loads[w])) : loads;
      sum.registerToggles += shiftToggles(held, plan.fold.pe, plan.memory.wordCycles, plan.steps * plan.groups);
    });
  });
  const gather = gatherActivity(plan);
  sum.registerToggles += gather.registerToggles;
  sum.registerClocks += gather.registerClocks;
  for (const key of Object.keys(sum) as (keyof StreamActivity)[]) sum[key] *= plan.pixels;
  return sum;
}

/**
 * Bits of the registers of all decryptors: the shift registers, or held words and the bits chosen from them; what lanes that
 * start inside a slice carry over or need of the slice before; and where rows are gathered into words.
 */
export function registerBits({ memory, node, fold, holdsWords }: WeightedPlan): number {
  const { nIn, nOut } = node.planes[0]!;
  const lane = (phase: number): number =>
    holdsWords
      ? (memory.slices + (phase === 0 ? 0 : 1)) * nIn + fold.pe
      : memory.slices * nOut + carryBits(phase, nOut);
  const lanes = memory.phases.reduce((bits, phase) => bits + lane(phase), 0);
  return node.planes.length * lanes + (memory.rowsPerWord - 1) * memory.rowBits;
}

function carryBits(phase: number, nOut: number): number {
  return phase === 0 ? 0 : nOut - phase;
}

function memoryToggles({ memory }: WeightedPlan): number {
  const rows = memoryRows(memory);
  return rows.reduce((sum, row, r) => sum + differences(rows.at(r - 1)!, row), 0);
}

/**
 * What the XOR circuits see, word after word: a row at a time is read into the highest place while those before it move
 * down, so that a word shows in as many states as it has rows, the last one the word itself.
 */
export function wordStates(memory: WeightMemory): Uint8Array[] {
  const { rowsPerWord, rowBits, wordBits } = memory;
  if (rowsPerWord === 1) return [...memory.contents];
  const rows = memoryRows(memory);
  // The state before the first row: the word that the pixel before ended with.
  let places = rows.slice(-rowsPerWord);
  return rows.map((row, r) => {
    // The last row of a word is used where it comes out of the memory and is not moved down.
    places = r % rowsPerWord === 0 ? [...places.slice(0, -1), row] : [...places.slice(1), row];
    const state = new Uint8Array(rowsPerWord * rowBits);
    places.forEach((place, p) => state.set(place, p * rowBits));
    return state.subarray(0, wordBits);
  });
}

/** Of the register in which the rows of a word are gathered, all but the highest place. */
export function gatherActivity({ memory }: WeightedPlan): Pick<StreamActivity, 'registerToggles' | 'registerClocks'> {
  const { rowsPerWord, rowBits, words } = memory;
  const bits = (rowsPerWord - 1) * rowBits;
  const states = wordStates(memory).map((state) => state.subarray(0, bits));
  const toggles = states.reduce((sum, state, k) => sum + differences(states.at(k - 1)!, state), 0);
  return { registerToggles: rowsPerWord === 1 ? 0 : toggles, registerClocks: words * (rowsPerWord - 1) * bits };
}

/** XOR gates that read each signal. */
function readersOf({ nIn, gates }: XorCircuit): Uint32Array {
  const readers = new Uint32Array(nIn + gates.length);
  for (const [a, b] of gates) {
    readers[a]!++;
    readers[b]!++;
  }
  return readers;
}

/** Whether bits differ from those of a lane; without one, whether they are 0. */
function signs(word: Uint8Array, other: Uint8Array | undefined): Uint8Array {
  return word.map((bit, i) => bit ^ (other === undefined ? 1 : other[i]!));
}

/** What a lane of one plane counts without its shift register, and what that takes at each load. */
function shiftedLane(
  plan: WeightedPlan,
  circuit: XorCircuit,
  readers: Uint32Array,
  plane: number,
  lane: number,
): { counted: Counted; loads: Uint8Array[] } {
  const { memory, fold, groups, steps } = plan;
  const { nIn, outputs } = circuit;
  const column = plane * fold.simd + lane;
  const { decrypted, ...gates } = decryptWords(plan, circuit, readers, column);
  const boundary = memory.boundarySlices.subarray(column * nIn, (column + 1) * nIn);
  const boundarySignals = signalsOf(circuit, boundary);
  const boundaryBits = outputs.map((signal) => boundarySignals[signal]!);
  const phase = memory.phases[lane]!;
  const carry = carryBits(phase, outputs.length);
  const carried = decrypted.map((word) => word.subarray(word.length - carry));
  const cycles = steps * groups;
  const counted = {
    ...gates,
    registerToggles: carried.reduce((sum, bits, w) => sum + differences(carried.at(w - 1)!, bits), 0),
    registerClocks: memory.slices * outputs.length * cycles + carry * memory.words,
  };
  return { counted, loads: loadedWords(decrypted, boundaryBits, phase) };
}

/**
 * What a lane of one plane counts whose words are held, without the bits chosen from them, and the words that these come of.
 * Words change once, whatever rows they came in. The slice before a word goes through a circuit of its own.
 */
function heldLane(
  plan: WeightedPlan,
  circuit: XorCircuit,
  readers: Uint32Array,
  plane: number,
  lane: number,
): { counted: Counted; loads: Uint8Array[] } {
  const { memory, fold, groups, steps } = plan;
  const { nIn, outputs } = circuit;
  const { slices, contents } = memory;
  const column = plane * fold.simd + lane;
  const { decrypted, ...gates } = decryptWords(plan, circuit, readers, column);
  const boundary = memory.boundarySlices.subarray(column * nIn, (column + 1) * nIn);
  const boundarySignals = signalsOf(circuit, boundary);
  const boundaryBits = outputs.map((signal) => boundarySignals[signal]!);
  const phase = memory.phases[lane]!;
  const own = contents.map((word) => word.subarray(column * slices * nIn, (column + 1) * slices * nIn));
  const before = phase === 0 ? [] : [boundary, ...own.slice(0, -1).map((word) => word.subarray(word.length - nIn))];
  const beforeSignals = before.map((slice) => signalsOf(circuit, slice));
  const toggles = (states: readonly Uint8Array[]): number =>
    states.reduce((sum, state, w) => sum + differences(states.at(w - 1)!, state), 0);
  const counted = { ...gates, registerToggles: toggles(own) + toggles(before), registerClocks: 0 };
  beforeSignals.forEach((signals, w) => countSignals(counted, beforeSignals.at(w - 1)!, signals, nIn, readers));
  counted.registerClocks = contents.length * (slices + (phase === 0 ? 0 : 1)) * nIn + fold.pe * steps * groups;
  return { counted, loads: loadedWords(decrypted, boundaryBits, phase) };
}

/** Adds the changes from one state of a circuit's signals to the next. */
function countSignals(
  counted: Pick<Counted, 'xorToggles' | 'xorInputToggles'>,
  before: Uint8Array,
  signals: Uint8Array,
  nIn: number,
  readers: Uint32Array,
): void {
  for (let i = 0; i < signals.length; i++) {
    if (signals[i] === before[i]) continue;
    counted.xorInputToggles += readers[i]!;
    if (i >= nIn) counted.xorToggles++;
  }
}

/**
 * Runs every word of a lane through the XOR circuits: what comes out, and what changes from state to state, of which words
 * that are held have one.
 */
function decryptWords({ memory, holdsWords }: WeightedPlan, circuit: XorCircuit, readers: Uint32Array, column: number) {
  const { slices, contents } = memory;
  const rowsPerWord = holdsWords ? 1 : memory.rowsPerWord;
  const states = holdsWords ? contents : wordStates(memory);
  const { nIn, outputs } = circuit;
  const decrypted = contents.map(() => new Uint8Array(slices * outputs.length));
  const counted = { xorToggles: 0, xorInputToggles: 0 };
  for (let s = 0; s < slices; s++) {
    const from = (column * slices + s) * nIn;
    const slice = (word: Uint8Array): Uint8Array => word.subarray(from, from + nIn);
    let before = signalsOf(circuit, slice(states.at(-1)!));
    states.forEach((state, k) => {
      const signals = signalsOf(circuit, slice(state));
      countSignals(counted, before, signals, nIn, readers);
      const word = decrypted[Math.floor(k / rowsPerWord)]!;
      outputs.forEach((signal, j) => (word[s * outputs.length + j] = signals[signal]!));
      before = signals;
    });
  }
  return { decrypted, ...counted };
}

/** All signals of a circuit: inputs, then gates. */
function signalsOf({ nIn, gates }: XorCircuit, inputs: Uint8Array): Uint8Array {
  const signals = new Uint8Array(nIn + gates.length);
  signals.set(inputs);
  for (let g = 0; g < gates.length; g++) {
    const [a, b] = gates[g]!;
    signals[nIn + g] = signals[a]! ^ signals[b]!;
  }
  return signals;
}

/** What the register takes at each load: a lane that starts `phase` bits inside a slice lags behind by the rest of one. */
function loadedWords(decrypted: readonly Uint8Array[], boundaryBits: readonly number[], phase: number): Uint8Array[] {
  if (phase === 0) return [...decrypted];
  const carry = boundaryBits.length - phase;
  return decrypted.map((word, w) => {
    const lower = w === 0 ? boundaryBits.slice(phase) : decrypted[w - 1]!.subarray(word.length - carry);
    const loaded = new Uint8Array(word.length);
    loaded.set(lower);
    loaded.set(word.subarray(0, word.length - carry), carry);
    return loaded;
  });
}

/** Changes of the bits that are chosen from words, over the cycles of a pixel. */
function chosenToggles(words: readonly Uint8Array[], pe: number, wordCycles: number, cycles: number): number {
  const bits = (cycle: number): Uint8Array => {
    const at = (cycle % wordCycles) * pe;
    return words[Math.floor(cycle / wordCycles)]!.subarray(at, at + pe);
  };
  let toggles = 0;
  for (let cycle = 0; cycle < cycles; cycle++) toggles += differences(bits((cycle || cycles) - 1), bits(cycle));
  return toggles;
}

/** Changes of register bits over the cycles of a pixel: load, then shift by Pe, zeros moving in. */
function shiftToggles(loads: readonly Uint8Array[], pe: number, wordCycles: number, cycles: number): number {
  const bits = loads[0]!.length;
  let state = new Uint8Array(bits);
  state.set(loads.at(-1)!.subarray(((cycles - 1) % wordCycles) * pe));
  let toggles = 0;
  for (let cycle = 0; cycle < cycles; cycle++) {
    const next = new Uint8Array(bits);
    next.set(loads[Math.floor(cycle / wordCycles)]!.subarray((cycle % wordCycles) * pe));
    toggles += differences(state, next);
    state = next;
  }
  return toggles;
}

function differences(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++;
  return count;
}
