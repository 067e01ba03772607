/**
 * The documentation as a static site with a search that works offline. build.js gathers the Markdown files of the
 * repository in `pages`; a link that leads nowhere fails the build.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { glossaryLinks } from './glossary.js';

const page = (text: string, path: string) => ({ text, link: `/${path}` });

const TUTORIALS = new URL('../../docs/tutorials/', import.meta.url);

/** Every tutorial by its heading. */
const tutorials = readdirSync(TUTORIALS)
  .filter((name) => name.endsWith('.md'))
  .map((name) => {
    const heading = /^# (.*)$/m.exec(readFileSync(new URL(name, TUTORIALS), 'utf8'))![1]!;
    return page(heading, `docs/tutorials/${name.replace(/\.md$/, '')}`);
  });

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
      { text: 'Tutorials', items: tutorials },
      page('Glossary', 'docs/glossary'),
      page('Format', 'docs/format'),
      page('Hardware', 'docs/hardware'),
    ],
    sidebar: [
      {
        text: 'Start here',
        items: [page('What it does', ''), page('Results', 'docs/results'), page('Glossary', 'docs/glossary')],
      },
      { text: 'Tutorials', items: tutorials },
      {
        text: 'Bring your own',
        items: [
          page('Networks as files', 'docs/networks'),
          page('Data', 'docs/data'),
          page('ONNX and QONNX', 'docs/onnx'),
          page('Encoding', 'docs/encode'),
          page('PyTorch', 'python/README'),
          page('Model files', 'docs/format'),
        ],
      },
      {
        text: 'From a model to hardware',
        items: [
          page('Training', 'docs/training'),
          page('The integer network', 'docs/numbers'),
          page('Hardware', 'docs/hardware'),
          page('Folds', 'docs/folding'),
          page('Co-simulation', 'docs/cosimulation'),
          page('Verification', 'docs/verification'),
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
          page('Extending', 'docs/extending'),
          page('Adding a layer', 'docs/adding-a-layer'),
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
