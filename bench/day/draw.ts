/**
 * Randomness that belongs to a request at an endpoint and not to whoever asks first: what happens to request 4711 at one endpoint
 * is the same for every strategy that sends it there, however many numbers a strategy has drawn before.
 */

/** What is drawn: two purposes of one request at one endpoint have nothing to do with each other. */
export const DRAWS = {
  latency: 1,
  latencyAngle: 2,
  speed: 3,
  speedAngle: 4,
  failure: 5,
  failureTime: 6,
  cut: 7,
  cutPlace: 8,
  badTool: 9,
  cacheMiss: 10,
} as const;

export type DrawPurpose = keyof typeof DRAWS;

export interface Draws {
  /** Uniform in [0, 1). */
  of(requestId: number, endpointIndex: number, purpose: DrawPurpose): number;
  /** Log-normal around 1: the median is 1, and about two thirds lie between exp(-sigma) and exp(sigma). */
  around(sigma: number, requestId: number, endpointIndex: number, purpose: 'latency' | 'speed'): number;
}

export function createDraws(seed: number): Draws {
  const of = (requestId: number, endpointIndex: number, purpose: DrawPurpose): number => {
    let hash = mix(seed ^ Math.imul(requestId + 1, 0x9e3779b1));
    hash = mix(hash ^ Math.imul(endpointIndex + 1, 0x85ebca6b));
    return mix(hash ^ Math.imul(DRAWS[purpose], 0xc2b2ae35)) / 4294967296;
  };
  return {
    of,
    around(sigma, requestId, endpointIndex, purpose) {
      const length = Math.sqrt(-2 * Math.log(1 - of(requestId, endpointIndex, purpose)));
      const angle = 2 * Math.PI * of(requestId, endpointIndex, purpose === 'latency' ? 'latencyAngle' : 'speedAngle');
      return Math.exp(sigma * length * Math.cos(angle));
    },
  };
}

/** The last steps of MurmurHash3: every bit of the input moves half of the output's. */
function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
