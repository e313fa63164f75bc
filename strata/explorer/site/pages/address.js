// One actor: its forms of address, its money, its state, its newest messages.
import {cid_text, is} from '../check.js';
import {address as address_link, amount, cid, copy_button, count, el, empty, facts, failure, link, tree} from '../dom.js';
import * as format from '../format.js';
import {kind_of_code} from '../kinds.js';
import {messages} from '../messages.js';
import {kind_words} from '../methods.js';

const kFurther = 8;

/// An Ethereum address (0x…) with its button.
export const eth_view = text => (is.eth(text ?? '') ? el('span', {class: 'name full'}, el('span', {class: 'mono'}, text), copy_button(text, 'address')) : null);

export function actor_facts({actor, id, key, robust, eth, codes, next_nonce}) {
  const kind = kind_of_code(actor.Code, codes);
  return facts([
    ['Kind', kind_words[kind] ?? (kind || 'not a built-in actor of this version')],
    ['ID address', id ? address_link(id, {full: true}) : null],
    ['Other address', robust && robust !== id ? address_link(robust, {full: true}) : null],
    ['Key', key && key !== robust ? address_link(key, {full: true}) : null],
    ['Ethereum address', eth_view(eth)],
    ['Balance', amount(actor.Balance, {exact: true})],
    ['Nonce', count(actor.Nonce), next_nonce !== undefined && next_nonce !== actor.Nonce ? `the pool has messages up to ${format.count(next_nonce - 1)}` : null],
    ['Code', cid(actor.Code)],
    ['State', cid(actor.Head)],
  ]);
}

export function address(page) {
  const own = page.args.address;
  page.title('Address', '', el('span', {class: 'sub mono'}, own, copy_button(own, 'address')));
  page.section('Actor', {
    needs: ['actor'], may: ['id', 'key', 'robust', 'eth', 'codes', 'next_nonce', 'market'], what: 'the actor',
    show: ({actor, ...rest}) => {
      const kind = kind_of_code(actor.Code, rest.codes);
      const name = kind_words[kind];
      if (name) page.title(name[0].toUpperCase() + name.slice(1), '', el('span', {class: 'sub mono'}, own, copy_button(own, 'address')));
      const escrow = format.big(rest.market?.Escrow);
      return [
        kind === 'storageminer' ? el('p', {}, link(`provider/${own}`, 'Power, deadlines and sectors of this provider')) : null,
        kind === 'evm' ? el('p', {}, link(`contract/${own}`, 'Code, storage, functions and logs of this contract')) : null,
        kind === 'storagemarket' ? el('p', {}, link('deals', 'Deals of the market')) : null,
        actor_facts({actor, ...rest}),
        escrow ? el('div', {}, el('h3', {}, 'In the storage market'), facts([
          ['Escrow', amount(rest.market.Escrow, {exact: true})], ['Locked', amount(rest.market.Locked, {exact: true})]])) : null,
      ];
    },
  });
  page.section('Messages', {
    needs: ['head'], may: ['sent', 'to_id', 'to_key', 'to_robust', 'sent_messages', 'to_id_messages', 'to_key_messages', 'to_robust_messages'],
    otherwise: 'There is nothing here.',
    show: ({head, ...rest}, errors) => {
      const lists = ['sent_messages', 'to_id_messages', 'to_key_messages', 'to_robust_messages'];
      const known = new Map();
      for (const list of lists) for (const {item, value} of rest[list] ?? []) if (value) known.set(cid_text(item), value);
      const total = new Set(['sent', 'to_id', 'to_key', 'to_robust'].flatMap(list => (rest[list] ?? []).map(cid_text))).size;
      const epochs = page.args.epochs;
      const reach = Math.min(epochs, head.Height);
      const further = epochs < 2880 && head.Height > epochs
        ? link(`address/${own}?epochs=${Math.min(2880, epochs * kFurther)}`, 'Look further back') : null;
      const refused = ['sent', 'to_id', 'to_key', 'to_robust'].map(name => errors[name]).find(error => error && error.code !== 0);
      const note = el('p', {class: 'note'}, `${format.count(total)} ${total === 1 ? 'message' : 'messages'} from or to this address in the newest ${format.count(reach)} epochs${total > known.size ? `, of which ${known.size} are shown` : ''}. `, further);
      if (refused && !known.size) return [failure(`The node could not look through the chain: ${refused.message}`), further];
      if (!known.size) return [empty(`No message came from or went to this address in the newest ${format.count(reach)} epochs.`), further && el('p', {}, further)];
      return [note, messages(page, 'Messages from and to this address', [...known].map(([name, message]) => ({cid: {'/': name}, message})))];
    },
  });
  page.section('State', {
    needs: ['state'], what: 'the state', otherwise: 'This actor has no state.',
    show: ({state}) => (state?.State && Object.keys(state.State).length ? tree(state.State) : null),
  });
}
