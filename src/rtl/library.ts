/** The Verilog library in `hw/`: its files, and which of them a text needs. Only its modules begin with `flexor_`. */
import { packageText } from '../base/places.js';

export function librarySource(module: string): string {
  return packageText(`hw/${module}.v`);
}

/** Library modules that a text instantiates, in its order. */
function instantiated(text: string): string[] {
  const code = text.replace(/\/\/.*$/gm, '');
  const instances = code.matchAll(/\b(flexor_\w+)\s+(?:#\(|\w+\s*(?:\[[^\]]*\]\s*)?\()/g);
  return [...new Set([...instances].map((match) => match[1]!))];
}

/** Library modules that these texts need, each behind those that it is made of. */
export function libraryModules(texts: readonly string[]): string[] {
  const order = new Set<string>();
  const visit = (text: string, self: string): void => {
    for (const module of instantiated(text)) {
      // The head of a module reads like an instance of it.
      if (module === self || order.has(module)) continue;
      visit(librarySource(module), module);
      order.add(module);
    }
  };
  for (const text of texts) visit(text, '');
  return [...order];
}
