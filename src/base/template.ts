/**
 * Handlebars in one place: loads the templates of `templates/` and renders typed view-models. Templates place values,
 * they decide nothing.
 */
import Handlebars from 'handlebars';
import { packageText } from './places.js';

/** What a template makes: `html` escapes every value of `{{…}}`, `verilog` prints values as they are. */
export type TemplateKind = 'verilog' | 'html';

/** The text of a file in `templates/`. */
export function templateFile(name: string): string {
  return packageText(`templates/${name}`);
}

const compiled = new Map<string, (view: unknown) => string>();

/** Compiles `templates/<name>.hbs`, once; a missing value is an error of ours, since view-models are typed. */
export function template<View>(name: string, kind: TemplateKind): (view: View) => string {
  const key = `${kind} ${name}`;
  const render = compiled.get(key) ?? compile(name, kind);
  compiled.set(key, render);
  return render;
}

function compile(name: string, kind: TemplateKind): (view: unknown) => string {
  const engine = Handlebars.create();
  engine.registerHelper('pad', (width: number) => ' '.repeat(width));
  engine.registerHelper('padTo', (width: number, text: string) => text.padEnd(width));
  return engine.compile<unknown>(templateFile(`${name}.hbs`), {
    noEscape: kind === 'verilog',
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: { pad: true, padTo: true },
  });
}
