// The rotating code on the phone (docs/formats.md 1.4): a hash chain shown backwards, one link every 15 s.
// No dependencies, no network: everything needed to show a code for a day is computed here, once, in well under a second.
//
//   x[i+1] = SHA-256(salt || i || x[i])[:16],  anchor = x[N];  at slot t the phone shows t and x[N-t-1].

export const SLOT_S = 15;
export const LINK_BYTES = 16;
const EPOCH_S = 1577836800; // 2020-01-01T00:00:00Z
const CHECKPOINT_EVERY = 64; // links kept, so that a slot costs at most 64 hashes and a day 90 kB

const K = new Uint32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const W = new Uint32Array(64);

// SHA-256 (FIPS 180-4) of at most 55 bytes, which is one block: all that this chain ever hashes. WebCrypto's digest is a
// promise a call, which for 5,760 links costs seconds on a cheap phone.
export function sha256Short(message) {
  const size = message.length;
  if (size > 55) throw new RangeError("one block only");
  W.fill(0, 0, 16);
  for (let i = 0; i < size; i += 1) W[i >> 2] |= message[i] << (24 - 8 * (i & 3));
  W[size >> 2] |= 0x80 << (24 - 8 * (size & 3));
  W[15] = size * 8;
  for (let i = 16; i < 64; i += 1) {
    const a = W[i - 15];
    const b = W[i - 2];
    const s0 = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3);
    const s1 = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10);
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
  }
  return digestOf(compress());
}

function compress() {
  let a = 0x6a09e667, b = 0xbb67ae85, c = 0x3c6ef372, d = 0xa54ff53a;
  let e = 0x510e527f, f = 0x9b05688c, g = 0x1f83d9ab, h = 0x5be0cd19;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  return [
    a + 0x6a09e667, b + 0xbb67ae85, c + 0x3c6ef372, d + 0xa54ff53a,
    e + 0x510e527f, f + 0x9b05688c, g + 0x1f83d9ab, h + 0x5be0cd19,
  ];
}

function digestOf(words) {
  const out = new Uint8Array(32);
  const view = new DataView(out.buffer);
  words.forEach((word, i) => view.setUint32(4 * i, word >>> 0));
  return out;
}

// The 8 bytes that tie a chain to one pass, known as soon as the office has reserved list, index and minute.
export function saltOf({ kid, list, index, iat }) {
  const raw = new Uint8Array(12);
  const view = new DataView(raw.buffer);
  view.setUint16(0, kid);
  view.setUint16(2, list);
  view.setUint32(4, index);
  view.setUint32(8, (iat - EPOCH_S) / 60);
  return sha256Short(raw).slice(0, 8);
}

// How many slots a pass lives.
export function slotsOf({ iat, exp }) {
  return Math.floor((exp - iat) / 3600) * 240;
}

// The 16 random bytes that never leave the phone.
export function drawSecret() {
  return crypto.getRandomValues(new Uint8Array(LINK_BYTES));
}

export class Chain {
  // claims: {kid, list, index, iat, exp}; secret: x[0], 16 bytes.
  constructor(claims, secret) {
    if (secret.length !== LINK_BYTES) throw new RangeError("the secret has 16 bytes");
    this.iat = claims.iat;
    this.slots = slotsOf(claims);
    this.block = new Uint8Array(8 + 4 + LINK_BYTES);
    this.block.set(saltOf(claims), 0);
    this.view = new DataView(this.block.buffer);
    this.checkpoints = [];
    let link = Uint8Array.from(secret);
    for (let i = 0; i < this.slots; i += 1) {
      if (i % CHECKPOINT_EVERY === 0) this.checkpoints.push(link);
      link = this.next(link, i);
    }
    this.anchor = link;
  }

  next(link, i) {
    this.view.setUint32(8, i);
    this.block.set(link, 12);
    return sha256Short(this.block).slice(0, LINK_BYTES);
  }

  // x[i]
  link(i) {
    const start = Math.floor(i / CHECKPOINT_EVERY);
    let link = this.checkpoints[start];
    for (let at = start * CHECKPOINT_EVERY; at < i; at += 1) link = this.next(link, at);
    return link;
  }

  // Which slot it is at `nowS` (unix seconds); null outside the life of the pass.
  slotAt(nowS) {
    const slot = Math.floor((nowS - this.iat) / SLOT_S);
    return slot >= 0 && slot < this.slots ? slot : null;
  }

  // The 18 bytes shown in `slot`.
  tail(slot) {
    if (!(slot >= 0 && slot < this.slots)) throw new RangeError("slot outside the life of the pass");
    const out = new Uint8Array(2 + LINK_BYTES);
    new DataView(out.buffer).setUint16(0, slot);
    out.set(this.link(this.slots - slot - 1), 2);
    return out;
  }
}

// The digits of a carrier (99 bytes) and its tail (18 bytes): one big-endian number, zero-padded to 282 places.
export function digitsOf(carrier, tail) {
  const raw = new Uint8Array(carrier.length + tail.length);
  raw.set(carrier, 0);
  raw.set(tail, carrier.length);
  let hex = "0x";
  for (const byte of raw) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex).toString().padStart(Math.ceil(8 * raw.length * Math.log10(2)), "0");
}
