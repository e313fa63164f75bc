// Finds out what kind of actor an address has, and so the names of methods.
import {cid_text} from './check.js';
import {el} from './dom.js';
import {method_name} from './methods.js';

const kSingletons = {
  0: 'system', 1: 'init', 2: 'reward', 3: 'cron', 4: 'storagepower', 5: 'storagemarket', 6: 'verifiedregistry',
  7: 'datacap', 10: 'eam',
};
const kMost = 2000;
const known = new Map();  // address → kind
let codes = null;

export function kind_of_code(code, codes) {
  const text = cid_text(code);
  return Object.entries(codes ?? {}).find(([, cid]) => text && cid_text(cid) === text)?.[0] ?? '';
}

async function ask(asker, addresses) {
  if (!codes) {
    const version = await asker.ask('StateNetworkVersion', [null]);
    codes = await asker.ask('StateActorCodeCIDs', [version]);
  }
  const answers = await asker.all(addresses.map(address => ['StateGetActor', [address, null]]));
  if (known.size > kMost) known.clear();
  answers.forEach(({value}, i) => known.set(addresses[i], value ? kind_of_code(value.Code, codes) : ''));
}

// The addresses that one page asks about are collected, and asked together.
const waiting = new WeakMap();
function kind(asker, address) {
  const id = /^[ft]0([0-9]+)$/.exec(address)?.[1];
  if (id in kSingletons) return kSingletons[id];
  if (known.has(address)) return known.get(address);
  if (!waiting.has(asker)) {
    const wanted = new Set();
    const done = new Promise(resolve => setTimeout(async () => {
      waiting.delete(asker);
      try {
        await ask(asker, [...wanted].slice(0, 200));
      } catch { /* the numbers stay */ }
      resolve();
    }, 30));
    waiting.set(asker, {wanted, done});
  }
  const batch = waiting.get(asker);
  batch.wanted.add(address);
  return batch.done.then(() => known.get(address) ?? '');
}

/// The name of a message's method, as soon as it is known.
export function method(page, to, number) {
  const out = el('span', {title: `method ${number} of ${to}`}, method_name(number));
  if (number === 0) return out;
  const now = kind(page.asker, to);
  if (typeof now === 'string') out.textContent = method_name(number, now);
  else now.then(found => (out.textContent = method_name(number, found)));
  return out;
}
