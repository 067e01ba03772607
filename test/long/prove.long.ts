/** Every property of hw/formal at every parameter set of its file; with a planted fault, one set at least must not be proven. */
import { expect, test } from 'vitest';
import { provableModules, propertiesOf, proveModule } from '../../src/report/prove/prove.js';
import { PLANTED_FAULTS } from '../hw/support/planted-faults.js';

const LIMIT = { timeout: 1_200_000 };

test.each(provableModules())('%s', LIMIT, async (module) => {
  const { bounded } = propertiesOf(module);
  for (const { verdict } of await proveModule(module)) expect(verdict).toBe(bounded === null ? 'proven' : 'bounded');
});

test.each(Object.entries(PLANTED_FAULTS))('%s with a fault', LIMIT, async (module, [from, to]) => {
  const change = (source: string): string => {
    expect(source).toContain(from);
    return source.replace(from, to);
  };
  const proofs = await proveModule(module, undefined, { change });
  expect(proofs.map(({ verdict }) => verdict)).toContain('failed');
});
