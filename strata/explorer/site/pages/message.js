// One message: what it says, what it cost, what it called, what came of it.
import {cid_text} from '../check.js';
import {address, amount, badge, cid, code, copy_button, count, el, empty, facts, failure, muted, num, table, time, tipset as tipset_link, tree} from '../dom.js';
import {meaning} from '../exit_codes.js';
import {finality_row} from '../finality.js';
import * as format from '../format.js';
import {kind_of_code, method} from '../kinds.js';
import {kind_words} from '../methods.js';
import {sentence_of} from '../page.js';

const kMostCalls = 300;
const kMostHex = 2048;

export function bytes_view(base64) {
  const data = format.from_base64(base64);
  if (!data.length) return muted('none');
  const shown = format.hex(data.slice(0, kMostHex));
  return el('details', {}, el('summary', {}, `${format.count(data.length)} bytes`),
    el('pre', {tabindex: '0'}, `0x${shown}${data.length > kMostHex ? ' …' : ''}`));
}

function gas_part(name, atto, note) {
  return [name, amount(atto, {exact: true}), note];
}

/// The parts of the cost as a bar; the list beside it has the same as words.
function cost_bar(parts, total) {
  const whole = format.big(total);
  if (!whole) return null;
  return el('div', {class: 'bars', 'aria-hidden': 'true'}, parts.map(([atto, colour]) => {
    const out = el('span', {});
    out.style.width = `${Number((format.big(atto) ?? 0n) * 10_000n / whole) / 100}%`;
    out.style.background = colour;
    return out;
  }));
}
const swatch = (colour, text) => {
  const out = el('span', {class: 'swatch', 'aria-hidden': 'true'});
  out.style.background = colour;
  return el('span', {}, out, text);
};

function gas(message, replay) {
  const cost = replay.GasCost;
  const base_fee = format.big(cost.BaseFeeBurn) && format.big(cost.GasUsed) ? format.big(cost.BaseFeeBurn) / format.big(cost.GasUsed) : null;
  const limit = message.GasLimit;
  return [
    cost_bar([[cost.BaseFeeBurn, 'var(--accent)'], [cost.OverEstimationBurn, 'var(--second)'], [cost.MinerTip, 'var(--strong-line)']], cost.TotalCost),
    el('div', {class: 'split'},
      facts([
        ['Gas used', num(format.count(cost.GasUsed)), `${format.percent(cost.GasUsed, limit)} of the limit of ${format.count(limit)}`],
        ['Base fee', base_fee === null ? null : amount(base_fee), 'for each unit of gas'],
        ['Fee cap', amount(message.GasFeeCap), 'the most for each unit'],
        ['Premium', amount(message.GasPremium), 'offered to the block\'s maker for each unit'],
      ]),
      facts([
        gas_part(swatch('var(--accent)', 'Base fee burn'), cost.BaseFeeBurn, 'gas used × base fee'),
        gas_part(swatch('var(--second)', 'Over-estimation burn'), cost.OverEstimationBurn, 'for a limit that was set too high'),
        gas_part(swatch('var(--strong-line)', 'Miner tip'), cost.MinerTip, 'gas limit × premium'),
        format.big(cost.MinerPenalty) ? gas_part('Miner penalty', cost.MinerPenalty, 'paid by the block\'s maker') : null,
        ['Total cost', el('strong', {}, amount(cost.TotalCost, {exact: true}))],
        gas_part('Refund', cost.Refund, 'set aside for gas, and returned'),
      ]))];
}

function call_tree(page, trace) {
  let left = kMostCalls;
  const call = (one, depth) => {
    if (--left < 0) return null;
    const receipt = one.MsgRct ?? {};
    const below = (one.Subcalls ?? []).slice(0, kMostCalls);
    const gas = (one.GasCharges ?? []).reduce((sum, charge) => sum + (charge.tg ?? 0), 0);
    const line = el('span', {class: 'line'}, method(page, one.Msg.To, one.Msg.Method),
      el('span', {}, muted('to '), address(one.Msg.To)),
      format.big(one.Msg.Value) ? amount(one.Msg.Value) : null,
      one.Msg.ReadOnly ? muted('read only') : null,
      receipt.ExitCode === 0 ? badge('good', 'done') : badge('bad', `${receipt.ExitCode}, ${meaning(receipt.ExitCode)}`),
      gas ? muted(`${format.count(gas)} gas`) : null);
    const list = below.length && depth < 60 ? el('ul', {}, below.map(sub => call(sub, depth + 1))) : null;
    return el('li', {}, line, list);
  };
  const list = el('ul', {class: 'calls'}, call(trace, 0));
  return [list, left < 0 ? el('p', {class: 'note'}, `Only the first ${kMostCalls} calls are shown.`) : null];
}

function charges(trace) {
  const sums = new Map();
  const add = (one, depth) => {
    for (const charge of one.GasCharges ?? []) {
      const [times, gas] = sums.get(charge.Name) ?? [0, 0];
      sums.set(charge.Name, [times + 1, gas + (charge.tg ?? 0)]);
    }
    if (depth < 1100) for (const sub of one.Subcalls ?? []) add(sub, depth + 1);
  };
  add(trace, 0);
  const rows = [...sums].sort((a, b) => b[1][1] - a[1][1]).slice(0, 60);
  return el('details', {}, el('summary', {}, 'What the gas was charged for'), el('div', {class: 'slim'},
    table('Gas charges by kind', [['Charge'], ['Times', 'num'], ['Gas', 'num']], rows.map(([name, [times, gas]]) => [code(String(name).slice(0, 80)), count(times), count(gas)]))));
}

function event_rows(events) {
  return events.slice(0, 100).map((event, i) => el('div', {}, el('h3', {}, `Event ${i + 1} of `, address(event.Emitter ? `t0${event.Emitter}` : '')),
    el('div', {class: 'roll stacks'}, table(`Entries of event ${i + 1}`, [['Key'], ['Value', 'wide'], ['Codec', 'num']],
      (event.Entries ?? []).slice(0, 40).map(entry => [code(String(entry.Key).slice(0, 64)), entry_value(entry), `0x${Number(entry.Codec).toString(16)}`])))));
}
function entry_value(entry) {
  const data = format.from_base64(entry.Value);
  const shown = format.hex(data.slice(0, 128));
  return el('span', {class: 'mono'}, `0x${shown}${data.length > 128 ? ` … (${data.length} bytes)` : ''}`);
}

export function message(page) {
  const own = page.args.cid['/'];
  page.title('Message', '', el('span', {class: 'sub'}, cid(own, '', true)));

  page.section('Message', {
    needs: ['message'], may: ['found', 'tipset', 'finality', 'hash', 'receiver', 'codes', 'pending'],
    show: ({message, found, tipset, finality, hash, receiver, codes, pending}, errors) => {
      const kind = receiver && codes ? kind_of_code(receiver.Code, codes) : '';
      const waits = (pending ?? []).some(one => [cid_text(one.CID), cid_text(one.Message?.CID)].includes(own));
      const delegated = /^[ft]4/.test(message.From);
      const eth = typeof hash === 'string' ? hash : delegated ? null : format.digest_of(own);
      const replaced = found && cid_text(found.Message) !== own;
      return facts([
        ['Outcome', found ? found.Receipt.ExitCode === 0 ? badge('good', 'done') : badge('bad', `exit code ${found.Receipt.ExitCode}: ${meaning(found.Receipt.ExitCode)}`)
          : errors.found ? muted(`not known: ${errors.found.message}`) : waits ? badge('wait', 'waits in this node\'s pool') : badge('plain', 'not executed on the main chain')],
        replaced ? ['Replaced by', cid(found.Message, 'message'), 'the same nonce, executed instead'] : null,
        found ? ['Executed in', tipset ? tipset_link(tipset, `epoch ${format.count(found.Height)}`) : num(format.count(found.Height)), tipset ? time(tipset.Blocks[0].Timestamp, {both: true}) : null] : null,
        finality_row(found?.Height, finality),
        ['From', address(message.From, {full: true})],
        ['To', el('span', {}, address(message.To, {full: true}), kind ? muted(` ${kind_words[kind] ?? kind}`) : null)],
        ['Method', method(page, message.To, message.Method), message.Method > 1 ? `number ${message.Method}` : null],
        ['Value', amount(message.Value, {exact: true})],
        ['Nonce', count(message.Nonce)],
        ['Gas limit', count(message.GasLimit)],
        ['Ethereum hash', eth ? el('span', {class: 'name full'}, el('span', {class: 'mono'}, eth), copy_button(eth, 'hash'))
          : delegated ? muted(errors.hash?.absent ? 'this node does not have the method that computes it' : 'not known') : null],
      ]);
    },
  });

  page.section('Gas', {
    needs: ['message', 'found'], may: ['replay'], what: 'the gas breakdown', otherwise: 'The gas is known when the message is executed.',
    show: ({message, found, replay}, errors) => {
      if (!found) return null;
      return replay ? gas(message, replay) : failure(sentence_of(errors.replay, 'the gas breakdown'));
    },
  });

  page.section('Parameters and return', {
    needs: ['message'], may: ['params', 'returned', 'found'],
    show: ({message, params, returned, found}, errors) => {
      const result = found?.Receipt?.Return;
      const decoded = returned?.ReturnDec;
      return el('div', {class: 'split'},
        el('div', {}, el('h3', {}, 'Parameters'), !message.Params ? muted('none')
          : [errors.params ? failure(`They cannot be decoded: ${errors.params.message}`) : tree(params), bytes_view(message.Params)]),
        el('div', {}, el('h3', {}, 'Return'), !result ? muted(found ? 'none' : 'not executed')
          : [decoded !== null && decoded !== undefined ? tree(decoded) : muted('its form is not known'), bytes_view(result)]));
    },
  });

  page.section('Calls', {
    needs: ['found'], may: ['replay'], what: 'the tree of calls', otherwise: 'The calls are known when the message is executed.',
    show: ({found, replay}, errors) => {
      if (!found) return null;
      if (!replay) return failure(sentence_of(errors.replay, 'the tree of calls'));
      return [replay.Error ? failure(`The execution ended with: ${String(replay.Error).slice(0, 500)}`) : null,
        call_tree(page, replay.ExecutionTrace), charges(replay.ExecutionTrace)];
    },
  });

  page.section('Events', {
    needs: ['found'], may: ['events'], otherwise: 'The message emitted no event.',
    show: ({found, events}, errors) => {
      if (!found) return empty('Events are known when the message is executed.');
      if (!found.Receipt.EventsRoot) return null;
      if (errors.events) return failure(`The events cannot be read: ${errors.events.message}`);
      return event_rows(events ?? []);
    },
  });
}
