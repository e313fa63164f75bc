// The pipeline of this node's own provider. Only its owner sees it: with a token, which stays in this tab.
import {address, amount, badge, cid, count, el, empty, epoch, failure, link, muted, num, table} from '../dom.js';
import * as format from '../format.js';
import {read_metrics} from '../metrics.js';

function token_form(page, sentence) {
  const input = el('input', {name: 'token', type: 'password', autocomplete: 'off', maxlength: '2000', spellcheck: 'false'});
  const form = el('form', {class: 'form'}, el('label', {class: 'grow'}, 'Token of this node', input), el('button', {type: 'submit'}, 'Show the pipeline'));
  form.addEventListener('submit', event => {
    event.preventDefault();
    sessionStorage.setItem('token', input.value.trim());
    page.go('pipeline', {replace: true});
  });
  return [el('p', {}, sentence), form,
    el('p', {class: 'note'}, 'The file "token" in the node\'s folder has one; "strata auth token --perm admin" makes one. It is kept in this tab only, and forgotten when the tab is closed.')];
}

const kKinds = {Proving: 'good', Failed: 'bad', Moved: 'plain', Ended: 'plain'};
/// "PreCommit1" as "pre commit 1".
const words = state => String(state).slice(0, 40).replace(/(?<=[a-z])(?=[A-Z0-9])/g, ' ').toLowerCase();

function sectors_view(pipeline) {
  const sectors = pipeline.Sectors ?? [];
  if (!sectors.length) return empty('This provider has no sector yet.');
  return el('div', {class: 'roll stacks'}, table('Sectors of this provider', [['Sector', 'num'], ['State'], ['Pieces', 'num'], ['Expires', 'num'], ['Waits for'], ['Last failure', 'wide']],
    sectors.slice(0, 500).map(sector => [
      link(`provider/${pipeline.Miner}/sector/${sector.Sector}`, num(format.count(sector.Sector))), badge(kKinds[sector.State] ?? 'wait', words(sector.State)),
      count(sector.Pieces?.length ?? 0), sector.Expiration > 0 ? num(format.count(sector.Expiration)) : '', sector.Message ? cid(sector.Message, 'message') : muted('nothing'),
      String(sector.Reason ?? '').slice(0, 300) || muted('none'),
    ])));
}

export function pipeline(page) {
  page.title('Pipeline');
  page.section('Sectors', {
    needs: [], may: ['pipeline'],
    aside: sessionStorage.getItem('token') ? el('button', {type: 'button', class: 'plain', onclick: () => {
      sessionStorage.removeItem('token');
      page.go('pipeline', {replace: true});
    }}, 'Forget the token') : null,
    show: ({pipeline: found}, {pipeline: error}) => {
      if (error?.code === 401 && !sessionStorage.getItem('token')) return token_form(page, 'What this provider works on is for its owner. Give a token that has the permission "admin".');
      if (error?.code === 401 || error?.code === 403) return token_form(page, `The node refused the token: ${error.message}.`);
      if (error?.code === 404) return empty('This node has no storage provider, so it has no pipeline. Open the explorer of a provider\'s node.');
      if (error) return failure(`The pipeline cannot be shown. The node says: ${error.message}`);
      return [el('p', {class: 'note'}, 'Provider ', address(found.Miner, {page: 'provider'}), `, as of its last work; ${format.count(found.Sectors?.length ?? 0)} sectors.`), sectors_view(found)];
    },
  });
  page.section('Deals in work', {
    needs: ['deals'], what: 'the list of deals', hide: true, otherwise: 'This provider has taken no deal yet.',
    show: ({deals}) => (Array.isArray(deals) && deals.length ? el('div', {class: 'roll stacks'}, table('Deals that this provider took', [['Proposal'], ['Stage'], ['Since', 'num'], ['Deal', 'num'], ['Sector', 'num'], ['Piece'], ['Data', 'num'], ['Price per epoch', 'num'], ['Failure']],
      deals.slice(-300).reverse().map(deal => [
        cid(deal.Proposal), badge(deal.Stage === 'active' ? 'good' : deal.Failure ? 'bad' : 'wait', words(deal.Stage)), epoch(deal.Since),
        deal.DealID === null ? '' : link(`deal/${deal.DealID}`, format.count(deal.DealID)), deal.Sector === null ? '' : link(`provider/${deal.Provider}/sector/${deal.Sector}`, format.count(deal.Sector)),
        cid(deal.PieceCID, 'piece'), num(format.bytes(deal.DataSize)), amount(deal.StoragePricePerEpoch), String(deal.Failure ?? '').slice(0, 200) || muted('none'),
      ]))) : null),
  });
  page.section('Sectors by state', {
    needs: ['metrics'], what: 'the metrics of this node', otherwise: 'This node counts no sectors.',
    show: ({metrics}) => {
      const rows = read_metrics(metrics).filter(one => one.name === 'strata_sectors' && one.value > 0);
      if (!rows.length) return null;
      return el('div', {class: 'slim'}, table('Sectors by state', [['State'], ['Sectors', 'num']], rows.map(one => [words(one.labels.state), count(one.value)])));
    },
  });
}
