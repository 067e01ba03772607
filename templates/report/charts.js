/* Makes every chart of the page interactive, in the colours of the reader's ground, at the width of its place. */
/* global document, echarts, window, ResizeObserver */
(() => {
  const { themes, options } = JSON.parse(document.getElementById('charts').textContent);
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const theme = () => (dark.matches ? themes.dark : themes.light);
  const charts = [...document.querySelectorAll('[data-chart]')].map((place) => {
    const chart = echarts.init(place, theme(), { renderer: 'svg' });
    chart.setOption(options[place.dataset.chart]);
    new ResizeObserver(() => chart.resize()).observe(place);
    return chart;
  });
  dark.addEventListener('change', () => charts.forEach((chart) => chart.setTheme(theme())));
})();
