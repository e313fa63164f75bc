// A table of messages, as several pages have it.
import {address, amount, badge, cid, count, el, muted, table} from './dom.js';
import {meaning} from './exit_codes.js';
import {method} from './kinds.js';
import * as format from './format.js';

export const kMostRows = 200;

export const outcome = receipt => receipt
  ? receipt.ExitCode === 0 ? badge('good', 'done') : badge('bad', `${receipt.ExitCode}, ${meaning(receipt.ExitCode)}`)
  : muted('not executed');

/// `rows` are [{cid, message, receipt, height}]; columns of what no row has are left out.
export function messages(page, caption, rows) {
  const shown = rows.slice(0, kMostRows);
  const receipts = shown.some(row => row.receipt !== undefined);
  const heights = shown.some(row => row.height !== undefined);
  const columns = [['Message'], ...(heights ? [['Epoch', 'num']] : []), ['From'], ['To'], ['Method'], ['Value', 'num'],
    ...(receipts ? [['Gas used', 'num'], ['Outcome']] : [['Gas limit', 'num']])];
  const list = table(caption, columns, shown.map(({cid: name, message, receipt, height}) => [
    cid(name, 'message'), ...(heights ? [height ?? ''] : []), address(message.From), address(message.To),
    method(page, message.To, message.Method), amount(message.Value),
    ...(receipts ? [receipt ? count(receipt.GasUsed) : '', outcome(receipt)] : [count(message.GasLimit)]),
  ]));
  return [el('div', {class: 'roll stacks'}, list),
    rows.length > shown.length ? el('p', {class: 'note'}, `The first ${kMostRows} of ${format.count(rows.length)} messages are shown; all are in the JSON of this page.`) : null];
}
