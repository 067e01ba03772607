/**
 * Links the first use of a glossary word on every page to its entry. The words are the bold terms of docs/glossary.md, so
 * that a word that is added there is linked without a change here.
 */
import { readFileSync } from 'node:fs';
import type MarkdownIt from 'markdown-it';

const GLOSSARY = new URL('../../docs/glossary.md', import.meta.url);

/** Terms of the glossary, the longest first, so that "plain 1-bit" is found before "plain". */
function terms(): string[] {
  const text = readFileSync(GLOSSARY, 'utf8');
  return [...text.matchAll(/^- ((?:\*\*[^*]+\*\*[^:*]*)+)/gm)]
    .flatMap(([, head]) => [...head!.matchAll(/\*\*([^*]+)\*\*/g)].map(([, term]) => term!))
    .sort((a, b) => b.length - a.length);
}

export function glossaryLinks(markdown: MarkdownIt): void {
  const known = terms();
  const escaped = known.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\w-])(${escaped.join('|')})(s?)(?![\\w-])`);
  markdown.core.ruler.push('glossary', (state) => {
    const path = (state.env as { relativePath?: string }).relativePath ?? '';
    if (path.endsWith('glossary.md')) return;
    const used = new Set<string>();
    for (const block of state.tokens.filter(({ type }) => type === 'inline')) {
      const before = state.tokens[state.tokens.indexOf(block) - 1];
      if (before?.type === 'heading_open') continue;
      let depth = 0;
      block.children = (block.children ?? []).flatMap((token) => {
        if (token.type === 'link_open') depth++;
        if (token.type === 'link_close') depth--;
        const found = token.type === 'text' && depth === 0 ? pattern.exec(token.content) : null;
        if (found === null || used.has(found[1]!)) return [token];
        used.add(found[1]!);
        const text = (content: string) => Object.assign(new state.Token('text', '', 0), { content });
        const open = new state.Token('link_open', 'a', 1);
        open.attrs = [
          ['href', '/docs/glossary'],
          ['class', 'term'],
        ];
        const end = found.index + found[0].length;
        return [
          text(token.content.slice(0, found.index)),
          open,
          text(found[0]),
          new state.Token('link_close', 'a', -1),
          text(token.content.slice(end)),
        ];
      });
    }
  });
}
