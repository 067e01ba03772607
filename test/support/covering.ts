/** Few random cases that have between them whatever there is to test. */

/** A case with the names of what is in it. */
export interface Drawn<Case> {
  readonly which: Case;
  readonly features: ReadonlySet<string>;
}

/** Of these cases few that have all wanted features: at each step the one that adds most of them, the first of equals. */
export function covering<Case>(drawn: readonly Drawn<Case>[], wanted: readonly string[]): Case[] {
  const missing = new Set(wanted);
  const chosen: Case[] = [];
  while (missing.size > 0) {
    const gain = ({ features }: Drawn<Case>): number => [...features].filter((each) => missing.has(each)).length;
    const best = drawn.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    if (gain(best) === 0) throw new Error(`no case has ${[...missing].join(', ')}`);
    for (const feature of best.features) missing.delete(feature);
    chosen.push(best.which);
  }
  return chosen;
}
