/** Sources of time and randomness, passed in so that the core stays pure and tests are deterministic. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `gen-<unix s>-<20 base62>`: about 119 random bits, made at admission and kept over fallbacks. */
export function generationId(clock: Clock, random: Random): string {
  let suffix = '';
  for (let i = 0; i < 20; i++) suffix += BASE62[Math.floor(random.next() * 62)];
  return `gen-${Math.floor(clock.now() / 1000)}-${suffix}`;
}

/** Deterministic generator for tests, the simulator and replays (mulberry32). Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    },
  };
}
