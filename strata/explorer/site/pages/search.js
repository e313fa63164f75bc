// What a text in the search box can mean. One meaning opens its page at once.
import {cid_text, is} from '../check.js';
import {el, empty, link} from '../dom.js';
import * as format from '../format.js';
import {path_for} from '../search.js';

async function meanings(page, text) {
  const value = async name => (await page.facts.get(name)).value;
  if (is.number(text)) {
    const number = Number(text);
    const [head, deal] = [await value('head'), await value('deal')];
    const prefix = String(head?.Blocks?.[0]?.Miner).startsWith('f') ? 'f' : 't';
    return [
      head && number <= head.Height ? [`height/${number}`, `Epoch ${format.count(number)}`, 'a tipset, or a null round'] : null,
      deal ? [`deal/${number}`, `Deal ${format.count(number)}`, 'of the storage market'] : null,
      [`address/${prefix}0${number}`, `Address ${prefix}0${number}`, 'an actor with this ID, if there is one'],
    ];
  }
  if (is.cid(text)) {
    const [block, message, object] = [await value('block'), await value('message'), await value('object')];
    return [
      block ? [`block/${text}`, 'Block', `of epoch ${format.count(block.Height)}`] : null,
      message ? [`message/${text}`, 'Message', 'on the chain or in the pool'] : null,
      text.startsWith('baga') ? [`piece/${text}`, 'Piece', 'of a deal'] : null,
      !block && !message && !text.startsWith('baga') ? [`data/${text}`, 'Data', object ? 'this node has a block with this CID' : 'of a file'] : null,
    ];
  }
  if (is.address(text)) return [[`address/${text}`, 'Address', '']];
  if (is.eth(text)) {
    const address = await value('address');
    return [address && is.address(address) ? [`address/${address}`, 'Address', address] : null];
  }
  if (is.hash(text)) {
    const cid = cid_text(await value('hashed')) || format.cid_of_digest(text);
    try {
      await page.asker.ask('ChainGetMessage', [{'/': cid}]);
      return [[`message/${cid}`, 'Message', cid]];
    } catch {
      try {
        await page.asker.ask('ChainGetBlock', [{'/': cid}]);
        return [[`block/${cid}`, 'Block', cid]];
      } catch {
        return [];
      }
    }
  }
  return [];
}

export function search(page) {
  const text = page.args.q;
  page.title('Search', '', el('span', {class: 'sub mono'}, text));
  document.getElementById('q').value = text;
  const direct = path_for(text);
  if (!direct.startsWith('search')) return page.go(direct, {replace: true});
  page.section('What this can be', {
    needs: [], may: ['head'],
    show: () => {
      const list = el('div', {}, empty('Looking …'));
      meanings(page, text).then(found => {
        found = found.filter(Boolean);
        if (found.length === 1 && !is.number(text)) return page.go(found[0][0], {replace: true});
        list.replaceChildren(found.length
          ? el('ul', {class: 'found'}, found.map(([path, name, note]) => el('li', {}, link(path, name), note ? el('span', {class: 'muted'}, ` ${note}`) : null)))
          : empty(text ? 'Nothing on this chain has that name. The search knows heights, CIDs of blocks, messages and pieces, addresses that begin with f, t or 0x, transaction hashes, numbers of deals, and sectors such as t01000/5.'
            : 'Write a height, a CID, an address or the number of a deal into the box above.'));
      });
      return list;
    },
  });
}
