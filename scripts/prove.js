/**
 * npm run prove: proves the modules of hw/ (hw/formal), module after module and parameter set after parameter set, and says
 * for each what is proven. Exit code 1 where a property fails or no answer comes in time.
 *
 *   npm run prove -- [--json] [MODULE …]
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { provableModules, proveModule } from '../dist/report/prove/prove.js';

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' } },
  allowPositionals: true,
});
const proofs = [];
for (const module of positionals.length > 0 ? positionals : provableModules()) {
  for (const proof of await proveModule(module)) {
    proofs.push(proof);
    const cycles = proof.cycles === null ? '' : ` to ${proof.cycles} cycles`;
    if (!values.json) console.log(`${proof.verdict}${cycles}: ${module}, ${proof.parameters}`);
  }
}
if (values.json) console.log(JSON.stringify(proofs, null, 2));
process.exitCode = proofs.every(({ verdict }) => verdict === 'proven' || verdict === 'bounded') ? 0 : 1;
