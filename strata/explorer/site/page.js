// One page while it is shown: its heading and its sections, each of which is loading, shown, empty or failed.
import {el, empty, failure} from './dom.js';

const kReasons = [
  [/not kept by this node/, 'The node does not keep the state of that epoch any more.'],
];

export function sentence_of(error, what) {
  if (error.skipped) return `${what[0].toUpperCase()}${what.slice(1)} cannot be shown, since the facts before it are missing.`;
  if (error.absent) return `This node does not have the method that ${what} needs.`;
  for (const [pattern, text] of kReasons) if (pattern.test(error.message)) return text;
  return `${what[0].toUpperCase()}${what.slice(1)} cannot be shown. The node says: ${error.message}`;
}

export class Page {
  #endings = [];

  /// `gather()` returns the facts (plan.js), `go(path)` opens a different page.
  constructor(main, gather, asker, go) {
    this.main = main;
    this.gather = gather;
    this.facts = gather();
    this.args = this.facts.args;
    this.asker = asker;
    this.go = go;
    this.sections = [];
  }

  /// Gathers the facts again and shows them; what is shown stays until then.
  renew() {
    const focus = document.activeElement;
    if (this.main.contains(focus) && focus !== this.heading && focus !== this.main) return;
    if (!getSelection().isCollapsed) return;
    this.facts = this.gather();
    for (const update of this.sections) update();
  }

  /// Shows the heading; `parts` may follow its text, such as a whole CID.
  title(kind, name = '', ...parts) {
    document.title = `${[kind, name].filter(Boolean).join(' ')} · Strata`;
    this.heading = el('h1', {tabindex: '-1'}, kind, name ? [' ', el('span', {class: 'mono'}, name)] : null);
    const old = this.main.querySelector('header');
    const header = el('header', {class: 'head'}, this.heading, parts);
    if (old) old.replaceWith(header);
    else this.main.prepend(header);
  }

  /// Adds a section. `needs` are facts without which it cannot be shown, `may` are others. `show(values, errors)`
  /// returns elements, or nothing if there is nothing to show: then `otherwise` is said. Returns a promise of the values.
  section(name, {needs = [], may = [], show, otherwise = 'There is nothing here.', what, wide = false, hide = false, aside = null}) {
    const id = `section-${this.sections.length + 1}`;
    const body = el('div', {class: 'body'}, el('p', {class: 'state', role: 'status'}, 'Loading …'));
    const section = el('section', {'aria-labelledby': id, 'aria-busy': 'true', class: wide ? 'wide' : null},
      el('div', {class: 'bar'}, el('h2', {id}, name), aside), body);
    this.main.append(section);
    const update = async () => {
      const names = [...needs, ...may];
      const values = {}, errors = {};
      for (const fact of names) {
        const got = await this.facts.get(fact);
        if (got.error) errors[fact] = got.error;
        else values[fact] = got.value;
      }
      const missing = needs.find(fact => errors[fact]);
      if (missing && hide) return section.remove();
      let content;
      if (missing) content = failure(sentence_of(errors[missing], what ?? name.toLowerCase()));
      else {
        try {
          content = show(values, errors);
        } catch (error) {
          console.warn('section', name, error);
          content = failure(`The node's answer is not of the form that this page expects (${error.message}).`);
        }
      }
      if (content === false) return section.remove();
      body.replaceChildren(...[content ?? empty(otherwise)].flat(3).filter(Boolean));
      section.removeAttribute('aria-busy');
    };
    this.sections.push(update);
    return update();
  }

  /// Calls a function when the page is left.
  at_end(end) {
    this.#endings.push(end);
  }
  close() {
    for (const end of this.#endings) end();
    this.asker.close();
  }
}
