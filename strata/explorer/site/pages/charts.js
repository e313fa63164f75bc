// How the chain went: base fee, blocks, gas and power over epochs, and how long this node works on a block.
import {el, link, num, table} from '../dom.js';
import {axes, plot, spread} from '../chart.js';
import * as format from '../format.js';
import {histogram, read_metrics} from '../metrics.js';
import {epochs_of, tipsets_of} from './overview.js';

const kSpans = [60, 120, 480];

function durations(metrics, name, title) {
  const all = histogram(metrics, name);
  const total = all.reduce((sum, one) => sum + one.count, 0);
  if (!total) return null;
  const shown = all.filter(one => one.count);
  return el('div', {class: 'slim'}, table(title, [['Up to', 'num'], ['Times', 'num'], ['Share', 'num']], shown.map(one => [
    Number.isFinite(one.le) ? `${one.le < 1 ? `${one.le * 1000} ms` : `${one.le} s`}` : 'longer', num(format.count(one.count)), num(format.percent(one.count, total))]), {shown: true}));
}

const bound = le => Number.isFinite(le) ? (le < 1 ? `${le * 1000} ms` : le < 120 ? `${le} s` : `${le / 60} min`) : 'longer';
const buckets_of = (metrics, name, where) => histogram(metrics, name, where).map(({le, count}) => ({label: bound(le), count}));
const kSteps = {pre_commit_1: 'Layers (PreCommit1)', pre_commit_2: 'Trees (PreCommit2)', commit: 'Proof (Commit)'};

export function charts(page) {
  const span = page.args.epochs;
  page.title('Charts', '', el('nav', {class: 'turn choice', 'aria-label': 'Epochs in the plots'},
    kSpans.map(one => {
      const out = link(`charts?epochs=${one}`, `${one} epochs`);
      if (one === span) out.setAttribute('aria-current', 'true');
      return out;
    })));
  page.main.classList.add('two');
  page.at_end(() => page.main.classList.remove('two'));
  const few = 'The chain is too short for a plot.';
  const list = (path, start) => [...(start ? [start] : []), ...tipsets_of(path)];

  page.section('Base fee', {
    needs: ['path'], may: ['start'], otherwise: few,
    show: ({path, start}) => plot({
      title: 'Base fee', unit: 'attoFIL for each unit of gas',
      points: list(path, start).map(one => ({epoch: one.Height, value: Number(one.Blocks[0].ParentBaseFee), text: `${format.count(one.Blocks[0].ParentBaseFee)} attoFIL`})),
    }),
  });
  page.section('Blocks in each epoch', {
    needs: ['path'], may: ['start'], otherwise: few,
    show: ({path, start}) => {
      const shown = epochs_of(list(path, start), span).reverse();
      const nulls = shown.filter(one => !one.tipset).length;
      return [el('p', {class: 'note'}, `${format.count(nulls)} of ${format.count(shown.length)} epochs are null rounds, marked ×.`), plot({
        title: 'Blocks in each epoch', unit: 'Blocks', kind: 'columns',
        points: shown.map(({height, tipset}) => ({epoch: height, value: tipset?.Blocks.length ?? 0, gap: !tipset, text: tipset ? `${tipset.Blocks.length} ${tipset.Blocks.length === 1 ? 'block' : 'blocks'}` : 'null round'})),
      })];
    },
  });
  page.section('Gas used', {
    needs: ['path', 'receipts'], what: 'the gas of epochs', otherwise: few,
    show: ({path, receipts}) => {
      const height_of = new Map(tipsets_of(path).map(one => [one.Cids[0]['/'], one.Height]));
      const points = receipts.filter(one => one.value).map(({item, value}) => {
        const used = value.reduce((sum, receipt) => sum + receipt.GasUsed, 0);
        return {epoch: height_of.get(item['/']), value: used, text: `${format.count(used)} gas`};
      });
      return [el('p', {class: 'note'}, path.length > 60 ? `Of ${points.length} epochs, spread over the span. ` : '', 'By messages that each epoch executed.'),
        plot({title: 'Gas used', unit: 'Gas', points, kind: 'columns'})];
    },
  });
  page.section('Power over time', {
    needs: ['path', 'powers'], what: 'the power', otherwise: few,
    show: ({path, powers}) => {
      const height_of = new Map(tipsets_of(path).map(one => [JSON.stringify(one.Cids), one.Height]));
      const points = powers.filter(one => one.value?.State).map(({item, value}) => {
        const power = value.State.ThisEpochQualityAdjPower;
        return {epoch: height_of.get(JSON.stringify(item)), value: Number(power), text: `${format.bytes(power)} (${format.count(power)} bytes)`};
      });
      return plot({title: 'Quality-adjusted power of the network', unit: 'Quality-adjusted power', points, axis: axes.bytes});
    },
  });
  page.section('This node\'s work', {
    wide: true,
    needs: ['metrics'], what: 'the metrics of this node', otherwise: 'This node has measured nothing yet.',
    show: ({metrics}) => {
      const all = read_metrics(metrics);
      const tables = [durations(all, 'strata_block_validation_seconds', 'Time to validate a block'), durations(all, 'strata_tipset_execution_seconds', 'Time to execute a tipset')].filter(Boolean);
      return tables.length ? [el('p', {class: 'note'}, 'Since the node started.'), el('div', {class: 'split'}, tables)] : null;
    },
  });
  page.section('Blocks on their way', {
    needs: ['metrics'], what: 'the metrics of this node', otherwise: 'No block came from a peer since this node started.',
    show: ({metrics}) => {
      const picture = spread({title: 'Arrival of blocks', unit: 'blocks by the time from the start of their epoch until they came here',
        buckets: buckets_of(read_metrics(metrics), 'strata_block_arrival_seconds')});
      return picture && [el('p', {class: 'note'}, 'How long after the start of its epoch each block came from a peer, since the node started.'), picture];
    },
  });
  page.section('Sealing', {
    needs: ['metrics'], what: 'the metrics of this node', otherwise: 'This node has sealed nothing since it started.',
    show: ({metrics}) => {
      const all = read_metrics(metrics);
      const pictures = Object.entries(kSteps).map(([step, title]) => {
        const picture = spread({title, unit: 'sectors by the time that the step took', buckets: buckets_of(all, 'strata_sealing_seconds', {step})});
        const of_step = name => all.find(one => one.name === `strata_sealing_seconds_${name}` && one.labels.step === step)?.value ?? 0;
        const times = of_step('count');
        return picture && el('div', {}, el('h3', {}, title),
          el('p', {class: 'note'}, `${format.count(times)} ${times === 1 ? 'sector' : 'sectors'}, ${format.measured(of_step('sum') / times)} each: ` +
            `one after the other, ${format.count(Math.floor(3600 * times / of_step('sum')))} in an hour.`), picture);
      }).filter(Boolean);
      return pictures.length ? [el('p', {class: 'note'}, 'How long the steps of sealing took, since the node started.'), ...pictures] : null;
    },
  });
}
