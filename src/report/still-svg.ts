/** What ECharts draws without a browser, made into a picture that does not move and is the same on every run. */

interface Chart {
  renderToSVGString(): string;
  dispose(): void;
}

/** The SVG text of a chart, which is disposed of; `id` begins the ids in it. */
export function stillSvg(chart: Chart, id: string): string {
  try {
    // Styles under the pointer are of no use in a picture. ECharts counts ids over the life of the process.
    return chart
      .renderToSVGString()
      .replace(/<style ?>.*?<\/style>/gs, '')
      .replace(/ (class|ecmeta_\w+)="[^"]*"/g, '')
      .replace(/(\bid="|url\(#|href="#)zr\d+-/g, `$1${id}-`);
  } finally {
    chart.dispose();
  }
}
