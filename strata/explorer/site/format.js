// Writes numbers, amounts, times and bytes for people. Amounts are exact: they are whole numbers of attoFIL (BigInt).

const kGroup = new Intl.NumberFormat('en-US');
const kAtto = 10n ** 18n;
const kNano = 10n ** 9n;

export function big(value) {
  try {
    return typeof value === 'bigint' ? value : BigInt(value);
  } catch {
    return null;
  }
}

/// "1,234,567"; an empty text for what is not a whole number.
export function count(value) {
  const number = big(value);
  return number === null ? '' : kGroup.format(number);
}

/// "1,234.5 FIL" with all digits.
export function fil(atto) {
  const value = big(atto);
  if (value === null) return '';
  const positive = value < 0n ? -value : value;
  const part = (positive % kAtto).toString().padStart(18, '0').replace(/0+$/, '');
  return `${value < 0n ? '−' : ''}${kGroup.format(positive / kAtto)}${part && `.${part}`} FIL`;
}

function with_decimals(value, unit, decimals) {
  const digits = (value % unit).toString().padStart(unit.toString().length - 1, '0');
  const exact = value % (unit / 10n ** BigInt(decimals)) === 0n;
  const rest = exact ? digits.slice(0, decimals).replace(/0+$/, '') : digits.slice(0, decimals);
  return `${kGroup.format(value / unit)}${rest && `.${rest}`}${exact ? '' : '…'}`;
}

/// A short form for tables, in FIL, nanoFIL or attoFIL; "…" says that digits are left out. Millions are whole FIL.
export function fil_short(atto) {
  const value = big(atto);
  if (value === null) return '';
  const positive = value < 0n ? -value : value;
  const sign = value < 0n ? '−' : '';
  if (positive === 0n) return '0 FIL';
  if (positive >= kAtto / 10_000n) {
    const whole = (positive / kAtto).toString().length;
    if (whole > 6) return `${sign}${kGroup.format(positive / kAtto)} FIL`;
    return `${sign}${with_decimals(positive, kAtto, whole > 3 ? 2 : 4)} FIL`;
  }
  if (positive >= kNano / 1_000n * 10n) return `${sign}${with_decimals(positive, kNano, 3)} nanoFIL`;
  return `${sign}${kGroup.format(positive)} attoFIL`;
}

const kUnits = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB'];
/// "2 KiB", "1.25 PiB".
export function bytes(value) {
  let number = big(value);
  if (number === null) return '';
  let unit = 0;
  let hundredths = number * 100n;
  while (hundredths >= 102_400n && unit < kUnits.length - 1) {
    hundredths /= 1024n;
    ++unit;
  }
  if (number === 1n) return '1 byte';
  const part = (hundredths % 100n).toString().padStart(2, '0').replace(/0+$/, '');
  return `${kGroup.format(hundredths / 100n)}${part && `.${part}`} ${kUnits[unit]}`;
}

/// "12.5 %" of two whole numbers.
export function percent(part, whole) {
  const one = big(part), all = big(whole);
  if (one === null || all === null || all === 0n) return '';
  const hundredths = one * 10_000n / all;
  if (hundredths === 0n && one > 0n) return '< 0.01 %';
  const rest = (hundredths % 100n).toString().padStart(2, '0').replace(/0+$/, '');
  return `${kGroup.format(hundredths / 100n)}${rest && `.${rest}`} %`;
}

/// "2 days 3 h" for a number of seconds.
export function duration(seconds) {
  const whole = Math.round(Math.abs(seconds));
  const units = [[31_557_600, 'year', 'years'], [86_400, 'day', 'days'], [3_600, 'h', 'h'], [60, 'min', 'min'], [1, 's', 's']];
  const first = Math.max(0, units.findIndex(([length]) => whole >= length));
  let rest = whole;
  const parts = [];
  for (const [length, one, many] of units.slice(whole ? first : 4, first + 2)) {
    const number = Math.floor(rest / length);
    rest %= length;
    if (number || !whole) parts.push(`${kGroup.format(number)} ${number === 1 ? one : many}`);
  }
  return parts.join(' ');
}

/// "12 ms", "3.4 s" or "2 h 5 min" for a number of seconds that was measured.
export function measured(seconds) {
  if (seconds < 1) return `${Number((seconds * 1000).toPrecision(2))} ms`;
  return seconds < 100 ? `${Number(seconds.toPrecision(2))} s` : duration(seconds);
}

/// How many seconds the network's clock is behind this machine's: a local network goes on where it stopped (app.js).
export const clock = {lag: 0};

/// "12 s ago" or "in 3 h" for a time in seconds since 1970.
export function relative(timestamp, now = Date.now() / 1000 - clock.lag) {
  const seconds = now - timestamp;
  if (Math.abs(seconds) < 1) return 'now';
  return seconds > 0 ? `${duration(seconds)} ago` : `in ${duration(seconds)}`;
}

/// "2026-11-30 18:42:07 UTC".
export function absolute(timestamp) {
  const date = new Date(timestamp * 1000);
  return Number.isNaN(date.getTime()) ? '' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/// "bafy2bza…xlge4q". At least the last eight letters stay, since the first ones are alike for all.
export function shortened(text, front = 8, back = 8) {
  return text.length <= front + back + 2 ? text : `${text.slice(0, front)}…${text.slice(-back)}`;
}

export function from_base64(text) {
  try {
    return Uint8Array.from(atob(text ?? ''), letter => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}
export const to_base64 = data => btoa(Array.from(data, byte => String.fromCharCode(byte)).join(''));

export const hex = data => Array.from(data, byte => byte.toString(16).padStart(2, '0')).join('');
export function from_hex(text) {
  const digits = text.replace(/^0x/, '');
  if (digits.length % 2 || /[^0-9a-fA-F]/.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], pair => parseInt(pair, 16));
}

/// The sum of the lengths of a bit field's runs of ones (RLE: zeros first).
export const bits_set = runs => (Array.isArray(runs) ? runs : []).reduce((sum, run, i) => sum + (i % 2 ? Number(run) : 0), 0);
/// The numbers in a bit field, `most` at most.
export function bits(runs, most) {
  const out = [];
  let at = 0;
  for (const [i, run] of (Array.isArray(runs) ? runs : []).entries()) {
    for (let n = 0; i % 2 && n < run && out.length < most; ++n) out.push(at + n);
    at += Number(run);
  }
  return out;
}

const kBase32 = 'abcdefghijklmnopqrstuvwxyz234567';
export function from_base32(text) {
  const out = [];
  let bits = 0, value = 0;
  for (const letter of text) {
    value = (value << 5) | kBase32.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push((value >> bits) & 255);
    }
    value &= 255;
  }
  return Uint8Array.from(out);
}
export function to_base32(data) {
  let out = '', bits = 0, value = 0;
  for (const byte of data) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += kBase32[(value >> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return bits ? out + kBase32[(value << (5 - bits)) & 31] : out;
}

/// The digest of a CID with blake2b-256 in DAG-CBOR, as blocks and messages have; null for any other.
export function digest_of(cid) {
  const data = cid.startsWith('b') ? from_base32(cid.slice(1)) : new Uint8Array();
  return hex(data.slice(0, 6)) === '0171a0e40220' && data.length === 38 ? `0x${hex(data.slice(6))}` : null;
}
/// The CID of that form with a digest of 64 hexadecimal digits.
export const cid_of_digest = digest => `b${to_base32(from_hex(`0171a0e40220${digest.replace(/^0x/, '')}`))}`;
