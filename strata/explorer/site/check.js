// Says which texts are names of things: only checked values become links or parameters of calls. The node has the same
// rules (plan.cpp).

const kDigits = /^(0|[1-9][0-9]{0,15})$/;
const kCid = /^(b[a-z2-7]{8,150}|Qm[1-9A-HJ-NP-Za-km-z]{44})$/;
const kAddress = /^[ft](0[0-9]{1,19}|[12][a-z2-7]{39}|3[a-z2-7]{84}|4[0-9]{1,19}f[a-z2-7]{7,100})$/;
const kEthAddress = /^0x[0-9a-fA-F]{40}$/;
const kHash = /^0x[0-9a-fA-F]{64}$/;

export const most_text = 200;

export const is = {
  number: text => kDigits.test(text) && Number.isSafeInteger(Number(text)),
  cid: text => kCid.test(text),
  cids: text => text.length <= 2400 && text.split(',').every(one => kCid.test(one)),
  address: text => kAddress.test(text),
  eth: text => kEthAddress.test(text),
  hash: text => kHash.test(text),
};

/// Returns a checked text as the node's API takes it; null if it is not of that kind.
export function read(kind, text) {
  if (typeof text !== 'string' || !is[kind]?.(text)) return null;
  if (kind === 'number') return Number(text);
  if (kind === 'cid') return {'/': text};
  if (kind === 'cids') return text.split(',').map(one => ({'/': one}));
  return text;
}

/// Returns the text of a CID as JSON has it; an empty text for anything else.
export const cid_text = value => {
  const text = typeof value === 'string' ? value : value?.['/'];
  return typeof text === 'string' && is.cid(text) ? text : '';
};

export const epoch_of = value => (Number.isSafeInteger(value) && value >= 0 ? value : null);
