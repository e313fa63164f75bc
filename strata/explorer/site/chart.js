// Draws plots as SVG, each with its numbers in a table. Values are plain numbers here: only for drawing, not for reading.
import {el, link, svg, table} from './dom.js';
import * as format from './format.js';

const kLeft = 56, kRight = 8, kTop = 14, kBottom = 26;
const kSizes = {half: [520, 190], wide: [1100, 170], small: [330, 180]};
const narrow = matchMedia('(max-width: 40rem)');

/// Round steps for an axis from 0 (or `low`) to `high`: at most five.
function ticks(low, high, whole, unit = 1) {
  const span = (high - low) / unit || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  let step = [1, 2, 2.5, 5, 10].map(n => n * power).find(n => span / n <= 4.5);
  if (whole) step = Math.max(1, Math.round(step));
  step *= unit;
  const out = [];
  for (let at = Math.floor(low / step) * step; at < high + step * (1 - 1e-6); at += step) out.push(at);
  return out;
}

const kSteps = [[1e18, 'E'], [1e15, 'P'], [1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']];
const si = value => {
  const [by, letter] = kSteps.find(([size]) => Math.abs(value) >= size) ?? [1, ''];
  return `${Number((value / by).toPrecision(3))}${letter ? ` ${letter}` : ''}`;
};
const binary = value => format.bytes(BigInt(Math.round(value)));
export const axes = {plain: si, bytes: binary};

/// A cross above the axis.
const gap_mark = (x, base, size) => `M${x - size / 2} ${base - size - 2}l${size} ${size}m0 ${-size}l${-size} ${size}`;

/// One plot over epochs. `points` are [{epoch, value, text, gap}]: `text` is the exact value for people; `gap` marks an
/// epoch without a block. `kind` is 'line' or 'columns'.
export function plot({title, unit, points, kind = 'line', axis = si, size = 'half', columns}) {
  const [kWidth, kHeight] = kSizes[narrow.matches ? 'small' : size];
  const values = points.filter(point => !point.gap).map(point => point.value);
  if (values.length < 2) return null;
  const whole = values.every(Number.isInteger);
  const highest = Math.max(...values, 1);
  const scale = axis === binary ? 1024 ** Math.floor(Math.log2(highest) / 10) : 1;
  const first = points[0].epoch, last = points.at(-1).epoch;
  const steps = ticks(0, highest, whole && scale === 1, scale);
  const low = 0, high = steps.at(-1);
  const x = epoch => kLeft + (kWidth - kLeft - kRight) * (last === first ? 0.5 : (epoch - first) / (last - first));
  const y = value => kHeight - kBottom - (kHeight - kTop - kBottom) * ((value - low) / (high - low));
  const base = kHeight - kBottom;

  const marks = [];
  if (kind === 'columns') {
    const width = Math.max(1, Math.min(18, (kWidth - kLeft - kRight) / (last - first + 1) - 1));
    const inset = epoch => Math.min(Math.max(x(epoch) - width / 2, kLeft), kWidth - kRight - width);
    for (const point of points) {
      marks.push(point.gap
        ? svg('path', {class: 'gap', d: gap_mark(inset(point.epoch) + width / 2, base, Math.min(5, width * 0.9))})
        : svg('rect', {class: 'column', x: inset(point.epoch), y: y(point.value), width, height: point.value ? Math.max(0.5, base - y(point.value)) : 0}));
    }
  } else {
    const way = points.filter(point => !point.gap).map(point => `${x(point.epoch).toFixed(1)} ${y(point.value).toFixed(1)}`);
    marks.push(svg('path', {class: 'under', d: `M${x(points.find(p => !p.gap).epoch)} ${base}L${way.join('L')}L${x(points.findLast(p => !p.gap).epoch)} ${base}Z`}));
    marks.push(svg('path', {class: 'curve', d: `M${way.join('L')}`}));
  }
  const cursor = svg('line', {class: 'cursor', y1: kTop, y2: base});
  const dot = svg('circle', {class: 'dot', r: 3.5});
  const reading = svg('text', {class: 'read', x: kWidth - kRight, y: 9, 'text-anchor': 'end'});
  const id = `plot-${Math.random().toString(36).slice(2)}`;
  const picture = svg('svg', {class: 'plot', viewBox: `0 0 ${kWidth} ${kHeight}`, role: 'img', 'aria-labelledby': id},
    svg('title', {id}, `${title}: from ${format.count(first)} to ${format.count(last)}, ${unit}. The values are in the table below.`),
    steps.map(step => [
      svg('line', {class: 'grid', x1: kLeft, x2: kWidth - kRight, y1: y(step), y2: y(step)}),
      svg('text', {x: kLeft - 8, y: y(step) + 4, 'text-anchor': 'end'}, axis(step)),
    ]),
    marks,
    svg('line', {class: 'axis', x1: kLeft, x2: kWidth - kRight, y1: base, y2: base}),
    svg('text', {x: kLeft, y: kHeight - 8}, format.count(first)),
    svg('text', {x: (kLeft + kWidth - kRight) / 2, y: kHeight - 8, 'text-anchor': 'middle'}, 'epoch'),
    svg('text', {x: kWidth - kRight, y: kHeight - 8, 'text-anchor': 'end'}, format.count(last)),
    cursor, dot, reading);
  const nearest = event => {
    const box = picture.getBoundingClientRect();
    const place = (event.clientX - box.left) / box.width * kWidth;
    return points.reduce((best, point) => Math.abs(x(point.epoch) - place) < Math.abs(x(best.epoch) - place) ? point : best);
  };
  picture.addEventListener('pointermove', event => {
    const point = nearest(event);
    for (const name of ['x1', 'x2']) cursor.setAttribute(name, x(point.epoch));
    dot.setAttribute('cx', x(point.epoch));
    dot.setAttribute('cy', point.gap ? base : y(point.value));
    reading.textContent = `epoch ${format.count(point.epoch)}: ${point.text}`;
    cursor.style.visibility = 'visible';
    dot.style.visibility = point.gap ? 'hidden' : 'visible';
  });
  picture.addEventListener('pointerleave', () => {
    cursor.style.visibility = dot.style.visibility = 'hidden';
    reading.textContent = '';
  });
  const rows = [...points].reverse().map(point => [link(`height/${point.epoch}`, format.count(point.epoch)), point.text]);
  return el('figure', {}, picture, el('details', {}, el('summary', {}, 'The numbers'),
    el('div', {class: 'roll', tabindex: '0', role: 'region', 'aria-label': `${title}, as a table`},
      table(title, columns ?? [['Epoch', 'num'], [unit, 'num']], rows))));
}

/// How often values fell into each bucket of a histogram: `buckets` are [{label, count}], the first with the least
/// values. Each has a column, also those without a value between others.
export function spread({title, unit, buckets}) {
  const from = buckets.findIndex(one => one.count), to = buckets.findLastIndex(one => one.count);
  if (from < 0) return null;
  const shown = buckets.slice(from, to + 1);
  const [kWidth, kHeight] = kSizes[narrow.matches ? 'small' : 'half'];
  const steps = ticks(0, Math.max(...shown.map(one => one.count)), true);
  const place = (kWidth - kLeft - kRight) / shown.length, base = kHeight - kBottom;
  const x = i => kLeft + i * place, y = value => base - (base - kTop) * (value / steps.at(-1));
  const every = Math.ceil(shown.length / 8);  // so many labels have room
  const id = `plot-${Math.random().toString(36).slice(2)}`;
  const picture = svg('svg', {class: 'plot', viewBox: `0 0 ${kWidth} ${kHeight}`, role: 'img', 'aria-labelledby': id},
    svg('title', {id}, `${title}, ${unit}. The values are in the table below.`),
    steps.map(step => [
      svg('line', {class: 'grid', x1: kLeft, x2: kWidth - kRight, y1: y(step), y2: y(step)}),
      svg('text', {x: kLeft - 8, y: y(step) + 4, 'text-anchor': 'end'}, si(step)),
    ]),
    shown.map((one, i) => svg('rect', {class: 'column', x: x(i) + 1, y: y(one.count), width: Math.max(1, place - 2), height: base - y(one.count)},
      svg('title', {}, `${one.label}: ${format.count(one.count)}`))),
    svg('line', {class: 'axis', x1: kLeft, x2: kWidth - kRight, y1: base, y2: base}),
    shown.map((one, i) => i % every ? null : svg('text', {x: x(i) + place / 2, y: kHeight - 8, 'text-anchor': 'middle'}, one.label)));
  const total = shown.reduce((sum, one) => sum + one.count, 0);
  const rows = shown.map(one => [one.label, format.count(one.count), format.percent(one.count, total)]);
  return el('figure', {}, picture, el('details', {}, el('summary', {}, 'The numbers'),
    table(title, [['Up to', 'num'], ['Times', 'num'], ['Share', 'num']], rows)));
}

/// A part of a ring between two angles, in turns.
function ring(inner, outer, from, to) {
  const at = (radius, turn) => {
    const angle = (turn - 0.25) * 2 * Math.PI;
    return `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
  };
  return `M${at(outer, from)}A${outer} ${outer} 0 0 1 ${at(outer, to)}L${at(inner, to)}A${inner} ${inner} 0 0 0 ${at(inner, from)}Z`;
}

/// The deadlines of a provider as a wheel. `deadlines` are [{index, live, faulty, path, words}].
export function wheel({deadlines, current, words}) {
  const many = deadlines.length;
  const most = Math.max(1, ...deadlines.map(one => one.live));
  const slices = deadlines.map(({index, live, faulty, path, words: say}) => {
    const from = index / many, to = (index + 1) / many;
    const reach = live ? 100 + 30 * Math.sqrt(live / most) : 100;
    const label = `Deadline ${index}: ${say}`;
    return svg('a', {href: `/explorer/${path}`, 'aria-label': label}, svg('title', {}, label),
      svg('path', {class: 'slice', d: ring(78, 130, from, to)}),
      live ? svg('path', {class: 'slice held', d: ring(78, reach, from, to)}) : null,
      faulty ? svg('path', {class: 'slice faulty', d: ring(78, 78 + (reach - 78) * Math.min(1, faulty / live), from, to)}) : null);
  });
  const turn = (current + 0.5) / many * 360;
  return svg('svg', {class: 'wheel', viewBox: '-150 -150 300 300', role: 'group', 'aria-label': `The ${many} deadlines as a wheel`},
    slices,
    svg('path', {class: 'hand', transform: `rotate(${turn})`, d: 'M-7 -147h14l-7 13Z'}),
    svg('text', {y: 0, 'aria-hidden': 'true'}, words[0]),
    svg('text', {class: 'small', y: 20, 'aria-hidden': 'true'}, words[1]));
}
