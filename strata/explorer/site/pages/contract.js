// One contract: its code, a slot of its storage, its functions that only read, its logs.
import {is} from '../check.js';
import * as abi from '../abi.js';
import {cid, copy_button, count, el, empty, facts, failure, link, table} from '../dom.js';
import * as format from '../format.js';
import {actor_facts} from './address.js';

const kInvoke = 3844450837;  // InvokeContract; docs/protocol/node.md §29
const kMostCode = 20_000;  // letters shown
const kMostLogs = 200;

const absent = method => `This node does not have ${method}, so it cannot be shown here. A node with the Ethereum API shows it.`;

/// A CBOR byte string around data (RFC 8949 §3.1).
function byte_string(data) {
  const length = data.length;
  const head = length < 24 ? [0x40 + length] : length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255];
  return Uint8Array.from([...head, ...data]);
}
function inside_byte_string(data) {
  const skip = data[0] < 0x58 ? 1 : data[0] === 0x58 ? 2 : data[0] === 0x59 ? 3 : 5;
  return data.slice(skip);
}

/// Reads from a contract: by eth_call, or, where the node lacks it, by Filecoin's StateCall. Returns the bytes.
async function call(page, eth, filecoin, data) {
  try {
    const answer = await page.asker.ask('eth_call', [{to: eth, data: `0x${format.hex(data)}`}, 'latest']);
    return format.from_hex(String(answer));
  } catch (error) {
    if (!error.absent) throw error;
  }
  const result = await page.asker.ask('StateCall', [{
    Version: 0, To: filecoin, From: filecoin.replace(/^(.).*/, '$100'), Nonce: 0, Value: '0', GasLimit: 0, GasFeeCap: '0', GasPremium: '0',
    Method: kInvoke, Params: format.to_base64(byte_string(data)),
  }, null]);
  const returned = format.from_base64(result.MsgRct.Return);
  const inside = returned.length ? inside_byte_string(returned) : returned;
  if (result.MsgRct.ExitCode !== 0) {
    throw new Error(`The contract refused (exit code ${result.MsgRct.ExitCode}): ${abi.revert_reason(inside)}.`);
  }
  return inside;
}

function storage_form(page, eth) {
  const output = el('div', {role: 'status'});
  const input = el('input', {name: 'slot', value: '0x0', maxlength: '66', size: '24', spellcheck: 'false', autocomplete: 'off'});
  const form = el('form', {class: 'form'}, el('label', {}, 'Slot, decimal or 0x…', input), el('button', {type: 'submit'}, 'Read the slot'));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    let slot;
    try {
      slot = BigInt(input.value.trim());
      if (slot < 0n || slot >> 256n) throw new Error();
    } catch {
      return output.replaceChildren(failure('Expected a number from 0 to 2^256 − 1, decimal or 0x….'));
    }
    output.replaceChildren(empty('Loading …'));
    try {
      const value = String(await page.asker.ask('eth_getStorageAt', [eth, `0x${slot.toString(16)}`, 'latest']));
      if (!/^0x[0-9a-fA-F]{1,64}$/.test(value)) throw new Error('the answer is not a word of 32 bytes');
      output.replaceChildren(facts([['Value', el('span', {class: 'name full'}, el('span', {class: 'mono'}, value), copy_button(value, 'value'))], ['As a number', count(value)]]));
    } catch (error) {
      output.replaceChildren(failure(error.absent ? absent('eth_getStorageAt') : `The slot cannot be read: ${error.message}`));
    }
  });
  return [form, output];
}

function value_view(value) {
  if (Array.isArray(value)) return el('ol', {class: 'values'}, value.slice(0, 200).map(one => el('li', {}, value_view(one))));
  return el('span', {class: 'mono value'}, value === '' ? '""' : value.slice(0, 4000));
}

function function_form(page, eth, filecoin, called) {
  const output = el('div', {role: 'status'});
  const inputs = called.inputs.map((type, i) => el('input', {name: `input-${i}`, maxlength: '4000', spellcheck: 'false', autocomplete: 'off', placeholder: type.name}));
  const form = el('form', {class: 'form'},
    called.inputs.map((type, i) => el('label', {class: 'grow'}, `${type.label || `input ${i + 1}`} (${type.name})`, inputs[i])),
    el('button', {type: 'submit', 'aria-label': `Read ${called.name}`}, 'Read'));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    output.replaceChildren(empty('Loading …'));
    try {
      const data = await call(page, eth, filecoin, abi.encode_call(called, inputs.map(input => input.value)));
      const values = abi.decode(called.outputs, data);
      output.replaceChildren(values.length ? facts(values.map((one, i) => [one.name || `value ${i + 1}`, value_view(one.value), one.type])) : empty('The function returned nothing.'));
    } catch (error) {
      output.replaceChildren(failure(error.message));
    }
  });
  return el('div', {class: 'function'}, el('h3', {class: 'mono'}, called.signature), form, output);
}

function functions_form(page, eth, filecoin) {
  const list = el('div', {});
  const text = el('textarea', {name: 'abi', spellcheck: 'false', placeholder: '[{"type":"function","name":"totalSupply", …}]', 'aria-describedby': 'abi-help'});
  const show = () => {
    let functions;
    try {
      functions = abi.parse_abi(text.value);
    } catch (error) {
      return list.replaceChildren(failure(error.message));
    }
    list.replaceChildren(...(functions.length ? functions.map(one => function_form(page, eth, filecoin, one)) : [empty('This ABI has no function that only reads.')]));
  };
  const form = el('form', {}, el('label', {}, 'ABI of the contract', text),
    el('p', {class: 'note', id: 'abi-help'}, 'Paste what the compiler wrote. It stays in this page; only functions that change nothing are offered.'),
    el('button', {type: 'submit'}, 'Show the functions'));
  form.addEventListener('submit', event => {
    event.preventDefault();
    show();
  });
  return [form, list];
}

function logs_form(page, eth, head) {
  const output = el('div', {role: 'status'});
  const from = el('input', {name: 'from', inputmode: 'numeric', value: String(Math.max(0, head.Height - 2000)), size: '10'});
  const to = el('input', {name: 'to', inputmode: 'numeric', value: String(head.Height), size: '10'});
  const form = el('form', {class: 'form'}, el('label', {}, 'From epoch', from), el('label', {}, 'to epoch', to), el('button', {type: 'submit'}, 'Find logs'));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (![from.value, to.value].every(is.number)) return output.replaceChildren(failure('Expected two heights.'));
    output.replaceChildren(empty('Loading …'));
    try {
      const tag = input => `0x${Number(input.value).toString(16)}`;
      // What the newest tipset's messages do is known with the next one; "latest" is the last one that is known.
      const upper = Number(to.value) >= head.Height ? 'latest' : tag(to);
      const logs = await page.asker.ask('eth_getLogs', [{address: eth, fromBlock: tag(from), toBlock: upper}]) ?? [];
      if (!logs.length) return output.replaceChildren(empty('The contract emitted no log in these epochs.'));
      output.replaceChildren(
        logs.length > kMostLogs ? el('p', {class: 'note'}, `The last ${kMostLogs} of ${format.count(logs.length)} logs.`) : '',
        el('div', {class: 'roll stacks'}, table('Logs of the contract', [['Epoch', 'num'], ['Transaction'], ['Topics'], ['Data', 'wide']],
          logs.slice(-kMostLogs).reverse().map(log => [
            link(`height/${Number(log.blockNumber)}`, count(log.blockNumber)),
            is.hash(log.transactionHash) ? link(`search?q=${log.transactionHash}`, el('span', {class: 'mono'}, format.shortened(log.transactionHash))) : '',
            el('div', {}, (log.topics ?? []).slice(0, 4).map(topic => el('div', {class: 'mono', title: String(topic).slice(0, 66)}, format.shortened(String(topic).slice(0, 66), 10, 8)))),
            el('span', {class: 'mono'}, format.shortened(String(log.data).slice(0, 4000), 40, 8)),
          ]))));
    } catch (error) {
      output.replaceChildren(failure(error.absent ? `${absent('eth_getLogs')} The events of one message are on its page.` : `The logs cannot be read: ${error.message}`));
    }
  });
  return [form, output];
}

export function contract(page) {
  const own = page.args.address;
  page.title('Contract', '', el('span', {class: 'sub mono'}, own, copy_button(own, 'address')));
  page.section('Actor', {
    needs: ['actor'], may: ['id', 'eth', 'codes', 'state'],
    what: 'the actor',
    show: ({actor, id, eth, codes, state}) => [actor_facts({actor, id, robust: actor.DelegatedAddress, eth, codes}),
      state?.State?.Tombstone ? failure('This contract has destroyed itself.') : null,
      el('p', {class: 'note'}, link(`address/${own}`, 'Messages and state of this actor'))],
  });
  page.section('Read a function', {needs: ['masked'], may: ['eth'], what: 'the contract', show: ({masked, eth}) => functions_form(page, eth ?? masked, own)});
  page.section('Storage', {needs: ['masked'], may: ['eth'], show: ({masked, eth}) => storage_form(page, eth ?? masked)});
  page.section('Logs', {needs: ['head', 'masked'], may: ['eth'], show: ({head, masked, eth}) => logs_form(page, eth ?? masked, head)});
  page.section('Code', {
    needs: ['code'], may: ['state'], what: 'the code', otherwise: 'This address has no code.',
    show: ({code, state}) => {
      const text = String(code ?? '');
      if (text.length <= 2) return null;
      const hash = state?.State?.BytecodeHash;
      return [facts([
        ['Size', `${format.count((text.length - 2) / 2)} bytes`],
        ['Hash', Array.isArray(hash) ? el('span', {class: 'mono'}, `0x${format.hex(hash.slice(0, 32))}`) : null, 'keccak-256'],
        ['Block', cid(state?.State?.Bytecode)],
      ]), el('details', {}, el('summary', {}, 'Show the code'), el('pre', {tabindex: '0'}, text.slice(0, kMostCode), text.length > kMostCode ? ' …' : ''))];
    },
  });
}
