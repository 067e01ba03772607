/** What `flexor report` says in the terminal: the verdict, and the headlines of every model as a table. */
import { modelTitles } from '../../app/report.js';
import type { ModelFigures, ReportFigures } from '../../report/figures/types.js';
import { formatTable } from '../../base/table.js';

export function reportSummary({ models, comparison }: ReportFigures): string {
  return models.length === 1 ? single(models[0]!) : `${comparison.join('\n')}\n\n${several(models)}`;
}

function single({ inventory, verdict, headlines }: ModelFigures): string {
  const rows = headlines.map(({ label, text, note }) => [label, text, note]);
  return `${inventory.name}, SHA-256 ${inventory.digest}\n\n${verdict.join('\n')}\n\n${formatTable([['figure', 'value', ''], ...rows])}`;
}

/** A column a figure, a line a model. Headlines have the same keys for all, because all were made with the same options. */
function several(models: readonly ModelFigures[]): string {
  const labels = models[0]!.headlines.map(({ label }) => label);
  const titles = modelTitles(models);
  const rows = models.map(({ headlines }, i) => [titles[i]!, ...headlines.map(({ text }) => text)]);
  return formatTable([['model', ...labels], ...rows]);
}
