// One block: its header, its maker's reward, its messages.
import {cid_text} from '../check.js';
import {address, amount, badge, cid, count, el, facts, link, num, time, tipset as tipset_link} from '../dom.js';
import * as format from '../format.js';
import {messages} from '../messages.js';

const kExpectedLeaders = 5n;  // docs/protocol/node.md §11

const bytes_of = text => format.from_base64(text);
const short_hex = text => el('span', {class: 'mono muted'}, format.shortened(format.hex(bytes_of(text)), 12, 8), ` (${bytes_of(text).length} bytes)`);

export function block(page) {
  const own = page.args.cid['/'];
  page.title('Block', '', el('span', {class: 'sub'}, cid(own, '', true)));
  page.section('Header', {
    needs: ['block'], may: ['tipset', 'reward'], what: 'the block',
    show: ({block, tipset, reward}) => {
      const on_chain = tipset && tipset.Cids.some(one => cid_text(one) === own);
      const wins = block.ElectionProof?.WinCount ?? 0;
      const each = format.big(reward?.State?.ThisEpochReward);
      return facts([
        ['Epoch', on_chain ? tipset_link(tipset, num(format.count(block.Height))) : link(`height/${block.Height}`, num(format.count(block.Height)))],
        ['Time', time(block.Timestamp, {both: true})],
        ['State', tipset ? on_chain ? badge('good', 'on the main chain') : badge('bad', 'not on the main chain') : null],
        ['Made by', address(block.Miner, {page: 'provider', copy: true})],
        ['Wins', count(wins), 'elections won in this epoch'],
        each !== null ? ['Block reward', amount(each * BigInt(wins) / kExpectedLeaders, {exact: true}), 'about: the reward of the parents\' state, without tips'] : null,
        ['Parents', block.Height === 0 ? 'none, this is genesis' : link(`tipset/${block.Parents.map(cid_text).join()}`, `${block.Parents.length} ${block.Parents.length === 1 ? 'block' : 'blocks'}`)],
        ['Base fee', amount(block.ParentBaseFee)],
        ['Weight', num(format.count(block.ParentWeight)), 'of its parents'],
        ['State root', cid(block.ParentStateRoot), 'after its parents'],
        ['Receipts', cid(block.ParentMessageReceipts), 'of its parents'],
        ['Messages root', cid(block.Messages)],
        ['Beacon rounds', block.BeaconEntries?.length ? block.BeaconEntries.map(one => format.count(one.Round)).join(', ') : 'none'],
        ['Winning proofs', count(block.WinPoStProof?.length ?? 0)],
        ['Ticket', block.Ticket ? short_hex(block.Ticket.VRFProof) : null],
        ['Signature', block.BlockSig ? short_hex(block.BlockSig.Data) : null],
        ['Fork signal', count(block.ForkSignaling)],
      ]);
    },
  });
  page.section('Messages', {
    needs: ['messages'], what: 'the list of messages', otherwise: 'No message is in this block.',
    show: ({messages: found}) => {
      const bls = found.BlsMessages ?? [], secp = found.SecpkMessages ?? [];
      const rows = [...bls.map(message => [message.CID, message]), ...secp.map(one => [one.CID, one.Message])];
      if (!rows.length) return null;
      return [el('p', {class: 'note'}, `${format.count(bls.length)} with BLS signatures, ${format.count(secp.length)} with others.`),
        messages(page, 'The messages of this block', rows.map(([name, message]) => ({cid: name, message})))];
    },
  });
}
