/** `flexor verify`: every stored bit and XOR circuit of a design against its model, proofs of its modules, co-simulation. */
import type { Command } from 'commander';
import { firstFault, PROOF_MODES, verifyModel, type VerifyOptions } from '../../app/verify.js';
import { FlexorError } from '../../base/errors.js';
import { addGenerationOptions } from '../options/generation.js';
import { addHelp, GROUPS } from '../options/help.js';
import { addDataOptions } from '../options/images.js';
import { addLoweringOptions } from '../options/lowering.js';
import { integer, oneOf } from '../options/values.js';
import type { verify as verifyJson } from '../schemas/verify.js';
import { totalsOf, verifyText } from '../tables/verify.js';
import { printJson, printLine, printWarnings, type Output } from '../terminal/print.js';
import { startProgress } from '../terminal/progress.js';

interface Options extends VerifyOptions {
  readonly json?: boolean;
}

/** Adds arguments, options, help and action. */
export function define(command: Command): void {
  command.argument('<model>', 'model file (.flexor)');
  addGenerationOptions(addLoweringOptions(command));
  // What says how a design is generated.
  const generation = command.options.map((option) => option.attributeName());
  addDataOptions(command)
    .optionsGroup(GROUPS.images)
    .option('--images <n>', 'run n test images; 0: none', integer(0), 10)
    .option('--candidates <n>', 'choose them from the first n, by the bits that they observe', integer(1), 30)
    .option('--mutants <n>', 'flip so many encrypted bits, one at a time, and see whether they show it', integer(0), 30)
    .optionsGroup(GROUPS.output)
    .option('--design <dir>', 'verify the design that gen-rtl wrote there; without it one is generated')
    .optionsGroup(GROUPS.runs)
    .option(
      '--proofs <mode>',
      "list what is proven of the modules, run the proofs again, at the design's own parameters, or none",
      oneOf(PROOF_MODES),
      'list',
    )
    .option('--proof-seconds <n>', "time for all proofs at the design's own parameters", integer(1), 120)
    .option('--stalls <percent>', 'chance of a stall a cycle in a second run; 0: no second run', integer(0, 95), 30)
    .option('--seed <n>', 'seed of stalls and of the random initial register contents', integer(0, 2 ** 32 - 1), 1)
    .option('--cache <dir>', 'folder of cached builds (default: FLEXOR_CACHE, else build/cache)')
    .optionsGroup(GROUPS.output)
    .option('--json', 'print JSON');
  addHelp(
    command,
    [
      'Proven: every encrypted bit, multiplier and beta that the design stores equals those of the model, every XOR ' +
        'circuit, read from its Verilog, computes its M⊕, all other Verilog is what this version prints, and what ' +
        'hw/formal proves of its modules. Sampled: test images through the RTL, every value compared.',
      'The first fault ends with exit code 1 and names the layer or module.',
    ],
    [
      'flexor verify models/lenet5-mnist-0.6.flexor',
      'flexor verify model.flexor --design build/rtl',
      'flexor verify model.flexor --proofs run --images 0',
      'flexor verify model.flexor --proofs own --proof-seconds 300',
      'flexor verify model.flexor --target-fps 2000 --clock-mhz 200 --json',
    ],
  ).action((path: string, options: Options) => {
    const given = generation.find((name) => command.getOptionValueSource(name) === 'cli');
    if (options.design !== undefined && given !== undefined) {
      const flag = command.options.find((option) => option.attributeName() === given)!.long!;
      throw new FlexorError('usage', `${flag} says how a design is generated, and that of --design is there already`);
    }
    return verify(path, options);
  });
}

async function verify(path: string, options: Options): Promise<void> {
  const result = await verifyModel(path, options, () => performance.now(), startProgress);
  const failure = firstFault(result);
  printWarnings(result.warnings);
  if (options.json) {
    const { lowered, stored, circuits, sources, proofs, ownProofs, runs } = result;
    const sampled =
      runs === null
        ? []
        : [
            { stalls: 0, result: runs.free },
            { stalls: options.stalls, result: runs.stalled },
          ];
    printJson<Output<typeof verifyJson>>({
      schema: 'flexor.verify/1',
      ...{ model: lowered.model.name, digest: lowered.digest, design: result.top },
      ...{ passed: failure === null, failure, warnings: result.warnings },
      proven: { ...totalsOf(stored), stored, circuits, sources, modules: proofs, own: ownProofs },
      sampled: {
        vectors: runs && runs.vectors,
        mutation: runs && runs.mutation,
        runs: sampled.flatMap(({ stalls, result: run }) => {
          if (run === null) return [];
          const { passed, images, mismatches, valuesCompared, cyclesPerFrame, predictedCyclesPerFrame } = run;
          const facts = { images, mismatches, valuesCompared, cyclesPerFrame, predictedCyclesPerFrame };
          return { stalls, passed, failure: run.failure, ...facts };
        }),
      },
    });
  } else printLine(verifyText(result, options));
  if (failure !== null) throw new FlexorError('mismatch', failure);
}
