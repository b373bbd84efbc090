/** The real parts of the gateway behind the simulator's clock: as `src/pipeline/route.ts` and `attempts.ts` put them together. */
import { type Clock, seededRandom } from '../../src/core/ids.ts';
import { createHealth } from '../../src/health/create-health.ts';
import { createRetryBudget } from '../../src/health/retry-budget.ts';
import type { ModelGroup, RouteQuestion } from '../../src/routing/candidate.ts';
import { planRoute } from '../../src/routing/plan.ts';
import { mergePreferences } from '../../src/routing/preferences.ts';
import { sessionRef } from '../../src/sessions/session-ref.ts';
import { createSessions, type SessionRef } from '../../src/sessions/sessions.ts';
import type { SimEndpoint } from './hosts.ts';
import type { SimRequest } from './requests.ts';
import type { Router, Strategy, StrategyOptions } from './strategy.ts';

const NOTHING: readonly string[] = [];

export const SIGNALBOX: Strategy = { name: 'Signalbox', start: createRouter };

function createRouter({ endpoints, now, seed }: StrategyOptions): Router {
  const clock: Clock = { now };
  const health = createHealth({ clock });
  const retries = createRetryBudget({ clock });
  const sessions = createSessions();
  const random = seededRandom(seed);
  const groups = new Map<string, ModelGroup<SimEndpoint>>(
    [...new Set(endpoints.map(({ endpoint }) => endpoint.modelId))].map((modelId) => [
      modelId,
      { modelId, candidates: endpoints.filter(({ endpoint }) => endpoint.modelId === modelId) },
    ]),
  );

  const keyRestsUntilMs = (endpoint: SimEndpoint): number =>
    Math.min(...endpoint.credentialIds.map((id) => health.credentialRestsUntilMs(id, endpoint.endpoint.id)));

  function question(request: SimRequest): RouteQuestion<SimEndpoint> {
    const { demand } = request;
    const session = sessionOf(request);
    const nowMs = now();
    const sticky = sessions.find(session, nowMs);
    return {
      groups: demand.models.flatMap((modelId) => groups.get(modelId) ?? []),
      demand,
      preferences: mergePreferences([demand.preferences]),
      random,
      nowMs,
      healthOf: health.of,
      keyRestsUntilMs,
      unsayable: () => NOTHING,
      ...(sticky && { sticky: { ...sticky, isNamed: session.isNamed } }),
      readsFiles: false,
      fitsContextUpTo: 0,
    };
  }

  return {
    plan: (request) => planRoute(question(request)).targets.map(({ candidate }) => candidate),
    keysOf({ credentialIds, endpoint }) {
      const keys = credentialIds.map((_, key) => key);
      if (keys.length === 1) return keys;
      const rested = keys.filter(
        (key) => health.credentialRestsUntilMs(credentialIds[key] ?? '', endpoint.id) <= now(),
      );
      return rested.length > 0 ? rested : keys.slice(0, 1);
    },
    mayTry({ credentialId }, attemptsBefore) {
      if (attemptsBefore > 0) return retries.take() || health.answersNow(credentialId);
      retries.counted();
      return true;
    },
    began: (ref) => health.began(ref),
    failed(request, ref, error) {
      health.failed(ref, error);
      if (error.spec.blame === 'provider') sessions.failed(sessionOf(request), ref.endpointId);
    },
    opened: (ref, firstContentMs) => health.opened(ref, firstContentMs),
    broke(request, ref, error) {
      health.broke(ref, error);
      sessions.failed(sessionOf(request), ref.endpointId);
    },
    finished: (_, ref, answer) => health.finished(ref, answer),
    remember(request, { endpoint, facts }, { cachedTokens, cacheWriteTokens }, atMs) {
      sessions.answered(sessionOf(request), {
        endpointId: endpoint.id,
        atMs,
        promptTokens: request.promptTokens,
        cachedTokens,
        cacheWriteTokens,
        cacheLifeMs: facts.cacheLifeMs ?? 0,
      });
    },
  };
}

/** Of what no one named, the opening messages tell: those of a conversation stay the same, any other request's are its own. */
function sessionOf({ id, demand, conversation }: SimRequest): SessionRef {
  return sessionRef({
    tenant: 'workspace',
    model: demand.models[0] ?? '',
    sessionId: demand.sessionId,
    promptCacheKey: demand.promptCacheKey,
    opening: () => ({ system: 'You help.', first: conversation ? `talk ${conversation.id}` : `question ${id}` }),
    fingerprint: (text) => text,
  });
}
