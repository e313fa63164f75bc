// The messages that wait in this node's pool: by fee, and by sender with gaps in the nonces.
import {address, amount, badge, cid, count, el, num, table} from '../dom.js';
import * as format from '../format.js';
import {kMostRows} from '../messages.js';
import {method} from '../kinds.js';

/// Runs of numbers as text: "3, 5 to 8".
function runs(numbers) {
  const out = [];
  for (const number of numbers) {
    const last = out.at(-1);
    if (last && last[1] + 1 === number) last[1] = number;
    else out.push([number, number]);
  }
  return out.slice(0, 12).map(([from, to]) => (from === to ? format.count(from) : `${format.count(from)} to ${format.count(to)}`)).join(', ') + (out.length > 12 ? ' …' : '');
}

function gaps_of(nonces, next) {
  const have = new Set(nonces);
  const out = [];
  for (let nonce = next; nonce < Math.max(...nonces) && out.length < 500; ++nonce) if (!have.has(nonce)) out.push(nonce);
  return out;
}

export function pool(page) {
  page.title('Message pool');
  page.section('By fee', {
    needs: ['pending', 'head'], what: 'the pool', otherwise: 'No message waits in this node\'s pool.',
    show: ({pending, head}) => {
      if (!pending?.length) return null;
      const base_fee = format.big(head.Blocks[0].ParentBaseFee) ?? 0n;
      const rows = pending.map(one => ({name: one.CID, message: one.Message, premium: format.big(one.Message.GasPremium) ?? 0n, cap: format.big(one.Message.GasFeeCap) ?? 0n}));
      rows.sort((a, b) => (a.premium < b.premium ? 1 : a.premium > b.premium ? -1 : 0));
      return [
        el('p', {class: 'note'}, `${format.count(rows.length)} ${rows.length === 1 ? 'message waits' : 'messages wait'}; the base fee is `, amount(base_fee), ' for each unit of gas.',
          rows.length > kMostRows ? ` The ${kMostRows} with the highest premium are shown.` : ''),
        el('div', {class: 'roll stacks'}, table('Waiting messages, the highest premium first',
          [['Message'], ['From'], ['To'], ['Method'], ['Nonce', 'num'], ['Premium', 'num'], ['Fee cap', 'num'], ['Gas limit', 'num'], ['Can enter']],
          rows.slice(0, kMostRows).map(({name, message, premium, cap}) => [
            cid(name, 'message'), address(message.From), address(message.To), method(page, message.To, message.Method), count(message.Nonce),
            amount(premium), amount(cap), count(message.GasLimit), cap >= base_fee ? badge('good', 'yes') : badge('bad', 'cap below base fee'),
          ]))),
      ];
    },
  });
  page.section('By sender', {
    needs: ['pending'], may: ['senders'], what: 'the list of senders', otherwise: 'Nobody waits.',
    show: ({pending, senders}) => {
      if (!pending?.length) return null;
      const nonce_of = new Map((senders ?? []).filter(one => one.value).map(({item, value}) => [item, value.Nonce]));
      const groups = Map.groupBy ? Map.groupBy(pending, one => one.Message.From) : pending.reduce((map, one) => map.set(one.Message.From, [...map.get(one.Message.From) ?? [], one]), new Map());
      const rows = [...groups].slice(0, kMostRows).map(([from, list]) => {
        const nonces = list.map(one => one.Message.Nonce).sort((a, b) => a - b);
        const next = nonce_of.get(from);
        const gaps = next === undefined ? [] : gaps_of(nonces, next);
        return [address(from), count(nonces.length), next === undefined ? '' : num(format.count(next)), num(runs(nonces)),
          next === undefined ? 'not known' : gaps.length ? badge('bad', `stuck: ${runs(gaps)} missing`) : badge('good', 'none')];
      });
      return el('div', {class: 'roll stacks'}, table('Senders of waiting messages', [['From'], ['Waiting', 'num'], ['Next nonce', 'num'], ['Nonces here', 'num'], ['Gaps']], rows));
    },
  });
  page.on_head = () => page.renew();
}
