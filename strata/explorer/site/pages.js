// Which function shows which page of pages.json.
import {overview} from './pages/overview.js';
import {tipset} from './pages/tipset.js';
import {block} from './pages/block.js';
import {message} from './pages/message.js';
import {address} from './pages/address.js';
import {contract} from './pages/contract.js';
import {deadline, provider, providers, sector} from './pages/provider.js';
import {pool} from './pages/pool.js';
import {data, deal, deals, piece} from './pages/deals.js';
import {peers} from './pages/peers.js';
import {charts} from './pages/charts.js';
import {pipeline} from './pages/pipeline.js';
import {search} from './pages/search.js';
import {empty} from './dom.js';

function missing(page) {
  page.title('There is no such page');
  page.main.append(empty('The address leads nowhere: it was cut or mistyped. The search box above finds heights, CIDs and addresses.'));
}

export const renderers = {
  overview, height: tipset, tipset, block, message, address, contract, providers, provider, deadline, sector, pool, deals, deal,
  piece, data, peers, charts, pipeline, search, missing,
};
