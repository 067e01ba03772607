/** How to make the same figures again. */
import type { ModelFigures } from '../../figures/types.js';
import type { Section } from '../view.js';

export function reproductionSection({ reproduction }: ModelFigures, id: string): Section {
  const { commands, versions } = reproduction;
  return {
    id: `${id}-again`,
    title: 'Reproduce',
    lead: 'The same model file, options and versions give this page again, byte for byte.',
    blocks: [
      { kind: 'code', lines: commands },
      { kind: 'facts', facts: Object.entries(versions).map(([term, text]) => ({ term, text })) },
    ],
  };
}
