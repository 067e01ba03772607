/** Every property of hw/formal at every parameter set of its file. */
import { describe, expect, test } from 'vitest';
import { propertiesOf, provableModules, proveModule } from '../../src/report/prove/prove.js';

describe.each(provableModules())('%s', (module) => {
  const { sets, bounded } = propertiesOf(module);
  test.each(sets)('%s', { timeout: 600_000 }, async (set) => {
    expect((await proveModule(module, set)).verdict).toBe(bounded === null ? 'proven' : 'bounded');
  });
});
