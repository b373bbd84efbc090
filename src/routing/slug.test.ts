import { expect, test } from 'bun:test';
import { candidateOf, type Host } from './lab.fixture.ts';
import { offersOf } from './offers.ts';
import { isNamed, isNamedInFull, placeIn, toSlugs } from './slug.ts';

function offerOf(host: Host) {
  const [offer] = offersOf([candidateOf(host)]).offers;
  if (!offer) throw new Error('one candidate has one offer');
  return offer;
}

const OFFERS = {
  plain: offerOf({ name: 'deepinfra', provider: { name: 'DeepInfra' } }),
  turbo: offerOf({ name: 'deepinfra', variant: 'turbo', provider: { name: 'DeepInfra' } }),
  region: offerOf({ name: 'google-vertex', variant: 'us-east5', provider: { name: 'Google Vertex' } }),
  cloud: offerOf({ name: 'azure', tier: 'priority', provider: { name: 'Azure Cloud' } }),
  priority: offerOf({ name: 'openai', tier: 'priority', provider: { name: 'OpenAI' } }),
};
const { plain, turbo, priority } = OFFERS;

test.each([
  ['deepinfra', 'plain', true],
  ['DeepInfra', 'plain', true],
  [' DEEPINFRA ', 'plain', true],
  ['deepinfra', 'turbo', true],
  ['DeepInfra', 'turbo', true],
  ['deepinfra/turbo', 'turbo', true],
  ['google-vertex', 'region', true],
  ['google vertex', 'region', true],
  ['google-vertex/us-east5', 'region', true],
  ['deepinfra/turbo', 'plain', false],
  ['deepinfra/', 'turbo', false],
  ['deep', 'plain', false],
  ['google', 'region', false],
  ['google-vertex/us', 'region', false],
  ['google-vertex/us-east5/more', 'region', false],
  ['', 'plain', false],
  ['/', 'plain', false],
  // A service tier, once it is let in.
  ['openai', 'priority', true],
  ['OpenAI', 'priority', true],
  ['openai/priority', 'priority', true],
  ['OpenAI/Priority', 'priority', true],
  ['Azure Cloud', 'cloud', true],
  ['Azure Cloud/priority', 'cloud', true],
  ['openai/flex', 'priority', false],
] as const)('%p names the %s endpoint: %p', (written, endpoint, expected) => {
  expect(toSlugs([written]).some((slug) => isNamed(slug, OFFERS[endpoint]))).toBe(expected);
});

test('only the full slug lets an endpoint of a tier in', () => {
  expect(isNamedInFull('openai/priority', priority)).toBe(true);
  for (const slug of ['openai', 'priority', 'openai/flex', 'openai/priority/x'])
    expect(isNamedInFull(slug, priority)).toBe(false);
});

test('the first slug of a list counts', () => {
  expect(placeIn(['nobody', 'deepinfra/turbo', 'deepinfra'], turbo)).toBe(1);
  expect(placeIn(['nobody', 'deepinfra/turbo', 'deepinfra'], plain)).toBe(2);
  expect(placeIn(['nobody'], plain)).toBe(-1);
  expect(placeIn([], plain)).toBe(-1);
});
