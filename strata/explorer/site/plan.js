// Gathers the facts of a page as pages.json says. The node does the same for ?json (plan.cpp); the two must agree.
import {read, is, most_text} from './check.js';
import {Refusal} from './rpc.js';

let pages = [];
export async function load() {
  const answer = await fetch('/explorer/pages.json');
  pages = (await answer.json()).pages;
}

/// Returns {page, args} for a path below /explorer/ and its query; null if there is no such page.
export function match(path, query) {
  const parts = path.split('/');
  for (const page of pages) {
    const wanted = page.path.split('/');
    if (wanted.length !== parts.length) continue;
    const args = {};
    const fits = wanted.every((name, i) => {
      if (!name.startsWith(':')) return name === parts[i];
      return (args[name.slice(1)] = read(page.kinds[name.slice(1)], decoded(parts[i]))) !== null;
    });
    if (!fits) continue;
    for (const [name, rule] of Object.entries(page.query ?? {})) {
      const value = read('number', query.get(name) ?? '');
      args[name] = value === null ? rule.else : Math.min(value, rule.most);
    }
    if (page.text) args[page.text] = (query.get(page.text) ?? '').trim().slice(0, most_text);
    return {page, args};
  }
  return null;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/// A step that could not be done because a fact before it is missing.
class Skipped extends Refusal {
  skipped = true;
}

/// The names of facts that a value refers to.
function needs_of(value, known) {
  if (typeof value === 'string') {
    return [...value.matchAll(/\$([a-z_]+)/g)].map(found => found[1]).filter(name => known.has(name));
  }
  if (Array.isArray(value)) return value.flatMap(one => needs_of(one, known));
  if (value && typeof value === 'object') return Object.values(value).flatMap(one => needs_of(one, known));
  return [];
}

function walk(value, path, scope) {
  for (let i = 0; i < path.length; ++i) {
    let name = path[i];
    if (name === '*') {
      if (!Array.isArray(value)) throw new Skipped('a list is missing');
      return value.map(one => {
        try {
          return walk(one, path.slice(i + 1), scope);
        } catch {
          return undefined;
        }
      }).filter(one => one !== undefined);
    }
    if (name.startsWith('$')) name = String(scope[name.slice(1)]);
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) throw new Skipped(`${name} is missing`);
    value = value[name];
  }
  return value;
}

/// Puts facts in the place of references: "$name/path", "$name/path+1", "$name/path-$other".
function filled(value, scope) {
  if (Array.isArray(value)) return value.map(one => filled(one, scope));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one, scope)]));
  }
  if (typeof value !== 'string' || !value.startsWith('$')) return value;
  const [, path, sign, by] = /^\$([^+-]+)(?:([+-])(.+))?$/.exec(value);
  const [name, ...rest] = path.split('/');
  if (scope[name] === undefined || scope[name] === null) throw new Skipped(`${name} is missing`);
  const found = walk(scope[name], rest, scope);
  if (found === null) throw new Skipped(`${path} is empty`);
  if (!sign) return found;
  const change = by.startsWith('$') ? scope[by.slice(1)] : Number(by);
  return Math.max(0, Number(found) + (sign === '+' ? change : -change));
}

function items_of(step, scope) {
  const each = step.each;
  if (typeof each === 'object') {
    const below = Number(filled(each.below, scope));
    return Array.from({length: Math.min(each.count, Math.max(0, below))}, (_, i) => below - 1 - i);
  }
  const known = new Set();
  let items = filled(each, scope).filter(one => {
    const text = JSON.stringify(one);
    return !known.has(text) && known.add(text);
  });
  if (step.spread && items.length > step.most) {
    items = Array.from({length: step.most}, (_, i) => items[Math.floor((i * (items.length - 1)) / (step.most - 1))]);
  }
  return items.slice(0, step.most);
}

/// The kind of the text in the search box.
export const kind_of = text => ['number', 'cid', 'address', 'eth', 'hash'].find(kind => is[kind](text)) ?? 'text';

/// The facts of one page. Each is a promise of {value} or {error}, so that a section waits only for what it shows.
export class Facts {
  #facts = {};

  constructor(page, args, asker, token = '') {
    this.page = page.page;
    this.args = args;
    const kind = page.text ? kind_of(args[page.text]) : '';
    const names = new Set();
    for (const step of page.steps) {
      const scope = {...args};
      if (step.for === 'number' && kind === 'number') scope[page.text] = Number(args[page.text]);
      if (step.for === 'cid' && kind === 'cid' && step.ask) scope[page.text] = {'/': args[page.text]};
      const needs = new Set([...needs_of([step.with, step.each, step.when], names), ...(step.unless ? [step.unless] : [])]);
      names.add(step.as);
      this.#facts[step.as] = step.for && step.for !== kind
        ? Promise.resolve({error: new Skipped('not asked')})
        : this.#run(step, scope, needs, asker, token);
    }
  }

  async #run(step, scope, needs, asker, token) {
    try {
      for (const name of needs) {
        const fact = await this.#facts[name];
        scope[name] = fact.error ? undefined : fact.value;
      }
      if (step.unless && scope[step.unless]) throw new Skipped('not needed');
      if (step.when && !(filled(step.when.that, scope) <= step.when.most)) throw new Skipped('too many to list');
      const options = {v2: step.v2 ?? false};
      const place = text => text.replace(/\$([a-z_]+)/g, (_, name) => encodeURIComponent(scope[name]?.['/'] ?? scope[name]));
      if (step.get) return {value: await asker.get(step.get, step.owner ? token : '')};
      if (step.head) return {value: await asker.head(place(step.head))};
      if (!step.each) return {value: await asker.ask(step.ask, filled(step.with ?? [], scope), options)};
      const items = items_of(step, scope);
      const answers = await asker.all(
        items.map(item => [step.ask, filled(step.with, {...scope, item})]), options);
      return {value: answers.map((answer, i) => ({item: items[i], ...answer}))};
    } catch (error) {
      if (error instanceof Refusal) return {error};
      return {error: new Refusal(error.message)};
    }
  }

  get(name) {
    return this.#facts[name] ?? Promise.resolve({error: new Skipped('no such fact')});
  }
}
