// Encodes arguments of contracts and decodes what they return. Data of a contract is hostile: items and depth are
// bounded. Source: Solidity 0.8.28, "Contract ABI Specification".
import {from_hex, hex} from './format.js';
import {keccak256} from './keccak.js';

const kMostItems = 2000;
const kMostDepth = 8;
const kMostAbi = 512 << 10;
const kMostFunctions = 300;

/// Reads a type such as {type: 'uint256[]', components: […]}.
function type_of(given, depth = 0) {
  const text = String(given.type ?? '');
  if (depth > kMostDepth) throw new Error('The types are nested too deeply.');
  const array = /^(.*)\[([0-9]{0,6})\]$/.exec(text);
  if (array) {
    const element = type_of({...given, type: array[1]}, depth + 1);
    const length = array[2] === '' ? null : Number(array[2]);
    return {kind: 'array', element, length, name: `${element.name}[${array[2]}]`, dynamic: length === null || element.dynamic};
  }
  if (text === 'tuple') {
    const parts = (given.components ?? []).map(one => ({...type_of(one, depth + 1), label: String(one.name ?? '')}));
    return {kind: 'tuple', parts, name: `(${parts.map(one => one.name).join()})`, dynamic: parts.some(one => one.dynamic)};
  }
  const number = /^(u?)int([0-9]{0,3})$/.exec(text);
  if (number) {
    const bits = Number(number[2] || 256);
    if (bits % 8 || bits < 8 || bits > 256) throw new Error(`There is no type ${text}.`);
    return {kind: 'number', signed: !number[1], bits, name: `${number[1]}int${bits}`, dynamic: false};
  }
  const fixed = /^bytes([0-9]{1,2})$/.exec(text);
  if (fixed && fixed[1] >= 1 && fixed[1] <= 32) return {kind: 'fixed', size: Number(fixed[1]), name: text, dynamic: false};
  if (['address', 'bool'].includes(text)) return {kind: text, name: text, dynamic: false};
  if (['bytes', 'string'].includes(text)) return {kind: text, name: text, dynamic: true};
  throw new Error(`The type ${text.slice(0, 40)} is not known here.`);
}

/// Reads an ABI as compilers write it: JSON, plain or in an artifact's "abi". Returns the functions that only read.
export function parse_abi(text) {
  if (text.length > kMostAbi) throw new Error('The ABI is longer than 512 KiB.');
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('This is not JSON. Expected the ABI that a compiler writes: a list that begins with [.');
  }
  const list = Array.isArray(json) ? json : json?.abi;
  if (!Array.isArray(list)) throw new Error('The JSON has no list of functions; expected [ … ] or an artifact with "abi".');
  const out = [];
  for (const one of list.slice(0, 2000)) {
    if (one?.type !== 'function' || !['view', 'pure'].includes(one.stateMutability)) continue;
    const inputs = (one.inputs ?? []).map(input => ({...type_of(input), label: String(input.name ?? '')}));
    const outputs = (one.outputs ?? []).map(output => ({...type_of(output), label: String(output.name ?? '')}));
    const name = String(one.name);
    if (!/^[A-Za-z_$][\w$]{0,100}$/.test(name)) continue;
    out.push({name, inputs, outputs, signature: `${name}(${inputs.map(input => input.name).join()})`});
    if (out.length === kMostFunctions) break;
  }
  return out;
}

export const selector = signature => keccak256(new TextEncoder().encode(signature)).slice(0, 4);

function word(number) {
  return from_hex(BigInt.asUintN(256, number).toString(16).padStart(64, '0'));
}
function joined(parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
const padded = data => joined([data, new Uint8Array((32 - data.length % 32) % 32)]);

function encoded(type, value) {
  const expect = what => new Error(`${type.label || type.name}: got ${JSON.stringify(value)?.slice(0, 80)}, expected ${what}.`);
  if (type.kind === 'number') {
    let number;
    try {
      number = BigInt(value);
    } catch {
      throw expect('a whole number');
    }
    const low = type.signed ? -(1n << BigInt(type.bits - 1)) : 0n;
    const high = type.signed ? -low : 1n << BigInt(type.bits);
    if (number < low || number >= high) throw expect(`a number of ${type.name}`);
    return word(number);
  }
  if (type.kind === 'bool') {
    if (!['true', 'false', true, false].includes(value)) throw expect('true or false');
    return word(String(value) === 'true' ? 1n : 0n);
  }
  if (type.kind === 'string') {
    const data = new TextEncoder().encode(String(value));
    return joined([word(BigInt(data.length)), padded(data)]);
  }
  if (type.kind === 'array' || type.kind === 'tuple') {
    const items = Array.isArray(value) ? value : null;
    if (!items || items.length > kMostItems) throw expect('a list such as [1, 2]');
    if (type.kind === 'tuple') {
      if (items.length !== type.parts.length) throw expect(`a list of ${type.parts.length} values`);
      return encode_all(type.parts, items);
    }
    if (type.length !== null && items.length !== type.length) throw expect(`a list of ${type.length} values`);
    const body = encode_all(items.map(() => type.element), items);
    return type.length === null ? joined([word(BigInt(items.length)), body]) : body;
  }
  const data = /^0x/.test(value) ? from_hex(String(value)) : null;
  if (type.kind === 'address') {
    if (data?.length !== 20) throw expect('an address of 0x and 40 digits');
    return joined([new Uint8Array(12), data]);
  }
  if (!data) throw expect('0x and pairs of hexadecimal digits');
  if (type.kind === 'fixed') {
    if (data.length !== type.size) throw expect(`${type.size} bytes`);
    return padded(data);
  }
  return joined([word(BigInt(data.length)), padded(data)]);
}

function size_of(type) {
  if (type.dynamic) return 32;
  if (type.kind === 'array') return type.length * size_of(type.element);
  if (type.kind === 'tuple') return type.parts.reduce((sum, part) => sum + size_of(part), 0);
  return 32;
}

function encode_all(types, values) {
  let offset = types.reduce((sum, type) => sum + size_of(type), 0);
  const heads = [], tails = [];
  types.forEach((type, i) => {
    const data = encoded(type, values[i]);
    if (!type.dynamic) return heads.push(data);
    heads.push(word(BigInt(offset)));
    tails.push(data);
    offset += data.length;
  });
  return joined([...heads, ...tails]);
}

/// Encodes a call. `texts` are what a person wrote; lists are JSON.
export function encode_call(called, texts) {
  const values = called.inputs.map((type, i) => {
    const text = texts[i].trim();
    if (type.kind !== 'array' && type.kind !== 'tuple') return type.kind === 'string' ? texts[i] : text;
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`${type.label || type.name}: expected a list such as [1, 2] as JSON.`);
    }
  });
  return joined([selector(called.signature), encode_all(called.inputs, values)]);
}

/// Decodes what a function returned: [{name, type, value}], values as texts and lists of texts.
export function decode(types, data) {
  let items = 0;
  const number_at = at => {
    if (at + 32 > data.length) throw new Error('The returned data ends early.');
    return BigInt(`0x${hex(data.slice(at, at + 32))}`);
  };
  const place_at = at => {
    const place = number_at(at);
    if (place > BigInt(data.length)) throw new Error('The returned data points outside of itself.');
    return Number(place);
  };
  const read = (type, at, base) => {
    if (++items > kMostItems) throw new Error(`The returned data has more than ${kMostItems} values.`);
    const where = type.dynamic ? base + place_at(at) : at;
    switch (type.kind) {
      case 'number': {
        const bits = BigInt(type.bits);
        return (type.signed ? BigInt.asIntN(Number(bits), number_at(where)) : number_at(where)).toString();
      }
      case 'bool': return number_at(where) === 0n ? 'false' : 'true';
      case 'address': return `0x${number_at(where).toString(16).padStart(64, '0').slice(24)}`;
      case 'fixed':
        number_at(where);  // refuses data that ends early
        return `0x${hex(data.slice(where, where + type.size))}`;
      case 'tuple': return read_all(type.parts, where);
      case 'array': {
        const length = type.length ?? place_at(where);
        const begin = type.length === null ? where + 32 : where;
        if (length > kMostItems) throw new Error(`The returned list has more than ${kMostItems} values.`);
        return read_all(Array(length).fill(type.element), begin);
      }
      default: {
        const length = place_at(where);
        if (where + 32 + length > data.length) throw new Error('The returned data ends early.');
        const bytes = data.slice(where + 32, where + 32 + length);
        return type.kind === 'string' ? new TextDecoder().decode(bytes) : `0x${hex(bytes)}`;
      }
    }
  };
  const read_all = (parts, base) => {
    let at = base;
    return parts.map(part => {
      const value = read(part, at, base);
      at += size_of(part);
      return value;
    });
  };
  return read_all(types, 0).map((value, i) => ({name: types[i].label, type: types[i].name, value}));
}

/// The reason of a revert, if the data is Error(string) or Panic(uint256).
export function revert_reason(data) {
  const head = hex(data.slice(0, 4));
  try {
    if (head === '08c379a0') return decode([type_of({type: 'string'})], data.slice(4))[0].value;
    if (head === '4e487b71') return `panic 0x${BigInt(decode([type_of({type: 'uint256'})], data.slice(4))[0].value).toString(16)}`;
  } catch { /* the bytes say more */ }
  return data.length ? `the data 0x${hex(data.slice(0, 64))}` : 'no reason';
}
