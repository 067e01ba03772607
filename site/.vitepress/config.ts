/**
 * The documentation as a static site with a search that works offline. build.js gathers the Markdown files of the
 * repository in `pages`; a link that leads nowhere fails the build.
 */
import { defineConfig } from 'vitepress';
import { glossaryLinks } from './glossary.js';

const page = (text: string, path: string) => ({ text, link: `/${path}` });

export default defineConfig({
  title: 'FleXOR hardware',
  description: 'Networks below one bit a weight, as Verilog that is proven equal to a bit-exact simulator',
  srcDir: 'pages',
  outDir: '../build/site',
  cacheDir: '../build/site-cache',
  rewrites: { 'README.md': 'index.md' },
  cleanUrls: true,
  lastUpdated: false,
  // Files of the repository that are no pages: sources, data, the licence.
  ignoreDeadLinks: [/LICENSE$/, /\.(ts|js|v|py|json|csv|sh|hbs)$/, /^(\.\.?\/)*(examples|models|recipes|src|test)\/?$/],
  markdown: { config: (markdown) => markdown.use(glossaryLinks) },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      page('Start', ''),
      page('Glossary', 'docs/glossary'),
      page('Format', 'docs/format'),
      page('Hardware', 'docs/hardware'),
    ],
    sidebar: [
      {
        text: 'Start here',
        items: [page('What it does', ''), page('Glossary', 'docs/glossary'), page('Results', 'docs/results')],
      },
      {
        text: 'From a model to hardware',
        items: [
          page('Training', 'docs/training'),
          page('Model files', 'docs/format'),
          page('The integer network', 'docs/numbers'),
          page('Hardware', 'docs/hardware'),
          page('Folds', 'docs/folding'),
          page('Co-simulation', 'docs/cosimulation'),
        ],
      },
      {
        text: 'What it takes',
        items: [
          page('Area', 'docs/area'),
          page('Price of FleXOR', 'docs/price'),
          page('XOR circuits', 'docs/xor'),
          page('Report', 'docs/report'),
        ],
      },
      {
        text: 'Inside',
        items: [
          page('Library', 'docs/library'),
          page('JSON', 'docs/json'),
          page('Library reference', 'api/README'),
          page('Architecture', 'docs/architecture'),
          page('Verilog library', 'hw/README'),
          page('Simulation harness', 'sim/README'),
          page('Native kernels', 'native/README'),
          page('Recipes', 'recipes/README'),
          page('Trained models', 'models/README'),
        ],
      },
    ],
  },
});
