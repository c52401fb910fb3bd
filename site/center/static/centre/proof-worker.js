// Finds the number n from 0 to `most` for which the SHA-256 of salt + n is `challenge` (hexadecimal), or answers null.
// An own SHA-256: crypto.subtle is missing on plain http, and slower for many short texts.
"use strict";

const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n += 1) {
  if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
}
const fraction = (number) => Math.floor((number - Math.floor(number)) * 0x100000000) | 0;
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const W = new Int32Array(64);

// One block of 64 bytes at `at`; changes `state`.
function compress(state, bytes, at) {
  for (let i = 0; i < 16; i += 1) {
    const j = at + i * 4;
    W[i] = (bytes[j] << 24) | (bytes[j + 1] << 16) | (bytes[j + 2] << 8) | bytes[j + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = W[i - 15];
    const y = W[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

function solve(salt, challenge, most) {
  const wanted = Int32Array.from(challenge.match(/.{8}/g), (part) => parseInt(part, 16) | 0);
  const whole = salt.length - (salt.length % 64); // full blocks of the salt are the same for every number
  const before = START.slice();
  const first = Uint8Array.from(salt, (letter) => letter.charCodeAt(0));
  for (let at = 0; at < whole; at += 64) compress(before, first, at);
  const rest = first.subarray(whole);
  const bytes = new Uint8Array(128);
  const state = new Int32Array(8);
  for (let number = 0; number <= most; number += 1) {
    const digits = String(number);
    const length = rest.length + digits.length;
    const size = length < 56 ? 64 : 128;
    bytes.fill(0);
    bytes.set(rest);
    for (let i = 0; i < digits.length; i += 1) bytes[rest.length + i] = digits.charCodeAt(i);
    bytes[length] = 0x80;
    const bits = (salt.length + digits.length) * 8;
    bytes[size - 2] = bits >>> 8;
    bytes[size - 1] = bits & 255;
    state.set(before);
    compress(state, bytes, 0);
    if (size === 128) compress(state, bytes, 64);
    if (state[0] === wanted[0] && state.every((word, i) => word === wanted[i])) return number;
  }
  return null;
}

self.onmessage = function (event) {
  const { salt, challenge, most } = event.data;
  self.postMessage(solve(salt, challenge, most));
};
