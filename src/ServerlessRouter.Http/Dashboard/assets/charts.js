// Charts over time: uPlot draws them, a table says the same.
import { el, svg } from './dom.js';
import { swatch } from './parts.js';
import { go, linkHere } from './place.js';
import { labelOf } from './windows.js';

/** The names of the colours in style.css, by the place of a series. */
const colours = 8;
const height = 260;

/**
 * @typedef {object} Series
 * @property {string} label
 * @property {(number | null)[]} values One for each time.
 * @property {string} [colour] The name of a colour in style.css; else the next of the row.
 */

/**
 * A chart with its legend and, behind a button, its table.
 * @param {object} chart
 * @param {string} chart.id
 * @param {string} chart.title
 * @param {Date[]} chart.times The beginnings of the steps.
 * @param {'minute' | 'hour' | 'day'} chart.step
 * @param {Series[]} chart.series
 * @param {(value: number) => string} chart.format
 * @param {boolean} chart.isStacked
 */
export function timeChart({ id, title, times, step, series, format, isStacked }) {
  const shown = series.map((one, at) => ({ ...one, colour: one.colour ?? `series-${(at % colours) + 1}` }));
  const values = shown.map((one) => el('span', { class: 'legend-value' }));
  const moment = el('span', { class: 'legend-moment' });
  const legend = el('ul', { class: 'legend' },
    shown.map((one, at) => el('li', {}, swatch(one.colour), el('span', { class: 'legend-name' }, one.label), values[at])));
  const say = (at) => {
    moment.textContent = at === null ? '' : labelOf(times[at], step);
    shown.forEach((one, index) => {
      values[index].textContent = at === null ? '' : format(one.values[at]);
    });
  };

  const canvas = el('div', { class: 'chart-canvas', role: 'img', 'aria-label': `${title}: a chart of ${shown.length === 1 ? 'one line' : `${shown.length} lines`}; the table below it says the same.` });
  const figure = el('figure', { class: 'chart' }, el('figcaption', {}, el('span', {}, title), moment), canvas, legend,
    el('details', { id: `${id}-table` }, el('summary', {}, 'Show as a table'), chartTable({ title, times, step, series: shown, format })));
  drawWhenShown(canvas, () => draw(canvas, { times, step, series: shown, format, isStacked, onPoint: say }));
  return figure;
}

/** A small line without axes. It repeats what stands beside it, so that it is hidden from those who listen. */
export function sparkline(values, colour = 'series-1') {
  const known = values.filter((value) => value !== null);
  const [width, tall] = [120, 28];
  if (known.length < 2) {
    return svg('svg', { class: 'sparkline', viewBox: `0 0 ${width} ${tall}`, 'aria-hidden': 'true' });
  }

  const highest = Math.max(...known, Number.MIN_VALUE);
  const lowest = Math.min(0, ...known);
  const points = values.map((value, at) => [(at / (values.length - 1)) * width, value === null ? null : tall - 2 - ((value - lowest) / (highest - lowest)) * (tall - 4)]);
  const line = points.filter(([, y]) => y !== null).map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  return svg('svg', { class: 'sparkline', style: { color: `var(--${colour})` }, viewBox: `0 0 ${width} ${tall}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('polygon', { points: `0,${tall} ${line} ${width},${tall}` }),
    svg('polyline', { points: line }));
}

function chartTable({ title, times, step, series, format }) {
  return el('div', { class: 'table-frame tall', role: 'group', 'aria-label': `${title}, as a table`, tabindex: '0' },
    el('table', {},
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'From'), series.map(({ label }) => el('th', { scope: 'col', class: 'number' }, label)))),
      el('tbody', {}, times.map((at, index) => el('tr', {},
        el('th', { scope: 'row' }, el('time', { datetime: at.toISOString(), title: at.toISOString() }, labelOf(at, step))),
        series.map(({ values }) => el('td', { class: 'number' }, format(values[index]))))))));
}

/** uPlot needs to know how wide it is, and colours may change while it is shown. */
function drawWhenShown(canvas, draw) {
  let plot = null;
  let width = 0;
  const redraw = () => {
    plot?.destroy();
    plot = draw();
  };
  const sizes = new ResizeObserver(() => {
    if (!canvas.isConnected) {
      sizes.disconnect();
      window.removeEventListener('themechange', redraw);
      plot?.destroy();
      plot = null;
      return;
    }

    if (canvas.clientWidth > 0 && canvas.clientWidth !== width) {
      width = canvas.clientWidth;
      if (plot) {
        plot.setSize({ width, height });
      } else {
        redraw();
      }
    }
  });
  sizes.observe(canvas);
  window.addEventListener('themechange', redraw);
}

function draw(canvas, { times, step, series, format, isStacked, onPoint }) {
  const uPlot = window.uPlot;
  const x = times.map((time) => time.getTime() / 1000);
  const stacked = isStacked ? stack(series) : series.map(({ values }) => values);
  const colourOf = resolver(canvas);
  const [text, line] = [colourOf('text-soft'), colourOf('line')];
  const axis = { stroke: text, font: '12px system-ui, sans-serif', grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 } };
  const lines = series.map((one, at) => ({
    label: one.label,
    stroke: colourOf(one.colour),
    width: isStacked ? 0 : 2,
    points: { show: !isStacked && x.length < 2 },
    spanGaps: false,
    ...(isStacked && { fill: colourOf(one.colour), paths: uPlot.paths.bars({ size: [0.82, 60], align: 1 }) }),
    value: (_, value) => value,
    at,
  }));
  // The sum of all is drawn first and the first series last, over it: each bar then shows its own part.
  const order = isStacked ? lines.map((_, at) => lines.length - 1 - at) : lines.map((_, at) => at);
  const end = x.length > 1 ? x[x.length - 1] + (x[1] - x[0]) : x[0] + 60;
  const options = {
    width: canvas.clientWidth,
    height,
    legend: { show: false },
    tzDate: step === 'day' ? (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : undefined,
    cursor: { y: false, points: { show: !isStacked }, drag: { x: true, y: false, setScale: false, dist: 6 } },
    scales: { x: { range: isStacked ? [x[0], end] : undefined }, y: { range: (_, lowest, highest) => [0, highest > 0 ? highest * 1.08 : 1] } },
    series: [{}, ...order.map((at) => lines[at])],
    axes: [{ ...axis, space: 70, values: (_, splits) => splits.map((at, index) => tick(new Date(at * 1000), splits[index + 1] - at || at - splits[index - 1], step)) }, { ...axis, size: (_, labels) => 14 + 7 * Math.max(3, ...(labels ?? []).map((label) => label.length)), values: (_, splits) => splits.map((value) => format(value)) }],
    hooks: {
      setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)],
      setSelect: [(plot) => {
        if (plot.select.width > 0) {
          // A bar begins at its time; the point of a line is taken for what is nearest to it.
          const reach = isStacked ? 0 : (end - x[x.length - 1]) / 2;
          const [from, to] = [plot.select.left, plot.select.left + plot.select.width].map((at) => x.findLastIndex((start) => start <= plot.posToVal(at, 'x') + reach));
          zoom(times[Math.max(0, from)], times[to + 1] ?? new Date(end * 1000));
        }
      }],
    },
  };
  return new uPlot(options, [x, ...order.map((at) => stacked[at])], canvas);
}

/** Shows the steps that were dragged over, each of them whole. */
function zoom(from, to) {
  go(linkHere({ window: null, from: from.toISOString(), to: to.toISOString() }));
}

/** A time under the chart: days by name where they begin, hours and minutes between. */
function tick(date, distance, step) {
  const zone = step === 'day' ? { timeZone: 'UTC' } : {};
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...zone });
  return step === 'day' || distance >= 86400 || time === '00:00' ? date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...zone }) : time;
}

/** Each series on top of those before it. */
function stack(series) {
  const sums = new Array(series[0]?.values.length ?? 0).fill(0);
  return series.map(({ values }) => values.map((value, at) => (sums[at] += value ?? 0)));
}

/** Canvas knows no variables of style sheets: an element is asked what a colour is. */
function resolver(parent) {
  const probe = el('span', { hidden: true });
  parent.append(probe);
  return (name) => {
    probe.style.setProperty('color', `var(--${name})`);
    return getComputedStyle(probe).color;
  };
}
