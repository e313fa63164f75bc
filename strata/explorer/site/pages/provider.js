// Storage providers: all of them, one with its deadlines as a wheel, one deadline, one sector.
import {is} from '../check.js';
import {address, amount, badge, cid, count, el, empty, epoch, facts, link, muted, num, svg, table, time} from '../dom.js';
import {wheel} from '../chart.js';
import * as format from '../format.js';

const kMostSectors = 300;
const kPieces = 10n;  // quality of verified data against that of none; docs/protocol/storage.md

// Source: docs/protocol/storage.md (registered seal proofs); go-state-types abi/sector.go.
const kSizes = ['2 KiB', '8 MiB', '512 MiB', '32 GiB', '64 GiB'];
function seal_name(number) {
  const kind = ['V1', 'V1_1', 'V1_1, synthetic', 'V1_2, non-interactive'][Math.floor(number / 5)];
  return kind ? `StackedDRG ${kSizes[number % 5]} ${kind} (number ${number})` : `number ${number}`;
}

const size_of = info => format.big(info?.SectorSize);

/// When an epoch is, by the head's time and the length of an epoch.
function when(at, head, params) {
  const delay = params?.BlockDelaySecs, now = head?.Blocks?.[0]?.Timestamp;
  return delay && now && Number.isSafeInteger(at) && at > 0 ? time(now + (at - head.Height) * delay) : null;
}

function epoch_and_time(at, head, params) {
  const moment = when(at, head, params);
  return el('span', {}, 'epoch ', num(format.count(at)), moment ? ', ' : '', moment);
}

/// The epoch at which a deadline opens next, or has opened if it is open.
function next_opening(proving, index) {
  const open = proving.PeriodStart + index * proving.WPoStChallengeWindow;
  return open + (open + proving.WPoStChallengeWindow <= proving.CurrentEpoch ? proving.WPoStProvingPeriod : 0);
}

/// "HOST:PORT" of a multiaddr's bytes with an IPv4 address or a name; hexadecimal for others. Source: multiformats/multiaddr.
function multiaddr(base64) {
  const data = format.from_base64(base64);
  const parts = [];
  for (let at = 0; at < data.length;) {
    const protocol = data[at++];
    if (protocol === 0x04 && at + 4 <= data.length) parts.push('ip4', data.slice(at, at += 4).join('.'));
    else if (protocol === 0x06 && at + 2 <= data.length) parts.push('tcp', String(data[at++] * 256 + data[at++]));
    else if (protocol === 0x36 || protocol === 0x37) {
      const length = data[at++];
      parts.push(protocol === 0x36 ? 'dns4' : 'dns6', new TextDecoder().decode(data.slice(at, at += length)).slice(0, 100));
    } else if (data[at] === 0x03 && protocol === 0xe0) {
      parts.push('http');
      ++at;
    } else return `0x${format.hex(data.slice(0, 64))}`;
  }
  return `/${parts.join('/')}`;
}

export function providers(page) {
  page.title('Providers');
  page.section('Storage providers', {
    needs: ['list'], may: ['powers', 'infos'], what: 'the list of providers', otherwise: 'This network has no provider.',
    show: ({list, powers, infos}) => {
      if (!list?.length) return null;
      const info_of = new Map((infos ?? []).map(({item, value}) => [item, value]));
      const rows = (powers ?? []).map(({item, value}) => ({id: item, power: value?.MinerPower, total: value?.TotalPower, info: info_of.get(item), enough: value?.HasMinPower}));
      rows.sort((a, b) => {
        const [x, y] = [a, b].map(row => format.big(row.power?.QualityAdjPower) ?? 0n);
        return x < y ? 1 : x > y ? -1 : 0;
      });
      return [
        list.length > rows.length ? el('p', {class: 'note'}, `The first ${rows.length} of ${format.count(list.length)} providers, by power. The search finds the others by their address.`) : null,
        el('div', {class: 'roll stacks'}, table('Storage providers by power', [['Provider'], ['Quality-adjusted power', 'num'], ['Raw power', 'num'], ['Share', 'num'], ['Sector size', 'num'], ['Owner'], ['Wins blocks']],
          rows.map(row => [
            address(row.id, {page: 'provider'}), num(format.bytes(row.power?.QualityAdjPower)), num(format.bytes(row.power?.RawBytePower)),
            num(format.percent(row.power?.QualityAdjPower ?? 0, row.total?.QualityAdjPower ?? 0)), num(format.bytes(row.info?.SectorSize)),
            address(row.info?.Owner), row.enough ? badge('good', 'yes') : badge('plain', 'below the least power'),
          ]))),
      ];
    },
  });
}

function deadline_sums(partitions) {
  return [...partitions].sort((a, b) => a.item - b.item).map(({item, value}) => {
    const sum = name => (value ?? []).reduce((all, one) => all + format.bits_set(one[name]), 0);
    return {index: item, partitions: (value ?? []).length, live: sum('LiveSectors'), active: sum('ActiveSectors'), faulty: sum('FaultySectors'), recovering: sum('RecoveringSectors')};
  });
}

function deadlines_view(page, {proving, deadlines, partitions, head, params}) {
  const own = page.args.address;
  const sums = deadline_sums(partitions);
  const words = one => `${format.count(one.live)} live sectors, ${format.count(one.faulty)} faulty${one.index === proving.Index ? ', open now' : ''}`;
  const picture = wheel({
    deadlines: sums.map(one => ({...one, path: `provider/${own}/deadline/${one.index}`, words: words(one)})),
    current: proving.Index, words: [`Deadline ${proving.Index}`, 'is open now'],
  });
  const mark = name => svg('svg', {viewBox: '0 0 10 10', 'aria-hidden': 'true'}, name);
  const key = el('ul', {class: 'key'},
    el('li', {}, mark(svg('path', {d: 'M5 8L1 2h8Z', fill: 'currentColor'})), 'open now'),
    el('li', {}, mark(svg('rect', {width: 10, height: 10, fill: 'var(--accent)'})), 'sectors to prove'),
    el('li', {}, mark(svg('rect', {width: 10, height: 10, fill: 'var(--bad)'})), 'faulty, from the middle out'),
    el('li', {}, mark(svg('rect', {width: 9, height: 9, x: 0.5, y: 0.5, fill: 'var(--raised)', stroke: 'var(--strong-line)'})), 'empty'));
  const rows = sums.filter(one => one.partitions || one.index === proving.Index).map(one => {
    const next = next_opening(proving, one.index);
    const proofs = format.bits_set(deadlines?.[one.index]?.PostSubmissions);
    return [
      link(`provider/${own}/deadline/${one.index}`, num(String(one.index))),
      one.index === proving.Index ? badge('wait', 'open now') : when(next, head, params) ?? epoch(Math.max(0, next)),
      count(one.partitions), count(one.live), one.faulty ? badge('bad', format.count(one.faulty)) : count(0), count(one.recovering),
      one.partitions ? num(`${proofs} of ${one.partitions}`) : '',
    ];
  });
  return [
    el('div', {class: 'split'},
      el('div', {}, picture, key),
      facts([
        ['Proving period', el('span', {}, epoch(Math.max(0, proving.PeriodStart)), ' to ', num(format.count(proving.PeriodStart + proving.WPoStProvingPeriod))),
          proving.PeriodStart < 0 ? `it began before genesis, at ${format.count(proving.PeriodStart)}` : null],
        ['Open deadline', link(`provider/${own}/deadline/${proving.Index}`, String(proving.Index)), `of ${proving.WPoStPeriodDeadlines}, each ${proving.WPoStChallengeWindow} epochs long`],
        ['Opened', epoch_and_time(proving.Open, head, params)],
        ['Closes', epoch_and_time(proving.Close, head, params)],
        ['Faults by', el('span', {}, 'epoch ', num(format.count(proving.FaultCutoff))), 'the last one in which faults are declared for it'],
        ['Deadlines in use', count(sums.filter(one => one.live).length)],
      ])),
    el('div', {class: 'roll stacks'}, table('Deadlines with sectors', [['Deadline', 'num'], ['Opens'], ['Partitions', 'num'], ['Live sectors', 'num'], ['Faulty', 'num'], ['Recovering', 'num'], ['Proven partitions', 'num']], rows)),
  ];
}

/// The sectors that expire in each month of epochs, soonest first.
function expirations(sectors, head, params) {
  const month = 30 * 2880;
  const groups = new Map();
  for (const sector of sectors) {
    const at = Math.floor((sector.Expiration - head.Height) / month);
    const group = groups.get(at) ?? {number: 0, first: sector.Expiration, pledge: 0n};
    group.number += 1;
    group.first = Math.min(group.first, sector.Expiration);
    group.pledge += format.big(sector.InitialPledge) ?? 0n;
    groups.set(at, group);
  }
  const rows = [...groups].sort((a, b) => a[0] - b[0]).slice(0, 100).map(([, group]) => [num(format.count(group.first)), when(group.first, head, params), count(group.number), amount(group.pledge)]);
  return el('div', {class: 'roll stacks'}, table('Expirations, by months of 30 days of 2,880 epochs', [['First at epoch', 'num'], ['About'], ['Sectors', 'num'], ['Pledge', 'num']], rows, {shown: true}));
}

function verified_share(sector, size) {
  const span = format.big(sector.Expiration - (sector.PowerBaseEpoch || sector.Activation));
  if (!size || !span || span <= 0n) return '';
  return format.percent(sector.VerifiedDealWeight, size * span);
}

function sector_rows(page, sectors, {head, params, faulty, size}) {
  const own = page.args.address;
  return el('div', {class: 'roll stacks'}, table('Sectors', [['Sector', 'num'], ['State'], ['Activated', 'num'], ['Expires', 'num'], ['About'], ['Pledge', 'num'], ['Verified data', 'num']],
    sectors.slice(0, kMostSectors).map(sector => [
      link(`provider/${own}/sector/${sector.SectorNumber}`, num(format.count(sector.SectorNumber))),
      faulty?.has(sector.SectorNumber) ? badge('bad', 'faulty') : badge('good', 'active'),
      epoch(sector.Activation), num(format.count(sector.Expiration)), when(sector.Expiration, head, params) ?? '', amount(sector.InitialPledge), verified_share(sector, size),
    ])));
}

export function provider(page) {
  const own = page.args.address;
  page.title('Provider', own, el('span', {class: 'sub'}, link(`address/${own}`, 'as an actor, with its messages')));
  page.section('Power and money', {
    needs: ['info', 'power'], may: ['count', 'available', 'state', 'faults', 'recoveries'], what: 'the provider',
    show: ({info, power, count: sectors, available, state, faults, recoveries}) => el('div', {class: 'split'},
      facts([
        ['Power', el('strong', {class: 'num'}, format.bytes(power.MinerPower.QualityAdjPower)), `adjusted by quality; ${format.bytes(power.MinerPower.RawBytePower)} raw`],
        ['Share', num(format.percent(power.MinerPower.QualityAdjPower, power.TotalPower.QualityAdjPower)), 'of the network\'s power'],
        ['Wins blocks', power.HasMinPower ? badge('good', 'yes') : badge('plain', 'no, below the least power')],
        ['Sectors', sectors ? el('span', {class: 'num'}, `${format.count(sectors.Live)} live, ${format.count(sectors.Active)} active, `, sectors.Faulty ? badge('bad', `${format.count(sectors.Faulty)} faulty`) : '0 faulty') : null],
        faults && format.bits_set(faults) ? ['Faulty', sector_links(own, faults)] : null,
        recoveries && format.bits_set(recoveries) ? ['Recovering', sector_links(own, recoveries)] : null,
        ['Sector size', num(format.bytes(info.SectorSize))],
        ['Balance', state ? amount(state.Balance, {exact: true}) : null],
        ['Available', available ? amount(available, {exact: true}) : null],
        ['Pledged', state?.State ? amount(state.State.InitialPledge) : null],
        ['Vesting', state?.State ? amount(state.State.LockedFunds) : null, 'rewards that are still locked'],
        ['Deposits', state?.State ? amount(state.State.PreCommitDeposits) : null, 'for sectors that are not proven yet'],
        format.big(state?.State?.FeeDebt) ? ['Debt', amount(state.State.FeeDebt, {exact: true})] : null,
      ]),
      facts([
        ['Owner', address(info.Owner, {copy: true})], ['Worker', address(info.Worker, {copy: true})],
        is.address(info.NewWorker ?? '') ? ['Next worker', address(info.NewWorker), `from epoch ${format.count(info.WorkerChangeEpoch)}`] : null,
        ['Beneficiary', address(info.Beneficiary, {copy: true})],
        ['Control addresses', info.ControlAddresses?.length ? info.ControlAddresses.slice(0, 20).map((one, i) => [i ? ', ' : '', address(one)]) : 'none'],
        ['Peer', info.PeerId ? el('span', {class: 'mono'}, String(info.PeerId).slice(0, 80)) : 'not announced'],
        ['Data at', info.Multiaddrs?.length ? info.Multiaddrs.slice(0, 8).map(one => el('div', {class: 'mono'}, multiaddr(one))) : 'not announced'],
        ['Partition', num(`${format.count(info.WindowPoStPartitionSectors)} sectors at most`)],
      ])),
  });
  page.section('Deadlines', {
    needs: ['proving', 'partitions'], may: ['deadlines', 'head', 'params'],
    show: values => deadlines_view(page, values),
  });
  page.section('Sectors', {
    needs: ['head', 'count'], may: ['sectors', 'params', 'faults', 'info'], otherwise: 'This provider has no active sector.',
    show: ({head, count: counts, sectors, params, faults, info}, errors) => {
      if (errors.sectors) return empty(counts.Active > 3000 ? `This provider has ${format.count(counts.Active)} active sectors, which are too many for one page; each deadline lists its own.` : errors.sectors.message);
      if (!sectors?.length) return null;
      const faulty = new Set(format.bits(faults, 10_000));
      return [
        expirations(sectors, head, params),
        el('h3', {}, sectors.length > kMostSectors ? `The first ${kMostSectors} of ${format.count(sectors.length)} active sectors` : 'Active sectors'),
        sector_rows(page, sectors, {head, params, faulty, size: size_of(info)}),
      ];
    },
  });
}

const sector_links = (own, runs) => {
  const numbers = format.bits(runs, 40), all = format.bits_set(runs);
  return el('span', {}, numbers.map((number, i) => [i ? ', ' : '', link(`provider/${own}/sector/${number}`, format.count(number))]), all > numbers.length ? ` and ${format.count(all - numbers.length)} more` : '');
};

export function deadline(page) {
  const {address: own, deadline: index, partition} = page.args;
  page.title('Deadline', String(index), el('span', {class: 'sub'}, 'of provider ', address(own, {page: 'provider'})),
    el('nav', {class: 'turn', 'aria-label': 'Deadlines beside this one'}, index > 0 ? link(`provider/${own}/deadline/${index - 1}`, `← ${index - 1}`) : null, index < 47 ? link(`provider/${own}/deadline/${index + 1}`, `${index + 1} →`) : null));
  page.section('Partitions', {
    needs: ['partitions'], may: ['proving', 'deadlines', 'head', 'params'], otherwise: 'No sector is proven in this deadline.',
    show: ({partitions, proving, deadlines, head, params}) => {
      const open = proving ? next_opening(proving, index) : null;
      const proven = new Set(format.bits(deadlines?.[index]?.PostSubmissions, 5000));
      const about = proving ? facts([
        ['State', proving.Index === index ? badge('wait', 'open now') : muted('closed')],
        ['Opens', epoch_and_time(open, head, params)],
        ['Closes', el('span', {}, 'epoch ', num(format.count(open + proving.WPoStChallengeWindow)))],
      ]) : null;
      if (!partitions?.length) return [about, empty('No sector is proven in this deadline.')];
      return [about, el('div', {class: 'roll stacks'}, table('Partitions of this deadline', [['Partition', 'num'], ['Sectors', 'num'], ['Live', 'num'], ['Active', 'num'], ['Faulty', 'num'], ['Recovering', 'num'], ['Proof']],
        partitions.slice(0, 200).map((one, i) => [
          link(`provider/${own}/deadline/${index}?partition=${i}`, num(String(i))), count(format.bits_set(one.AllSectors)), count(format.bits_set(one.LiveSectors)), count(format.bits_set(one.ActiveSectors)),
          format.bits_set(one.FaultySectors) ? badge('bad', format.count(format.bits_set(one.FaultySectors))) : count(0), count(format.bits_set(one.RecoveringSectors)),
          proven.has(i) ? badge('good', 'in this period') : badge('plain', 'not yet'),
        ])))];
    },
  });
  page.section(`Sectors of partition ${partition}`, {
    needs: ['partitions', 'sectors'], may: ['head', 'params', 'info'], hide: true,
    show: ({partitions, sectors, head, params, info}) => {
      if (!sectors?.length) return empty('The partition has no sector.');
      return [sectors.length > kMostSectors ? el('p', {class: 'note'}, `The first ${kMostSectors} of ${format.count(sectors.length)} sectors.`) : null,
        sector_rows(page, sectors, {head, params, faulty: new Set(format.bits(partitions[partition].FaultySectors, 10_000)), size: size_of(info)})];
    },
  });
}

export function sector(page) {
  const {address: own, sector: number} = page.args;
  page.title('Sector', format.count(number), el('span', {class: 'sub'}, 'of provider ', address(own, {page: 'provider'})),
    el('nav', {class: 'turn', 'aria-label': 'Sectors beside this one'}, number > 0 ? link(`provider/${own}/sector/${number - 1}`, `← ${format.count(number - 1)}`) : null, link(`provider/${own}/sector/${number + 1}`, `${format.count(number + 1)} →`)));
  page.section('Sector', {
    needs: ['info'], may: ['partition', 'expiration', 'precommit', 'allocated', 'faults', 'head'], what: 'the sector',
    show: ({info, partition, expiration, precommit, allocated, faults}) => {
      if (!info) {
        const waiting = precommit?.Info ?? null;
        if (waiting) return facts([
          ['State', badge('wait', 'pre-committed, not proven yet')], ['Pre-committed', epoch(precommit.PreCommitEpoch)],
          ['Deposit', amount(precommit.PreCommitDeposit, {exact: true})], ['Expires', num(format.count(waiting.Expiration))], ['Sealed CID', cid(waiting.SealedCID)],
        ]);
        return allocated ? empty('The provider has used this number, but no sector with it is on the chain now.') : empty('The provider has not used this number.');
      }
      const bad = new Set(format.bits(faults, 10_000)).has(number);
      return facts([
        ['State', bad ? badge('bad', 'faulty') : badge('good', 'active')],
        ['Proven in', partition ? el('span', {}, link(`provider/${own}/deadline/${partition.Deadline}?partition=${partition.Partition}`, `deadline ${partition.Deadline}, partition ${partition.Partition}`)) : null],
        ['Activated', epoch(info.Activation)],
        ['Expires', num(format.count(info.Expiration)), expiration?.Early ? `early, at ${format.count(expiration.Early)}` : expiration ? `leaves the power at ${format.count(expiration.OnTime)}` : null],
        ['Pledge', amount(info.InitialPledge, {exact: true})],
        ['Daily fee', info.DailyFee !== undefined ? amount(info.DailyFee, {exact: true}) : null],
        ['Deal weight', count(info.DealWeight), 'bytes × epochs'],
        ['Verified deal weight', count(info.VerifiedDealWeight), `bytes × epochs; counts ${kPieces} times`],
        ['Seal proof', seal_name(info.SealProof)],
        ['Sealed CID', cid(info.SealedCID, '', true)],
        ['Replaced sector key', info.SectorKeyCID ? cid(info.SectorKeyCID) : null],
      ]);
    },
  });
}
