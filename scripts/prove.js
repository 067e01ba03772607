/**
 * npm run prove: proves the modules of hw/ (hw/formal), module after module and parameter set after parameter set, then a
 * whole tiny design under every stall (`design`), and says for each what is proven. Exit code 1 where a property fails or no
 * answer comes in time.
 *
 *   npm run prove -- [--json] [MODULE … | design]
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { DESIGN_CYCLES, DESIGN_SECONDS, proveDesign } from '../dist/report/prove/design.js';
import { provableModules, proveModule } from '../dist/report/prove/prove.js';
import { tinyDesign } from '../dist/report/prove/tiny-design.js';

const DESIGN = 'design';

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' } },
  allowPositionals: true,
});
const proofs = [];
const add = (proof) => {
  proofs.push(proof);
  const cycles = proof.cycles === null ? '' : ` to ${proof.cycles} cycles`;
  if (!values.json) console.log(`${proof.verdict}${cycles}: ${proof.module}, ${proof.parameters}`);
};
for (const module of positionals.length > 0 ? positionals : [...provableModules(), DESIGN]) {
  if (module === DESIGN) add(await proveDesign(tinyDesign(), DESIGN_CYCLES, { timeoutSeconds: DESIGN_SECONDS }));
  else (await proveModule(module)).forEach(add);
}
if (values.json) console.log(JSON.stringify(proofs, null, 2));
process.exitCode = proofs.every(({ verdict }) => verdict === 'proven' || verdict === 'bounded') ? 0 : 1;
