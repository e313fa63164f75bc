// keccak-256 as Ethereum uses it. Source: Keccak team, "The Keccak reference" 3.0; the padding is that before SHA-3.

const kRounds = [];
for (let i = 0, lfsr = 1; i < 24; ++i) {
  let constant = 0n;
  for (let j = 0; j < 7; ++j) {
    if (lfsr & 1) constant |= 1n << BigInt((1 << j) - 1);
    lfsr = lfsr & 0x80 ? ((lfsr << 1) ^ 0x171) & 0xff : lfsr << 1;
  }
  kRounds.push(constant);
}
const kMask = (1n << 64n) - 1n;
const rotated = (word, by) => (by ? ((word << BigInt(by)) | (word >> BigInt(64 - by))) & kMask : word);

function permute(lanes) {
  for (const constant of kRounds) {
    const column = [0, 1, 2, 3, 4].map(x => lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]);
    for (let x = 0; x < 5; ++x) {
      const change = column[(x + 4) % 5] ^ rotated(column[(x + 1) % 5], 1);
      for (let y = 0; y < 25; y += 5) lanes[x + y] ^= change;
    }
    let x = 1, y = 0, word = lanes[1];
    for (let t = 0; t < 24; ++t) {
      [x, y] = [y, (2 * x + 3 * y) % 5];
      const next = lanes[x + 5 * y];
      lanes[x + 5 * y] = rotated(word, ((t + 1) * (t + 2) / 2) % 64);
      word = next;
    }
    for (let row = 0; row < 25; row += 5) {
      const old = lanes.slice(row, row + 5);
      for (let i = 0; i < 5; ++i) lanes[row + i] = old[i] ^ (~old[(i + 1) % 5] & kMask & old[(i + 2) % 5]);
    }
    lanes[0] ^= constant;
  }
}

export function keccak256(data) {
  const kRate = 136;
  const padded = new Uint8Array(Math.floor(data.length / kRate + 1) * kRate);
  padded.set(data);
  padded[data.length] ^= 0x01;
  padded[padded.length - 1] ^= 0x80;
  const lanes = Array(25).fill(0n);
  const view = new DataView(padded.buffer);
  for (let block = 0; block < padded.length; block += kRate) {
    for (let i = 0; i < kRate / 8; ++i) lanes[i] ^= view.getBigUint64(block + 8 * i, true);
    permute(lanes);
  }
  const out = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 4; ++i) out.setBigUint64(8 * i, lanes[i], true);
  return new Uint8Array(out.buffer);
}
