// Opens pages: the bar above, the way from one page to the next, the head as it changes, the search, light and dark.
import {el, link, set_announcer} from './dom.js';
import * as format from './format.js';
import {Head} from './head.js';
import {Page} from './page.js';
import * as plan from './plan.js';
import {Asker, trouble} from './rpc.js';
import {path_for} from './search.js';
import {renderers} from './pages.js';

const main = document.getElementById('main');
const at = id => document.getElementById(id);
let shown = null;

set_announcer(text => {
  at('say').textContent = '';
  setTimeout(() => (at('say').textContent = text), 50);
});

// Without storage (a strict browser) the choice holds for this page only.
const storage = {
  get: name => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  set: (name, value) => {
    try {
      value ? localStorage.setItem(name, value) : localStorage.removeItem(name);
    } catch { /* nothing is remembered */ }
  },
};

const dark = matchMedia('(prefers-color-scheme: dark)');
let theme = ['light', 'dark'].includes(storage.get('theme')) ? storage.get('theme') : '';
function show_theme() {
  document.documentElement.dataset.theme = theme || (dark.matches ? 'dark' : 'light');
  const now = theme ? `${theme[0].toUpperCase()}${theme.slice(1)}` : 'Automatic';
  at('theme').textContent = `Theme: ${now.toLowerCase()}`;
  at('theme').title = 'Press to change between automatic, light and dark';
}
show_theme();
dark.addEventListener('change', show_theme);
at('theme').addEventListener('click', () => {
  const order = ['', 'light', 'dark'];
  theme = order[(order.indexOf(theme) + 1) % order.length];
  storage.set('theme', theme);
  show_theme();
});

at('menu').addEventListener('click', () => {
  const open = at('nav').classList.toggle('open');
  at('menu').setAttribute('aria-expanded', String(open));
});

trouble.listener = ({count, seconds}) => {
  const notice = at('notice');
  notice.hidden = count === 0;
  if (count) notice.textContent = `The node at ${location.host} does not answer, or has too much to do. This page asks again every ${seconds === 1 ? 'second' : `${seconds} seconds`} or sooner.`;
};

const head = new Head(news => {
  const live = at('live');
  if (!news.tipset) return live.replaceChildren(news.words);
  live.replaceChildren(news.words, ' · head ', link(`height/${news.tipset.Height}`, format.count(news.tipset.Height)));
  shown?.on_head?.(news.tipset);
});

async function show(first = false) {
  shown?.close();
  const path = location.pathname.replace(/^\/explorer\/?/, '').replace(/\/$/, '');
  const query = new URLSearchParams(location.search);
  const found = plan.match(path, query);
  main.replaceChildren();
  for (const entry of at('nav').querySelectorAll('a')) {
    const own = new URL(entry.href).pathname === location.pathname;
    own ? entry.setAttribute('aria-current', 'page') : entry.removeAttribute('aria-current');
  }
  at('nav').classList.remove('open');
  at('menu').setAttribute('aria-expanded', 'false');
  query.set('json', '');
  at('json').href = `${location.pathname}?${query.toString().replace('json=', 'json')}`;
  const asker = new Asker();
  const renderer = found ? renderers[found.page.page] : renderers.missing;
  const token = found?.page.page === 'pipeline' ? sessionStorage.getItem('token') ?? '' : '';
  const gather = () => new plan.Facts(found?.page ?? {page: 'missing', steps: []}, found?.args ?? {}, asker, token);
  const page = new Page(main, gather, asker, go);
  shown = page;
  renderer(page);
  window.scrollTo(0, 0);
  if (!first) page.heading?.focus({preventScroll: true});
}

/// Opens a page of the explorer without loading the document again.
export function go(path, {replace = false} = {}) {
  const url = `/explorer/${path}`;
  replace ? history.replaceState(null, '', url) : history.pushState(null, '', url);
  return show();
}

document.addEventListener('click', event => {
  const a = event.target.closest?.('a');
  if (!a || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const href = a.getAttribute('href') ?? '';
  if (!href.startsWith('/explorer/') || a.hasAttribute('download') || a.id === 'json') return;
  event.preventDefault();
  go(href.slice('/explorer/'.length));
});
addEventListener('popstate', () => show());

at('search').addEventListener('submit', event => {
  event.preventDefault();
  const text = at('q').value.trim();
  if (!text) return;
  at('q').blur();
  go(path_for(text));
});
document.addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  event.preventDefault();
  at('q').focus();
});

setInterval(() => {
  for (const time of document.querySelectorAll('time[data-at]')) {
    const text = format.relative(Number(time.dataset.at));
    if (time.textContent !== text) time.textContent = text;
  }
}, 1000);

async function begin() {
  for (let seconds = 1; ; seconds = Math.min(seconds * 2, 15)) {
    try {
      await plan.load();
      break;
    } catch {
      main.replaceChildren(el('p', {class: 'state'}, `The node at ${location.host} does not answer. This page asks again in ${format.duration(seconds)}.`));
      await new Promise(resolve => setTimeout(resolve, seconds * 1000));
    }
  }
  head.begin();
  await show(true);
  tell_network();
}

/// Shows the network's name, and sets its clock: a local network's is behind by the time in which it did not run.
async function tell_network() {
  const asker = new Asker();
  try {
    at('network').textContent = String(await asker.ask('StateNetworkName')).slice(0, 80);
    const [genesis, params, status] = [await asker.ask('ChainGetGenesis'), await asker.ask('StateGetNetworkParams'), await asker.get('/health/status')];
    const lag = Date.now() / 1000 - (genesis.Blocks[0].Timestamp + status.Epoch * params.BlockDelaySecs);
    if (!(lag > 4 * params.BlockDelaySecs)) return;
    format.clock.lag = lag - params.BlockDelaySecs;  // the newest block may be of the epoch after the status's
    at('network').title = `This network's clock is ${format.duration(lag)} behind this machine's.`;
  } catch { /* the pages say what is wrong */ }
}
begin();
