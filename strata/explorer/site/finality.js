// Whether what an epoch has can still be undone by a different chain.
import {badge} from './dom.js';
import * as format from './format.js';

/// A row of facts about an epoch of the main chain. Without an answer of the node there is no row.
export function finality_row(height, finality) {
  const up_to = finality?.finalizedTipSet?.Height;
  if (up_to === undefined || height === undefined) return null;
  return height <= up_to ? ['Final', badge('good', 'final'), 'no other chain can replace it'] :
    ['Final', badge('wait', 'not yet'), `the chain is final up to epoch ${format.count(up_to)}, ${format.count(height - up_to)} before this one`];
}
