/**
 * The page: figures → sections → HTML. One file with style, scripts, data and the charting library in it; it asks the
 * network for nothing, and its policy forbids it to. The same figures give the same bytes.
 */
import { invariant } from '../../base/errors.js';
import { readText } from '../../base/files.js';
import { optionalFile } from '../../base/optional.js';
import { template, templateFile } from '../../base/template.js';
import { modelTitles } from '../figures/titles.js';
import type { ModelFigures, ReportFigures } from '../figures/types.js';
import { ARROW } from './drawings/pipeline.js';
import { scriptJson } from './escape.js';
import { accuracySection, imagesSection } from './sections/accuracy.js';
import { areaSection } from './sections/area.js';
import { comparisonSection } from './sections/comparison.js';
import { memorySection } from './sections/memory.js';
import { modelSection } from './sections/model.js';
import { pipelineSection } from './sections/pipeline.js';
import { priceSection } from './sections/price.js';
import { explorerSection } from './sections/explorer.js';
import { reproductionSection } from './sections/reproduction.js';
import { summarySection } from './sections/summary.js';
import { timingSection } from './sections/timing.js';
import { bitsSection, matrixSection } from './sections/weights.js';
import { stillChart } from './still.js';
import { CHART_THEMES } from './theme.js';
import type { Block, Chapter, ChartBlock, ExplorerBlock, Section } from './view.js';

/** The page as text. */
export function renderPage(figures: ReportFigures): string {
  const comparison = comparisonSection(figures);
  const titles = modelTitles(figures.models);
  const chapters = figures.models.map((model, i) => chapterOf(model, titles[i]!, `m${i + 1}`));
  const sections = [...(comparison ? [comparison] : []), ...chapters.flatMap((chapter) => chapter.sections)];
  const charts = sections.flatMap(({ blocks }) => blocks.flatMap(chartsOf));
  return template<PageView>(
    'report/page.html',
    'html',
  )({
    title: titles.join(', '),
    version: figures.version,
    style: templateFile('report/drawing.css') + templateFile('report/style.css'),
    definitions: ARROW,
    library: library(),
    script: templateFile('report/page.js'),
    figures: scriptJson(figures),
    charts: scriptJson({ themes: CHART_THEMES, charts: chartData(charts) }),
    comparison: comparison === null ? null : sectionView(comparison),
    chapters: chapters.map(chapterView),
    several: chapters.length > 1,
  });
}

interface SectionView extends Omit<Section, 'blocks'> {
  readonly html: string;
}

interface ChapterView extends Omit<Chapter, 'sections'> {
  /** Stands open. */
  readonly summary: SectionView;
  /** Can be folded. */
  readonly sections: readonly SectionView[];
}

interface PageView {
  readonly title: string;
  readonly version: string;
  readonly style: string;
  /** What drawings refer to. */
  readonly definitions: string;
  readonly library: string;
  readonly script: string;
  /** JSON. */
  readonly figures: string;
  readonly charts: string;
  readonly comparison: SectionView | null;
  readonly chapters: readonly ChapterView[];
  readonly several: boolean;
}

function chapterOf(figures: ModelFigures, title: string, id: string): Chapter {
  const { digest, totals } = figures.inventory;
  const sections: readonly (Section | null)[] = [
    summarySection(figures, id),
    modelSection(figures, id),
    accuracySection(figures, id),
    pipelineSection(figures, id),
    timingSection(figures, id),
    explorerSection(figures, id),
    areaSection(figures, id),
    memorySection(figures, id),
    priceSection(figures, id),
    matrixSection(figures, id),
    bitsSection(figures, id),
    imagesSection(figures, id),
    reproductionSection(figures, id),
  ];
  return {
    id,
    title,
    subtitle: `${totals.bitsPerWeight.toFixed(3)} bits a weight · SHA-256 ${digest.slice(0, 12)}`,
    sections: sections.filter((section) => section !== null),
  };
}

function sectionView({ blocks, ...section }: Section): SectionView {
  return { ...section, html: blocks.map(blockHtml).join('\n') };
}

function chapterView({ sections, ...chapter }: Chapter): ChapterView {
  const [summary, ...others] = sections.map(sectionView);
  invariant(summary !== undefined, 'a chapter of the report has no section');
  return { ...chapter, summary, sections: others };
}

function chartsOf(block: Block): ChartBlock[] {
  if (block.kind === 'explorer') return [block.chart];
  return block.kind === 'chart' ? [block] : [];
}

function blockHtml(block: Block): string {
  if (block.kind === 'explorer') return explorerHtml(block);
  const still = block.kind === 'chart' ? stillChart(block) : '';
  return template<Block & { still: string }>(`report/${block.kind}.html`, 'html')({ ...block, still });
}

function explorerHtml({ chart, tables, names }: ExplorerBlock): string {
  const designs = tables.map((each, i) => ({ html: blockHtml(each), name: names[i]!, index: i }));
  return template('report/explorer.html', 'html')({ id: chart.id, chart: blockHtml(chart), designs });
}

/** What the script of the page needs of every chart. */
function chartData(charts: readonly ChartBlock[]): Record<string, Pick<ChartBlock, 'option' | 'data'>> {
  return Object.fromEntries(charts.map(({ id, option, data }) => [id, { option, data }]));
}

/**
 * ECharts as its authors bundle it for plain pages: bars, lines and points with tooltips, SVG renderer. A tree-shaken
 * bundle would be smaller but would need a bundler wherever reports are made.
 */
function library(): string {
  const path = optionalFile('charts', 'echarts/dist/echarts.common.min.js');
  return readText(path).replaceAll('</script', '<\\/script');
}
