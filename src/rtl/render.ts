/**
 * Handlebars in one place: loads the templates of `templates/` and renders typed view-models. Templates instantiate
 * modules of `hw/` and bind parameters; they decide nothing.
 */
import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';

/** Compiles `templates/<name>.hbs`; a missing value is an error of ours, since view-models are typed. */
export function template<View>(name: string): (view: View) => string {
  const source = readFileSync(new URL(`../../templates/${name}.hbs`, import.meta.url), 'utf8');
  const engine = Handlebars.create();
  engine.registerHelper('pad', (width: number) => ' '.repeat(width));
  engine.registerHelper('padTo', (width: number, text: string) => text.padEnd(width));
  return engine.compile<View>(source, {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: { pad: true, padTo: true },
  });
}
