// Deals of the storage market, pieces, and data that this node serves.
import {cid_text, is} from '../check.js';
import {address, amount, badge, cid, el, empty, epoch, facts, failure, link, muted, num, table} from '../dom.js';
import * as format from '../format.js';

function state_of(deal, head) {
  const {Proposal: terms, State: state} = deal;
  if (state.SlashEpoch >= 0) return badge('bad', 'slashed');
  if (terms.EndEpoch <= head.Height) return badge('plain', 'ended');
  if (state.SectorStartEpoch >= 0) return badge('good', 'stored');
  return terms.StartEpoch <= head.Height ? badge('bad', 'not stored in time') : badge('wait', 'not proven yet');
}

/// The label of a deal: a CID of its data leads to that.
function label_view(label) {
  const text = String(label ?? '').slice(0, 256);
  return is.cid(text) ? cid(text, 'data') : text ? el('span', {class: 'value'}, text) : muted('none');
}

function deal_rows(deals, head, caption) {
  return el('div', {class: 'roll stacks'}, table(caption, [['Deal', 'num'], ['State'], ['Piece'], ['Size', 'num'], ['Client'], ['Provider'], ['Starts', 'num'], ['Ends', 'num'], ['Price per epoch', 'num']],
    deals.map(({item, value: deal}) => {
      const terms = deal.Proposal;
      return [
        link(`deal/${item}`, num(format.count(item))), state_of(deal, head), cid(terms.PieceCID, 'piece'), num(format.bytes(terms.PieceSize)), address(terms.Client),
        address(terms.Provider, {page: 'provider'}), num(format.count(terms.StartEpoch)), num(format.count(terms.EndEpoch)), amount(terms.StoragePricePerEpoch),
      ];
    })));
}

export function deals(page) {
  page.title('Deals');
  page.section('Newest deals', {
    needs: ['head', 'market', 'deals'], what: 'the list of deals', otherwise: 'No deal was made on this network yet.',
    show: ({head, market, deals: list}) => {
      const found = list.filter(one => one.value);
      if (!found.length) return null;
      return [el('p', {class: 'note'}, `${format.count(market.State.NextID)} deals were published so far; the newest are here, and the search finds the others by number. Deals that ended are no longer on the chain.`),
        deal_rows(found, head, 'The newest deals')];
    },
  });
}

export function deal(page) {
  const own = page.args.deal;
  page.title('Deal', format.count(own));
  page.section('Deal', {
    needs: ['deal', 'head'], what: 'the deal',
    show: ({deal, head}) => {
      const {Proposal: terms, State: state} = deal;
      const epochs = BigInt(Math.max(0, terms.EndEpoch - terms.StartEpoch));
      return facts([
        ['State', state_of(deal, head)],
        ['Piece', cid(terms.PieceCID, 'piece', true)],
        ['Size', num(format.bytes(terms.PieceSize)), 'padded'],
        ['Label', label_view(terms.Label)],
        ['Client', address(terms.Client, {copy: true})],
        ['Provider', address(terms.Provider, {page: 'provider', copy: true})],
        ['Sector', state.SectorStartEpoch >= 0 ? link(`provider/${terms.Provider}/sector/${state.SectorNumber}`, format.count(state.SectorNumber)) : null],
        ['Proven since', state.SectorStartEpoch >= 0 ? epoch(state.SectorStartEpoch) : null],
        ['Starts', num(format.count(terms.StartEpoch))],
        ['Ends', num(format.count(terms.EndEpoch))],
        ['Price per epoch', amount(terms.StoragePricePerEpoch, {exact: true})],
        ['Price in all', amount((format.big(terms.StoragePricePerEpoch) ?? 0n) * epochs, {exact: true})],
        ['Provider\'s collateral', amount(terms.ProviderCollateral, {exact: true})],
        ['Client\'s collateral', amount(terms.ClientCollateral, {exact: true})],
        ['Verified', terms.VerifiedDeal ? 'yes' : 'no'],
        state.SlashEpoch >= 0 ? ['Slashed', epoch(state.SlashEpoch)] : null,
      ]);
    },
  });
}

function held_view(held, path, name, words) {
  if (held.status === 200) {
    return [el('p', {}, badge('good', words), held.bytes === null ? '' : ` ${format.bytes(held.bytes)}.`),
      el('p', {}, el('a', {href: path, download: name}, 'Retrieve the piece'))];
  }
  if (held.status === 404) return empty('This node does not have it, or serves no data. The provider of a deal may: its page says where.');
  return failure(`This node's gateway answered with status ${held.status}.`);
}

export function piece(page) {
  const own = page.args.cid['/'];
  page.title('Piece', '', el('span', {class: 'sub'}, cid(own, '', true)));
  page.section('Retrieval', {needs: ['held'], what: 'the gateway\'s answer', show: ({held}) => held_view(held, `/piece/${own}`, `${own}.piece`, 'This node serves the piece.')});
  page.section('Deals', {
    needs: ['head', 'deals'], what: 'the list of deals', otherwise: 'None of the newest 100 deals is about this piece.',
    show: ({head, deals: list}) => {
      const found = list.filter(one => one.value && cid_text(one.value.Proposal.PieceCID) === own);
      return found.length ? [el('p', {class: 'note'}, 'Of the newest 100 deals on the chain.'), deal_rows(found, head, 'Deals about this piece')] : null;
    },
  });
}

export function data(page) {
  const own = page.args.cid['/'];
  page.title('Data', '', el('span', {class: 'sub'}, cid(own, '', true)));
  page.section('Retrieval', {
    needs: ['held'], what: 'the gateway\'s answer',
    show: ({held}) => {
      if (held.status !== 200) return held_view(held, '', '', '');
      return [el('p', {}, badge('good', 'This node serves the data.')),
        el('ul', {}, el('li', {}, el('a', {href: `/ipfs/${own}?format=car`, download: `${own}.car`}, 'Retrieve all of it as a CAR')),
          el('li', {}, el('a', {href: `/ipfs/${own}?format=raw`, download: `${own}.bin`}, 'Retrieve the first block')))];
    },
  });
}
