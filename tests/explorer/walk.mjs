// Walks through the explorer of a running node in headless Chromium, as tests/explorer.py asks:
//   walk.mjs BROWSER MODULES SETTINGS.json
// SETTINGS: {"url", "token", "pages": {name: path}, "contract": {"path", "abi"}, "shots"}. Each page is opened light and
// dark, wide and on a phone: no error in the console, no request elsewhere, nothing wider than the screen, and no serious or
// critical finding of axe-core. Then: what a page shows is what ?json says; hostile answers stay text; a node that does not
// answer is asked again; the keyboard suffices.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';

const [browser_path, modules, settings_path] = process.argv.slice(2);
const require = createRequire(path.join(modules, 'package.json'));
const {chromium} = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const settings = JSON.parse(fs.readFileSync(settings_path, 'utf8'));
const root = `${settings.url}/explorer/`;
const kPatience = 60_000;  // milliseconds; far more than a slow machine needs

const browser = await chromium.launch({executablePath: browser_path, args: ['--no-sandbox']});
const kSizes = {wide: {width: 1280, height: 900}, phone: {width: 360, height: 740}};
let faults = 0;
function fault(where, what) {
  ++faults;
  console.log(`${where}: ${what}`);
}

async function open(context, address, where, {allowed = []} = {}) {
  const page = await context.newPage();
  const report = text => allowed.some(pattern => pattern.test(text)) || fault(where, text);
  page.on('console', message => ['error', 'warning'].includes(message.type()) && report(`console: ${message.text()} ${message.location().url}`));
  page.on('pageerror', error => report(`error: ${error.message}`));
  page.on('request', request => request.url().startsWith(settings.url) || fault(where, `asks elsewhere: ${request.url()}`));
  await page.goto(root + address);
  return page;
}

const settled = page => page.waitForFunction(
  () => document.querySelector('main h1') && !document.querySelector('main [aria-busy]'), null, {timeout: kPatience});

/// Elements that reach beyond the screen, outside of boxes that may be scrolled.
const wider = page => page.evaluate(() => {
  const width = document.documentElement.clientWidth;
  const out = [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > width + 1 &&
    !one.closest('.roll, pre, .unseen, .skip, svg, figure details'));
  return document.documentElement.scrollWidth > width || out.length ? out.slice(0, 3).map(one => `${one.tagName}.${one.className}`) : null;
});

// A refused token and a missing provider are answers with such a status, which Chromium logs as errors.
const kOwnersPage = [/status of 40[134].*\/(provider\/sectors|market\/deals)/, /404.*\/explorer\/nowhere/];

async function walk_all() {
  for (const theme of ['light', 'dark']) {
    for (const [size, viewport] of Object.entries(kSizes)) {
      const context = await browser.newContext({viewport, colorScheme: theme, reducedMotion: 'reduce'});
      for (const [name, address] of Object.entries(settings.pages)) {
        const where = `${name} ${theme} ${size}`;
        const page = await open(context, address, where, {allowed: kOwnersPage});
        try {
          await settled(page);
        } catch {
          fault(where, 'a section is still loading');
        }
        const failed = await page.locator('main .state.failed').allTextContents();
        if (failed.length) console.log(`${where}: says "${failed.join('", "')}"`);
        const over = await wider(page);
        if (over) fault(where, `is wider than the screen: ${over}`);
        // The rules of axe come as a string; the page's own policy forbids that, so they are given to the tool's world.
        const session = await page.context().newCDPSession(page);
        const {executionContextId} = await world(session);
        await session.send('Runtime.evaluate', {expression: axe, contextId: executionContextId});
        const {result} = await session.send('Runtime.evaluate', {contextId: executionContextId, awaitPromise: true, returnByValue: true,
          expression: `axe.run(document, {resultTypes: ['violations']}).then(found => JSON.stringify(found.violations.map(one =>
            [one.impact, one.id, one.nodes.slice(0, 3).map(node => node.target.join(' ')).join(', ')])))`});
        for (const [impact, id, nodes] of JSON.parse(result.value)) {
          if (['serious', 'critical'].includes(impact)) fault(where, `axe-core: ${impact} ${id} at ${nodes}`);
          else console.log(`${where}: axe-core: ${impact} ${id} at ${nodes}`);
        }
        if (settings.shots) await page.screenshot({path: path.join(settings.shots, `${name}-${theme}-${size}.png`), fullPage: true});
        await page.close();
      }
      await context.close();
    }
  }
}

async function world(session) {
  const {frameTree} = await session.send('Page.getFrameTree');
  return session.send('Page.createIsolatedWorld', {frameId: frameTree.frame.id});
}

/// The facts that the browser gathers, and those that the node does. Some change between the two.
async function compare_facts() {
  const context = await browser.newContext();
  const page = await open(context, 'nowhere', 'facts', {allowed: [/./]});
  for (const [name, address] of Object.entries(settings.pages)) {
    const [place, query = ''] = address.split('?');
    const answer = await fetch(`${root}${place}?${query ? `${query}&` : ''}json`);
    assert.equal(answer.headers.get('content-type'), 'application/json', name);
    const theirs = await answer.json();
    if (answer.status === 404) continue;
    const ours = await page.evaluate(async ([place, query]) => {
      const plan = await import('/explorer/plan.js');
      const {Asker} = await import('/explorer/rpc.js');
      await plan.load();
      const {page, args} = plan.match(place.replace(/\/$/, ''), new URLSearchParams(query));
      const facts = new plan.Facts(page, args, new Asker());
      const out = {facts: {}, errors: {}, args};
      for (const step of page.steps) {
        const {value, error} = await facts.get(step.as);
        if (error) out.errors[step.as] = error.message;
        else out.facts[step.as] = value;
      }
      return JSON.parse(JSON.stringify(out));
    }, [place, query]);
    assert.deepEqual(theirs.arguments, ours.args, name);
    const keys = object => Object.keys(object).sort();
    // The pool and the newest epoch may change in between; everything else must be known to both or to none.
    const moving = new Set(['pending', 'senders', 'next', 'executed', 'receipts']);
    const fixed = list => list.filter(one => !moving.has(one));
    assert.deepEqual(fixed(keys(theirs.facts)), fixed(keys(ours.facts)), `${name}: ${JSON.stringify([theirs.errors, ours.errors]).slice(0, 2000)}`);
    for (const fact of ['name', 'params', 'network', 'codes', 'message', 'found', 'block', 'info', 'deal', 'code', 'replay', 'tipset', 'events', 'list']) {
      if (fact in theirs.facts) assert.deepEqual(theirs.facts[fact], ours.facts[fact], `${name}: ${fact}`);
    }
  }
  await context.close();
  console.log('the facts of all pages are the same in the browser and from ?json');
}

/// Answers of a hostile node: markup, wrong names, wrong shapes, long texts.
async function hostile() {
  const evil = '<img src=x onerror="globalThis.broken=1"><script>globalThis.broken=1</scr' + 'ipt>';
  const answers = {
    StateNetworkName: evil,
    ChainHead: {Height: 5, Cids: [{'/': 'javascript:alert(1)'}], Blocks: [{Miner: evil, ParentBaseFee: evil, Parents: [], Timestamp: 1e300, ElectionProof: {WinCount: evil}}]},
    StateListMiners: Array(100_000).fill(evil),
    StateMarketStorageDeal: {Proposal: {Label: evil, PieceCID: {'/': '../../rpc'}, Client: 'javascript:1', Provider: evil, StartEpoch: evil, EndEpoch: 2, PieceSize: -5, StoragePricePerEpoch: '1e99'}, State: {SectorStartEpoch: -1, SlashEpoch: -1}},
    StateGetActor: {Code: {'/': evil}, Head: evil, Nonce: -1, Balance: 'x'},
    StateReadState: {Balance: evil, State: {[evil]: evil, deep: JSON.parse('['.repeat(500) + ']'.repeat(500)), NextID: 3}},
    NetPeers: [{ID: evil, Addrs: [evil]}],
    MpoolPending: [{CID: {'/': evil}, Message: {From: evil, To: evil, Nonce: 1e18, Method: evil, Value: evil, GasPremium: evil, GasFeeCap: evil, GasLimit: evil}}],
  };
  const context = await browser.newContext();
  await context.route('**/rpc/**', route => {
    const calls = JSON.parse(route.request().postData());
    const reply = call => ({jsonrpc: '2.0', id: call.id, result: answers[call.method.replace('Filecoin.', '')] ?? evil});
    route.fulfill({contentType: 'application/json', body: JSON.stringify(Array.isArray(calls) ? calls.map(reply) : reply(calls))});
  });
  for (const [name, address] of Object.entries(settings.pages)) {
    const page = await open(context, address, `hostile ${name}`, {allowed: [/^console/]});
    await settled(page).catch(() => fault(`hostile ${name}`, 'a section is still loading'));
    const found = await page.evaluate(() => ({
      broken: globalThis.broken ?? 0, elements: document.querySelectorAll('main img, main script, main iframe, main object').length,
      links: [...document.querySelectorAll('a')].map(one => one.getAttribute('href')).filter(href => !/^(\/explorer\/[\w/.,?=&%:-]*|\?json|#main|\/(piece|ipfs)\/b[a-z2-7]+(\?format=(car|raw))?)$/.test(href)),
    }));
    if (found.broken || found.elements || found.links.length) fault(`hostile ${name}`, JSON.stringify(found).slice(0, 300));
    await page.close();
  }
  await context.close();
  console.log('hostile answers stayed text');
}

/// The node goes away and comes back.
async function absent_node() {
  const context = await browser.newContext();
  const page = await open(context, 'deals', 'absent', {allowed: [/./]});
  await settled(page);
  await context.route('**/rpc/**', route => route.abort());
  await page.getByRole('link', {name: 'Providers', exact: true}).click();
  await page.locator('#notice', {hasText: 'does not answer'}).waitFor({timeout: kPatience});
  assert.match(await page.locator('main').textContent(), /Loading/);
  await context.unroute('**/rpc/**');
  await settled(page);
  await page.locator('#notice').waitFor({state: 'hidden', timeout: kPatience});
  await page.locator('main table a', {hasText: 't01000'}).first().waitFor({timeout: kPatience});
  // Leaving a page ends what it asked.
  let asked = 0;
  await context.route('**/rpc/**', async route => {
    ++asked;
    await new Promise(resolve => setTimeout(resolve, 1500));
    await route.continue().catch(() => {});
  });
  await page.goto(`${root}provider/t01000`);
  await page.waitForTimeout(300);
  const before = asked;
  assert.ok(before <= 6, `${before} requests at once`);
  await page.evaluate(() => document.querySelector('#nav a[href="/explorer/pipeline"]').click());
  await page.waitForTimeout(1200);
  assert.ok(asked <= before + 4, `${asked - before} requests after the page was left`);
  await context.close();
  console.log('a node that does not answer is asked again, and pages that are left ask nothing more');
}

/// Without WebSocket the head is asked for.
async function polling() {
  const context = await browser.newContext();
  await context.addInitScript(() => (globalThis.WebSocket = class {
    constructor() {
      throw new Error('no sockets here');
    }
  }));
  const page = await open(context, '', 'polling');
  await page.locator('#live', {hasText: 'Asked every'}).waitFor({timeout: kPatience});
  await context.close();
  const live = await browser.newContext();
  const other = await open(live, '', 'live');
  await other.locator('#live', {hasText: 'Live'}).waitFor({timeout: kPatience});
  const height = async () => Number((await other.locator('#live a').textContent()).replaceAll(',', ''));
  const first = await height();
  for (const end = Date.now() + kPatience; await height() <= first;) {
    assert.ok(Date.now() < end, 'no new head within a minute');
    await other.waitForTimeout(300);
  }
  const top = await other.locator('main table').last().locator('tbody a').first().textContent();
  assert.ok(Number(top.replaceAll(',', '')) > first, `the newest row is ${top} after head ${first}`);
  await live.close();
  console.log('the head is followed over WebSocket, and by asking without');
}

async function keyboard() {
  const context = await browser.newContext({viewport: kSizes.phone});
  const page = await open(context, 'deals', 'keyboard');
  await settled(page);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the page');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.getByRole('button', {name: 'Menu'}).press('Enter');
  await page.getByRole('link', {name: 'Peers'}).press('Enter');
  await page.getByRole('heading', {level: 1, name: 'Peers'}).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  await page.getByRole('button', {name: /^Theme/}).press('Enter');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
  await page.getByRole('button', {name: /^Theme/}).press('Enter');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await context.close();
  console.log('the keyboard reaches the pages, the menu and the theme');
}

async function searches() {
  const context = await browser.newContext();
  const page = await open(context, '', 'search');
  for (const [text, expected] of settings.searches) {
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox').fill(text);
    await page.getByRole('searchbox').press('Enter');
    await page.waitForFunction(wanted => decodeURIComponent(location.pathname + location.search) === wanted, `/explorer/${expected}`, {timeout: kPatience})
      .catch(() => fault('search', `${text} leads to ${page.url()}, expected ${expected}`));
    await settled(page).catch(() => {});
  }
  await context.close();
  console.log('the search finds heights, names, hashes and sectors');
}

async function contract() {
  const context = await browser.newContext();
  const page = await open(context, settings.contract.path, 'contract', {allowed: [/500/]});
  await settled(page);
  await page.getByLabel('ABI of the contract').fill(settings.contract.abi);
  await page.getByRole('button', {name: 'Show the functions'}).click();
  await page.getByRole('button', {name: 'Read symbol'}).click();
  await page.locator('.function', {hasText: 'symbol()'}).locator('dd', {hasText: 'MTK'}).waitFor({timeout: kPatience});
  await page.getByRole('button', {name: 'Read the slot'}).click();
  await page.getByRole('button', {name: 'Find logs'}).click();
  await page.waitForFunction(() => ![...document.querySelectorAll('main .state')].some(one => /Loading/.test(one.textContent)), null, {timeout: kPatience});
  const refused = await page.locator('main .state').allTextContents();
  if (refused.length > 0) fault('contract', `expected the slot and the logs, got: ${refused.join(' ')}`);
  await page.getByRole('table', {name: 'Logs of the contract'}).waitFor({timeout: kPatience}).catch(() => fault('contract', 'there is no table of logs, expected that of the first transfer'));
  console.log('a contract answers: a function, a slot and its logs');
  await context.close();
}

async function owner() {
  const context = await browser.newContext();
  const page = await open(context, 'pipeline', 'owner', {allowed: kOwnersPage});
  await settled(page);
  await page.getByLabel('Token of this node').fill('wrong');
  await page.getByRole('button', {name: 'Show the pipeline'}).click();
  await page.getByText('The node refused the token').waitFor({timeout: kPatience});
  await page.getByLabel('Token of this node').fill(settings.token);
  await page.getByRole('button', {name: 'Show the pipeline'}).click();
  await page.getByRole('button', {name: 'Forget the token'}).waitFor({timeout: kPatience});
  await page.locator('main table').first().waitFor();
  assert.ok(!page.url().includes(settings.token));
  assert.deepEqual(await page.evaluate(() => [localStorage.length, document.cookie]), [0, '']);
  if (settings.shots) await page.screenshot({path: path.join(settings.shots, 'owner-light-wide.png'), fullPage: true});
  await page.getByRole('button', {name: 'Forget the token'}).click();
  await page.getByLabel('Token of this node').waitFor({timeout: kPatience});
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await context.close();
  console.log('the pipeline is for the owner, and its token stays in the tab');
}

const parts = {walk_all, compare_facts, hostile, absent_node, polling, keyboard, searches, contract, owner};
for (const [name, part] of Object.entries(parts)) {
  if (settings.only && !settings.only.includes(name)) continue;
  try {
    await part();
  } catch (error) {
    fault(name, error.stack);
  }
}
await browser.close();
console.log(faults ? `${faults} faults` : 'no fault');
process.exit(faults ? 1 : 0);
