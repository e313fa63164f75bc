// Makes elements. Texts from the node only ever become text nodes and checked attributes; there is no HTML in strings.
import {cid_text, epoch_of, is} from './check.js';
import * as format from './format.js';

const kSvg = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.setAttribute('class', value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(4).filter(one => one !== null && one !== undefined && one !== ''));
  return element;
}
export const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
export const svg = (name, attributes, ...children) => fill(document.createElementNS(kSvg, name), attributes, children);

/// A link within the explorer. `path` is made of checked values.
export const link = (path, ...children) => el('a', {href: `/explorer/${path}`}, ...children);

let announce = () => {};
/// Says where texts for screen readers go (app.js).
export const set_announcer = say => (announce = say);

export function copy_button(text, what) {
  return el('button', {
    class: 'copy', type: 'button', title: `Copy ${what}`, 'aria-label': `Copy ${what} ${format.shortened(text)}`,
    onclick: async event => {
      const button = event.currentTarget;
      let done = true;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        done = false;
      }
      announce(done ? `The ${what} is copied.` : 'The browser does not allow copying here.');
      button.dataset.state = done ? 'done' : 'failed';
      setTimeout(() => delete button.dataset.state, 1500);
    },
  }, svg('svg', {viewBox: '0 0 16 16', 'aria-hidden': 'true'},
    svg('path', {class: 'sheets', d: 'M6 2.5h6.5a1 1 0 0 1 1 1V10M3.5 5.5H9a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1Z'}),
    svg('path', {class: 'tick', d: 'M3 8.5l3.5 3.5L13 4.5'})));
}

/// A CID with a copy button; `page` names the page it leads to, or is empty. `full` shows all letters.
export function cid(value, page = '', full = false) {
  const text = cid_text(value);
  if (!text) return none();
  const shown = el('span', {class: 'mono', title: text}, full ? text : format.shortened(text));
  return el('span', {class: full ? 'name full' : 'name'}, page ? link(`${page}/${text}`, shown) : shown, copy_button(text, 'CID'));
}

/// An address that leads to its page.
export function address(text, {full = false, copy = false, page = 'address'} = {}) {
  if (typeof text !== 'string' || !is.address(text)) return el('span', {class: 'muted'}, text ? String(text).slice(0, 90) : 'none');
  const shown = el('span', {class: 'mono', title: text}, full ? text : format.shortened(text, 6, 6));
  return el('span', {class: full ? 'name full' : 'name'}, link(`${page}/${text}`, shown), copy || full ? copy_button(text, 'address') : null);
}

export const tipset = (tipset, ...children) => {
  const cids = (tipset?.Cids ?? []).map(cid_text);
  return cids.length && cids.every(Boolean) ? link(`tipset/${cids.join(',')}`, ...children) : el('span', {}, ...children);
};
export function epoch(value) {
  const number = epoch_of(value);
  if (number === null) return el('span', {class: 'muted'}, value === -1 ? 'never' : 'none');
  return link(`height/${number}`, el('span', {class: 'num'}, format.count(number)));
}

export const num = text => el('span', {class: 'num'}, text);
export const count = value => num(format.count(value));
export const muted = text => el('span', {class: 'muted'}, text);
export const none = () => muted('none');
export const code = text => el('code', {class: 'mono'}, text);

/// An amount in FIL; its title has the attoFIL.
export function amount(atto, {exact = false} = {}) {
  const value = format.big(atto);
  if (value === null) return none();
  return el('span', {class: 'num', title: `${format.count(value)} attoFIL`}, exact ? format.fil(value) : format.fil_short(value));
}

/// A time, which stays right while the page is open (app.js).
export function time(timestamp, {both = false} = {}) {
  const absolute = format.absolute(timestamp);
  if (!absolute) return none();
  const shown = el('time', {datetime: new Date(timestamp * 1000).toISOString(), title: absolute, 'data-at': timestamp},
    format.relative(timestamp));
  return both ? el('span', {}, shown, el('span', {class: 'muted num'}, `, ${absolute}`)) : shown;
}

/// A word with a mark beside it: the mark's shape says the same as its colour.
const kMarks = {good: '●', bad: '▲', wait: '◐', plain: '○'};
export const badge = (kind, text) =>
  el('span', {class: `badge ${kind}`}, el('span', {'aria-hidden': 'true'}, kMarks[kind] ?? kMarks.plain), ` ${text}`);

/// Facts as a list of terms: [name, value] each. Empty values are left out.
export function facts(rows) {
  return el('dl', {class: 'facts'}, rows.filter(row => row && row[1] !== null && row[1] !== undefined && row[1] !== '')
    .map(([name, value, note]) => el('div', {}, el('dt', {}, name), el('dd', {}, value, note ? el('div', {class: 'note'}, note) : null))));
}

/// A table. Columns are [title, 'num' or '' or 'wide']. On a narrow screen each row becomes a block, so the roles are
/// written out.
export function table(caption, columns, rows, {shown = false} = {}) {
  const heads = columns.map(([title, kind]) =>
    el('th', {scope: 'col', role: 'columnheader', class: kind || null}, title));
  const body = rows.map(row => el('tr', {role: 'row'}, row.map((cell, i) =>
    el('td', {role: 'cell', class: columns[i][1] || null, 'data-title': columns[i][0]}, el('span', {class: 'cell'}, cell)))));
  return el('table', {role: 'table'},
    el('caption', {class: shown ? null : 'unseen'}, caption),
    el('thead', {role: 'rowgroup'}, el('tr', {role: 'row'}, heads)),
    el('tbody', {role: 'rowgroup'}, body));
}

export const empty = sentence => el('p', {class: 'state'}, sentence);
export const failure = sentence => el('p', {class: 'state failed'}, el('span', {'aria-hidden': 'true'}, '▲ '), sentence);

/// A decoded value of the node as a tree. Large lists are cut, and deep ones too.
const kMostItems = 100;
export function tree(value, depth = 0) {
  if (value === null || value === undefined) return muted('null');
  if (typeof value === 'string') {
    if (is.address(value)) return address(value, {full: value.length < 24});
    const text = value.length > 160 ? `${value.slice(0, 160)}… (${format.count(value.length)} letters)` : value;
    return el('span', {class: 'mono value'}, text === '' ? '""' : text);
  }
  if (typeof value !== 'object') return el('span', {class: 'mono value'}, String(value));
  if (cid_text(value) && Object.keys(value).length === 1) return cid(value);
  if (Array.isArray(value) && value.length > 7 && value.every(one => Number.isInteger(one) && one >= 0 && one < 256)) {
    return el('span', {class: 'mono value'}, `0x${format.hex(value.slice(0, 64))}${value.length > 64 ? `… (${format.count(value.length)} bytes)` : ''}`);
  }
  const entries = Object.entries(value);
  if (!entries.length) return muted(Array.isArray(value) ? 'empty list' : 'empty');
  if (depth > 12) return muted('deeper values are not shown');
  const list = el('dl', {class: 'tree'}, entries.slice(0, kMostItems).map(([name, one]) =>
    el('div', {}, el('dt', {}, name), el('dd', {}, tree(one, depth + 1)))));
  const more = entries.length > kMostItems ? muted(`and ${format.count(entries.length - kMostItems)} more`) : null;
  if (depth === 0) return el('div', {}, list, more);
  const many = entries.length > 6 && depth > 1;
  return el('details', {open: !many}, el('summary', {}, Array.isArray(value)
    ? `${format.count(entries.length)} ${entries.length === 1 ? 'item' : 'items'}`
    : `${format.count(entries.length)} ${entries.length === 1 ? 'field' : 'fields'}`), list, more);
}
