/** What `flexor report` says in the terminal: the verdict, and the headlines of every model as a table. */
import { modelTitles } from '../../app/report.js';
import type { ModelFigures, ReportFigures } from '../../report/figures/types.js';
import { formatTurnable } from './table.js';
import { facts, paragraph } from '../terminal/text.js';

export function reportSummary({ models, comparison }: ReportFigures): string {
  return models.length === 1 ? single(models[0]!) : `${sentences(comparison)}\n\n${several(models)}`;
}

function single({ inventory, verdict, headlines }: ModelFigures): string {
  const figures = headlines.map(({ label, text, note }) => [label, note === '' ? text : `${text} (${note})`] as const);
  return [facts([[inventory.name, `SHA-256 ${inventory.digest}`]]), sentences(verdict), facts(figures)].join('\n\n');
}

/** A column a figure, a line a model, turned where the terminal is too narrow. Headlines have the same keys for all, because all were made with the same options. */
function several(models: readonly ModelFigures[]): string {
  const labels = models[0]!.headlines.map(({ label }) => label);
  const titles = modelTitles(models);
  const rows = models.map(({ headlines }, i) => [titles[i]!, ...headlines.map(({ text }) => text)]);
  return formatTurnable(['model', ...labels], rows);
}

function sentences(lines: readonly string[]): string {
  return lines.map(paragraph).join('\n');
}
