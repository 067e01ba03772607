/**
 * Every property of hw/formal at every parameter set of its file, and a whole tiny design; with a planted fault, one set at
 * least must not be proven.
 */
import { expect, test } from 'vitest';
import { DESIGN_CYCLES, DESIGN_SECONDS, proveDesign } from '../../src/report/prove/design.js';
import { provableModules, propertiesOf, proveModule } from '../../src/report/prove/prove.js';
import { tinyDesign } from '../../src/report/prove/tiny-design.js';
import { PLANTED_FAULTS } from '../hw/support/planted-faults.js';

test.each(provableModules())('%s', async (module) => {
  const { bounded } = propertiesOf(module);
  for (const { verdict } of await proveModule(module)) expect(verdict).toBe(bounded === null ? 'proven' : 'bounded');
});

test.each(Object.entries(PLANTED_FAULTS))('%s with a fault', async (module, [from, to]) => {
  const change = (source: string): string => {
    expect(source).toContain(from);
    return source.replace(from, to);
  };
  const proofs = await proveModule(module, undefined, { change });
  expect(proofs.map(({ verdict }) => verdict)).toContain('failed');
});

test('a whole design under every stall, and with a fault that only a second frame shows', async () => {
  const design = tinyDesign();
  const right = await proveDesign(design, DESIGN_CYCLES, { timeoutSeconds: DESIGN_SECONDS });
  expect(right).toMatchObject({ verdict: 'bounded', cycles: DESIGN_CYCLES });
  // The class is no longer forgotten between frames.
  const change = (source: string): string => source.replace('wire better = first ||', 'wire better =');
  expect((await proveDesign(design, DESIGN_CYCLES, { change })).verdict).toBe('failed');
});
