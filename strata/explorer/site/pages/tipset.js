// One epoch: its blocks, and its messages with what became of them.
import {cid_text} from '../check.js';
import {address, amount, badge, cid, count, el, empty, facts, link, num, table, time, tipset as tipset_link} from '../dom.js';
import {finality_row} from '../finality.js';
import * as format from '../format.js';
import {messages} from '../messages.js';

const key = tipset => (tipset?.Cids ?? []).map(cid_text).join();

export function turn(height) {
  return el('nav', {class: 'turn', 'aria-label': 'Epochs beside this one'},
    height > 0 ? link(`height/${height - 1}`, `← ${format.count(height - 1)}`) : null, link(`height/${height + 1}`, `${format.count(height + 1)} →`));
}

export function tipset(page) {
  const wanted = page.args.height;
  const by_height = wanted !== undefined;
  if (by_height) page.title('Epoch', format.count(wanted), turn(wanted));
  else page.title('Tipset');

  page.section('Tipset', {
    needs: ['tipset'], may: ['next', 'head', 'finality'],
    what: by_height && 'the tipset of this epoch',
    show: ({tipset, next, head, finality}, errors) => {
      if (!by_height) page.title('Epoch', format.count(tipset.Height), turn(tipset.Height));
      if (by_height && tipset.Height !== wanted) {
        return [el('p', {}, badge('wait', 'null round'), ` Epoch ${format.count(wanted)} has no block: nobody won it, or no winner made a block in time.`),
          el('p', {}, 'The last tipset before it is that of epoch ', tipset_link(tipset, format.count(tipset.Height)), '.')];
      }
      const first = tipset.Blocks[0];
      const follows = next && (next.Blocks[0]?.Parents ?? []).map(cid_text).join() === key(tipset);
      const on_chain = tipset.Height === head?.Height ? key(tipset) === key(head) : follows;
      return facts([
        ['Epoch', num(format.count(tipset.Height))],
        ['Time', time(first.Timestamp, {both: true})],
        ['State', errors.head ? null : on_chain ? badge('good', 'on the main chain') : badge('bad', 'not on the main chain')],
        on_chain ? finality_row(tipset.Height, finality) : null,
        ['Executed by', follows ? tipset_link(next, `epoch ${format.count(next.Height)}`)
          : on_chain ? 'no tipset yet: receipts come with the next one' : 'no tipset of the main chain'],
        ['Parents', tipset.Height === 0 ? 'none, this is genesis' : link(`tipset/${first.Parents.map(cid_text).join()}`, `${format.count(first.Parents.length)} ${first.Parents.length === 1 ? 'block' : 'blocks'}`)],
        ['Base fee', amount(first.ParentBaseFee)],
        ['Weight', num(format.count(first.ParentWeight)), 'of its parents'],
        ['State root', cid(first.ParentStateRoot), 'after its parents'],
      ]);
    },
  });

  page.section('Blocks', {
    needs: ['tipset'], what: 'the list of blocks',
    show: ({tipset}) => {
      if (by_height && tipset.Height !== wanted) return false;
      return el('div', {class: 'roll stacks'}, table('The blocks of this tipset', [['Block'], ['Made by'], ['Wins', 'num'], ['Ticket']],
        tipset.Blocks.map((block, i) => [
          cid(tipset.Cids[i], 'block'), address(block.Miner, {page: 'provider'}), count(block.ElectionProof?.WinCount ?? 0),
          el('span', {class: 'mono muted'}, format.shortened(format.hex(format.from_base64(block.Ticket?.VRFProof).slice(0, 32)), 8, 4)),
        ])));
    },
  });

  page.section('Messages', {
    needs: ['tipset', 'messages'], may: ['next', 'executed', 'receipts'], what: 'the list of messages',
    otherwise: 'No message is in this tipset.',
    show: ({tipset, messages: list, next, executed, receipts}) => {
      if (by_height && tipset.Height !== wanted) return false;
      if (!list?.length) return null;
      const follows = next && (next.Blocks[0]?.Parents ?? []).map(cid_text).join() === key(tipset);
      const known = new Map(follows && executed && receipts ? executed.map((one, i) => [cid_text(one.Cid), receipts[i]]) : []);
      const used = [...known.values()].reduce((sum, receipt) => sum + (receipt?.GasUsed ?? 0), 0);
      return [
        known.size ? el('p', {class: 'note'}, `${format.count(list.length)} ${list.length === 1 ? 'message' : 'messages'} used ${format.count(used)} gas.`)
          : empty(next ? 'No tipset of the main chain executed these messages from here.' : 'These messages are executed by the next tipset, which is not here yet.'),
        messages(page, 'The messages of this tipset', list.map(one => ({
          cid: one.Cid, message: one.Message, receipt: known.size ? known.get(cid_text(one.Cid)) ?? null : undefined,
        }))),
      ];
    },
  });
}
