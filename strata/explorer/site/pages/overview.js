// The head, how far the chain is final, and the newest epochs.
import {amount, badge, cid, count, el, epoch, muted, num, table, time, tipset, address} from '../dom.js';
import {cid_text} from '../check.js';
import {plot} from '../chart.js';
import * as format from '../format.js';

const kFinality = 900;  // epochs; docs/protocol/node.md §10
const kShown = 20;

const blocks = tipset => tipset?.Blocks ?? [];
const wins_of = tipset => blocks(tipset).reduce((sum, block) => sum + (Number(block.ElectionProof?.WinCount) || 0), 0);
const timestamp = tipset => blocks(tipset)[0]?.Timestamp;

/// The epochs from the newest down, each with its tipset or null for a null round.
export function epochs_of(tipsets, most) {
  const known = new Map(tipsets.map(one => [one.Height, one]));
  const heights = [...known.keys()];
  const highest = Math.max(...heights), lowest = Math.min(...heights);
  const out = [];
  for (let height = highest; height >= lowest && out.length < most; --height) out.push({height, tipset: known.get(height) ?? null});
  return out;
}

export const tipsets_of = path => (path ?? []).filter(one => one?.Type === 'apply').map(one => one.Val);

function figures(rows) {
  return el('dl', {class: 'figures'}, rows.filter(Boolean).map(([name, value, note]) =>
    el('div', {}, el('dt', {}, name), el('dd', {}, value, note ? el('div', {class: 'note'}, note) : null))));
}

function head_figures(head, {params, genesis, status, pending, power, supply, path, start: below}) {
  const delay = params?.BlockDelaySecs;
  const start = timestamp(genesis);
  const due = delay && start ? start + delay * head.Height : null;
  const waits = status?.WaitsFor;
  const seen = epochs_of([...(below ? [below] : []), ...tipsets_of(path), head], 41);
  const nulls = String(seen.filter(one => !one.tipset).length);
  return figures([
    ['Head', epoch(head.Height), time(timestamp(head) ?? due)],
    ['Base fee', amount(blocks(head)[0]?.ParentBaseFee), 'for each unit of gas'],
    ['Blocks in the head', count(blocks(head).length), `${wins_of(head)} ${wins_of(head) === 1 ? 'win' : 'wins'}`],
    pending && ['Messages waiting', el('a', {href: '/explorer/pool'}, count(pending.length)), 'in this node\'s pool'],
    power?.State && ['Power of the network', num(format.bytes(power.State.TotalQualityAdjPower ?? power.State.ThisEpochQualityAdjPower)), 'adjusted by quality'],
    supply?.FilCirculating && ['Circulating', amount(supply.FilCirculating), 'FIL that can be spent'],
    ['Null rounds', num(nulls), `of the newest ${seen.length} epochs`],
    status && ['This node', waits ? badge('wait', 'waits') : badge('good', 'ready'), waits || `epoch ${format.count(status.Epoch)}${status.Peers === null ? '' : `, ${format.count(status.Peers)} peers`}`],
  ]);
}

function finality_bar(head, finality) {
  const final = finality.finalizedTipSet;
  const depth = head.Height - (final?.Height ?? 0);
  const f3 = finality.f3FinalizedTipSet, calculated = finality.ecFinalizedTipSet;
  const which = f3 ? 'F3 certificates' : calculated ? 'the probability of a reorganization (FRC-0089)' : `${kFinality} epochs, since this node has no certificates of F3`;
  const part = Math.min(100, depth / kFinality * 100);
  return el('div', {},
    el('p', {}, 'Final up to epoch ', tipset(final, format.count(final?.Height)), `, ${format.count(depth)} epochs below the head. The rule is ${which}. `,
      final?.Height === 0 ? 'The chain is younger than that, so only genesis is final.' : ''),
    el('div', {class: 'bars', 'aria-hidden': 'true'}, bar_part(part)),
    el('p', {class: 'note'}, `The bar shows the epochs that are not final yet: ${format.count(Math.min(depth, kFinality))} of ${kFinality}.`));
}
function bar_part(part) {
  const out = el('span', {class: 'bar-part'});
  out.style.width = `${part}%`;
  out.style.background = 'var(--accent)';
  return out;
}

function epoch_rows(tipsets, fresh = new Set()) {
  const shown = epochs_of(tipsets, kShown);
  return table('The newest epochs', [['Epoch', 'num'], ['Time'], ['Blocks', 'num'], ['Wins', 'num extra'], ['Base fee', 'num extra'], ['Made by']],
    shown.map(({height, tipset: one}) => {
      if (!one) return [epoch(height), muted('null round'), '', '', '', ''];
      const made = blocks(one);
      return [
        tipset(one, num(format.count(height))), time(timestamp(one)), count(made.length),
        num(String(wins_of(one))),
        amount(made[0]?.ParentBaseFee), makers(made),
      ];
    }));
}
function makers(made) {
  const shown = made.slice(0, 4).flatMap((block, i) => [i ? ', ' : '', address(block.Miner, {page: 'provider'})]);
  return el('span', {}, shown, made.length > 4 ? muted(` and ${made.length - 4} more`) : null);
}

export function overview(page) {
  page.title('Overview');
  let tipsets = [];
  page.section('Head of the chain', {
    needs: ['head'], may: ['params', 'genesis', 'status', 'pending', 'power', 'supply', 'path', 'start'], what: 'the head',
    show: ({head, ...rest}) => {
      const box = el('div', {}, head_figures(head, rest));
      page.head_box = {box, rest};
      return box;
    },
  });
  page.section('Finality', {needs: ['head', 'finality'], show: ({head, finality}) => finality_bar(head, finality)});
  page.section('Newest epochs', {
    needs: ['head', 'path'], may: ['start'], what: 'the list of epochs',
    show: ({head, path, start}) => {
      tipsets = [...(start ? [start] : []), ...tipsets_of(path)];
      if (!tipsets.length) tipsets = [head];
      const chart = el('div', {});
      const box = el('div', {class: 'slim'}, epoch_rows(tipsets));
      const draw = () => {
        const shown = epochs_of(tipsets, 41).reverse();
        chart.replaceChildren(plot({
          title: 'Blocks in each epoch', unit: 'Blocks', kind: 'columns', size: 'wide',
          points: shown.map(({height, tipset: one}) => ({
            epoch: height, value: blocks(one).length, gap: !one,
            text: one ? `${blocks(one).length} ${blocks(one).length === 1 ? 'block' : 'blocks'}` : 'null round',
          })),
        }) ?? '');
      };
      draw();
      page.list_box = {box, draw};
      return [chart, box];
    },
  });
  page.section('Network', {
    needs: ['params'], may: ['name', 'version', 'network', 'genesis'],
    show: ({params, name, version, network, genesis}) => el('dl', {class: 'facts'}, [
      ['Name', String(name ?? '')], ['Network version', String(network ?? '')],
      ['An epoch lasts', format.duration(params.BlockDelaySecs)],
      ['Ethereum chain ID', String(params.Eip155ChainID ?? '')],
      ['Genesis', el('span', {}, cid(genesis?.Cids?.[0], 'block'), ' ', time(timestamp(genesis)))],
      ['Program', version?.Version ?? ''],
    ].filter(row => row[1]).map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value)))),
  });

  // A new head comes in front; what it reverts is asked for again with the page.
  page.on_head = news => {
    if (!page.list_box || !tipsets.length) return;
    const top = tipsets.at(-1);
    if (news.Cids.map(cid_text).join() === top.Cids.map(cid_text).join()) return;
    const parents = (blocks(news)[0]?.Parents ?? []).map(cid_text).join();
    const at = tipsets.findLastIndex(one => one.Cids.map(cid_text).join() === parents);
    if (at < 0) return page.go('', {replace: true});
    tipsets = [...tipsets.slice(0, at + 1), news].slice(-60);
    const rows = epoch_rows(tipsets);
    rows.querySelector('tbody tr')?.classList.add('fresh');
    page.list_box.box.replaceChildren(rows);
    page.list_box.draw();
    if (page.head_box) {
      const path = tipsets.map(one => ({Type: 'apply', Val: one}));
      page.head_box.box.replaceChildren(head_figures(news, {...page.head_box.rest, path, start: null}));
    }
  };
}
