// The peers of this node.
import {badge, copy_button, el, facts, num, table} from '../dom.js';
import * as format from '../format.js';

const name = id => el('span', {class: 'name'}, el('span', {class: 'mono', title: id}, format.shortened(id, 8, 8)), copy_button(id, 'peer ID'));
const whole = value => format.bytes(BigInt(Math.round(Number(value) || 0)));

export function peers(page) {
  page.title('Peers');
  page.section('This node', {
    needs: ['self'], may: ['status', 'bandwidth'], what: 'this node\'s place in the network',
    show: ({self, status, bandwidth}) => facts([
      ['Peer ID', self.ID ? el('span', {class: 'name full'}, el('span', {class: 'mono'}, self.ID), copy_button(self.ID, 'peer ID')) : null],
      ['Listens at', (self.Addrs ?? []).length ? self.Addrs.slice(0, 20).map(one => el('div', {class: 'mono'}, one)) : 'nowhere'],
      ['State', status ? status.WaitsFor ? badge('wait', status.WaitsFor) : badge('good', 'ready') : null],
      ['Received', bandwidth ? num(whole(bandwidth.TotalIn)) : null, bandwidth ? `${whole(bandwidth.RateIn)} a second now` : null],
      ['Sent', bandwidth ? num(whole(bandwidth.TotalOut)) : null, bandwidth ? `${whole(bandwidth.RateOut)} a second now` : null],
    ]),
  });
  page.section('Connected peers', {
    needs: ['peers'], may: ['agents', 'scores', 'by_peer'], what: 'the list of peers', otherwise: 'No peer is connected.',
    show: ({peers: list, agents, scores, by_peer}) => {
      if (!list?.length) return null;
      const agent_of = new Map((agents ?? []).map(({item, value}) => [item, value]));
      const score_of = new Map((scores ?? []).map(one => [one.ID, one.Score?.Score]));
      const shown = list.slice(0, 300);
      return [
        el('p', {class: 'note'}, `${format.count(list.length)} connected.`),
        el('div', {class: 'roll stacks'}, table('Connected peers', [['Peer'], ['Program'], ['Address'], ['Score', 'num'], ['Received', 'num'], ['Sent', 'num']],
          shown.map(peer => [
            name(peer.ID), String(agent_of.get(peer.ID) ?? '').slice(0, 80), el('span', {class: 'mono'}, String(peer.Addrs?.[0] ?? '').slice(0, 100)),
            num(score_of.has(peer.ID) ? score_of.get(peer.ID).toFixed(1) : ''), num(by_peer?.[peer.ID] ? whole(by_peer[peer.ID].TotalIn) : ''), num(by_peer?.[peer.ID] ? whole(by_peer[peer.ID].TotalOut) : ''),
          ]))),
      ];
    },
  });
}
