/* Everything on the page that moves: folding, one model at a time, light and dark, live charts, picking a fold, downloads. */
/* global CustomEvent, document, echarts, location, window, Blob, URL, Image, ResizeObserver */
(() => {
  const { themes, charts } = JSON.parse(document.getElementById('charts').textContent);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;

  // Light and dark: the reader's system, until the reader says otherwise.
  const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
  let chosen = null;
  const isDark = () => (chosen === null ? systemDark.matches : chosen === 'dark');
  const themeButton = document.querySelector('[data-action="theme"]');
  const showTheme = () => {
    root.style.colorScheme = chosen ?? '';
    themeButton.textContent = isDark() ? 'Light' : 'Dark';
    live.forEach((chart) => chart.setTheme(isDark() ? themes.dark : themes.light));
  };

  // A chart is drawn when its place is first seen, since ECharts needs to know how wide it is.
  const live = new Map();
  const draw = (place) => {
    if (live.has(place) || place.clientWidth === 0) return;
    const chart = echarts.init(place, isDark() ? themes.dark : themes.light, { renderer: 'svg' });
    chart.setOption(charts[place.dataset.chart].option);
    live.set(place, chart);
    place.dispatchEvent(new CustomEvent('drawn', { detail: chart }));
  };
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.clientWidth === 0) continue;
      draw(target);
      live.get(target).resize();
    }
  });

  // Files that the reader takes away.
  const save = (name, type, text) => {
    const link = document.createElement('a');
    link.href = text.startsWith('data:') ? text : URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    if (!text.startsWith('data:')) URL.revokeObjectURL(link.href);
  };
  const csv = (rows) =>
    rows
      .map(
        (row) =>
          row.map((cell) => (/[",\n]/.test(cell) ? `"${String(cell).replaceAll('"', '""')}"` : cell)).join(',') + '\n',
      )
      .join('');
  const tableRows = (table) => all('tr', table).map((row) => all('th, td', row).map((cell) => cell.textContent));
  const pngOf = (uri, width, height, done) => {
    const image = new Image();
    image.onload = () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 2 * width, height: 2 * height });
      const context = canvas.getContext('2d');
      context.fillStyle = '#ffffff';
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      done(canvas.toDataURL('image/png'));
    };
    image.src = uri;
  };
  const svgUri = (text) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  const nameOf = (figure) =>
    figure
      .querySelector('figcaption')
      .textContent.trim()
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60);
  // The still picture stands on light ground whatever the page looks like, which is what documents need.
  const stillOf = (figure) => {
    const svg = figure.querySelector('.still svg');
    return { text: svg.outerHTML, width: svg.viewBox.baseVal.width || 720, height: svg.viewBox.baseVal.height || 300 };
  };
  const downloads = (figure, kinds) => {
    const bar = document.createElement('div');
    bar.className = 'downloads';
    for (const [label, action] of kinds) {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: label });
      button.setAttribute('aria-label', `${label}: ${figure.querySelector('figcaption').textContent.trim()}`);
      button.addEventListener('click', action);
      bar.append(button);
    }
    figure.append(bar);
  };
  for (const figure of all('figure.table')) {
    const table = figure.querySelector('table');
    downloads(figure, [['CSV', () => save(`${nameOf(figure)}.csv`, 'text/csv', csv(tableRows(table)))]]);
  }
  for (const figure of all('figure.chart')) {
    const { data } = charts[figure.querySelector('[data-chart]').dataset.chart];
    downloads(figure, [
      ['CSV', () => save(`${nameOf(figure)}.csv`, 'text/csv', csv(data))],
      ['SVG', () => save(`${nameOf(figure)}.svg`, 'image/svg+xml', stillOf(figure).text)],
      [
        'PNG',
        () => {
          const { text, width, height } = stillOf(figure);
          pngOf(svgUri(text), width, height, (uri) => save(`${nameOf(figure)}.png`, 'image/png', uri));
        },
      ],
    ]);
  }

  // Folds: the point or the list picks the design whose layers are shown.
  for (const explorer of all('[data-explorer]')) {
    const select = explorer.querySelector('select');
    const designs = all('.design', explorer);
    const pick = (index) => {
      select.value = String(index);
      designs.forEach((design, i) => (design.hidden = i !== index));
    };
    select.addEventListener('change', () => pick(Number(select.value)));
    explorer.querySelector('[data-chart]').addEventListener('drawn', ({ detail: chart }) => {
      chart.on('click', ({ dataIndex }) => pick(dataIndex));
    });
    pick(Math.floor(designs.length / 2));
  }

  // Sections are folded, and of several models one is shown.
  const folds = all('details');
  const articles = all('article');
  const unfold = document.querySelector('[data-action="unfold"]');
  const shown = () => folds.filter((fold) => !fold.closest('article').hidden);
  const sayUnfold = () => (unfold.textContent = shown().every((fold) => fold.open) ? 'Fold all' : 'Unfold all');
  folds.forEach((fold) => {
    fold.open = false;
    fold.addEventListener('toggle', sayUnfold);
  });
  unfold.addEventListener('click', () => {
    const open = unfold.textContent === 'Unfold all';
    shown().forEach((fold) => (fold.open = open));
  });
  const links = all('nav a');
  const showModel = (article) => {
    if (articles.length < 2) return;
    articles.forEach((each) => (each.hidden = each !== article));
    links.forEach((link) => {
      if (link.hash === `#${article.id}`) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    });
    sayUnfold();
  };
  const follow = () => {
    const target = location.hash === '' ? null : document.getElementById(location.hash.slice(1));
    const article = target?.closest('article') ?? null;
    if (article !== null) showModel(article);
    const fold = target?.closest('details') ?? null;
    if (fold !== null) fold.open = true;
    if (article !== null) target.scrollIntoView();
  };
  if (articles.length > 0) showModel(articles[0]);
  window.addEventListener('hashchange', follow);
  follow();

  // Print shows everything, then the page is as it was.
  let before = null;
  const unfoldForPrint = () => {
    before ??= { open: folds.filter((fold) => fold.open), hidden: articles.filter((article) => article.hidden) };
    folds.forEach((fold) => (fold.open = true));
    articles.forEach((article) => (article.hidden = false));
  };
  const foldAfterPrint = () => {
    if (before === null) return;
    folds.forEach((fold) => (fold.open = before.open.includes(fold)));
    articles.forEach((article) => (article.hidden = before.hidden.includes(article)));
    before = null;
  };
  const printing = window.matchMedia('print');
  printing.addEventListener('change', () => (printing.matches ? unfoldForPrint() : foldAfterPrint()));
  window.addEventListener('beforeprint', unfoldForPrint);
  window.addEventListener('afterprint', foldAfterPrint);
  if (printing.matches) unfoldForPrint();

  themeButton.addEventListener('click', () => {
    chosen = isDark() ? 'light' : 'dark';
    showTheme();
  });
  systemDark.addEventListener('change', showTheme);
  document.querySelector('[data-action="figures"]').addEventListener('click', () => {
    save('figures.json', 'application/json', document.getElementById('figures').textContent);
  });
  showTheme();
  all('[data-chart]').forEach((place) => sizes.observe(place));
})();
