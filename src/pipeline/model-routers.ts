/** Models that choose another model: what they need to know, and what they chose. */
import type { Endpoint } from '../catalog/model.ts';
import type { PluginWish } from '../core/demand.ts';
import { stringAt } from '../core/json.ts';
import { chooseAuto, noAutoModels } from '../routing/auto/choose-auto.ts';
import { chooseFree } from '../routing/auto/choose-free.ts';
import { classifyTask } from '../routing/auto/classify.ts';
import type { Needs } from '../routing/auto/needs.ts';
import { autoOptionsOf } from '../routing/auto/options.ts';
import { type ModelRouter, ROUTER_NAMES } from '../routing/auto/routers.ts';
import type { RouteQuestion } from '../routing/candidate.ts';
import { allowedOffers } from '../routing/filters.ts';
import { noEndpoints } from '../routing/no-endpoints.ts';
import type { RouteInput } from './route.ts';
import type { Snapshot } from './snapshot.ts';
import type { LiveEndpoint } from './target.ts';

export interface ChosenModels {
  /** The model and its fallbacks, best first. */
  readonly models: readonly string[];
  /** Sentences that say why. */
  readonly reasons: readonly string[];
}

/** The question of the route, before it is known which models it is about. */
export type OpenQuestion = Omit<RouteQuestion<LiveEndpoint>, 'groups' | 'sticky'>;

/** @throws GatewayError `route.no_endpoints` where no model is allowed and able */
export function chooseModels(
  router: ModelRouter,
  { demand, snapshot, opening }: RouteInput,
  question: OpenQuestion,
  stickyModel: string | null,
): ChosenModels {
  const { readsFiles } = question;
  const fitsPrompt = question.fitsContextUpTo === Number.POSITIVE_INFINITY;
  const needs: Needs = { demand, readsFiles, fitsPrompt, admits: admission(snapshot, question) };
  const pool = snapshot.autoPool();
  switch (router) {
    case 'auto': {
      const texts = opening();
      const last = texts.lastModel === '' ? null : snapshot.resolve(texts.lastModel);
      const input = {
        ...needs,
        task: classifyTask(texts, demand),
        pool,
        options: autoOptionsOf([...demand.plugins, ...defaultWishes(snapshot)]),
        stickyModel,
        lastModel: last?.kind === 'found' ? last.id : texts.lastModel,
      };
      const choice = chooseAuto(input);
      if (!choice) throw noAutoModels(ROUTER_NAMES.auto, input);
      return choice;
    }
    case 'free': {
      const choice = chooseFree(pool, needs, question.random);
      if (!choice) throw noEndpoints([ROUTER_NAMES.free], []);
      return choice;
    }
  }
}

/** The account's plugins, behind the request's own: the first of a kind counts. */
function defaultWishes({ plugins }: Snapshot): readonly PluginWish[] {
  return plugins.defaults.map((options) => ({
    id: stringAt(options, 'id') ?? '',
    enabled: options['enabled'] !== false,
    options,
  }));
}

/** Whether the account's and the request's wishes let an endpoint serve: asked of a model once. */
function admission(snapshot: Snapshot, question: OpenQuestion): (endpoint: Endpoint) => boolean {
  const admitted = new Map<string, ReadonlySet<string>>();
  return ({ id, modelId }) => {
    let ids = admitted.get(modelId);
    if (!ids) {
      const group = { modelId, candidates: snapshot.endpointsOf(modelId) };
      const offers = allowedOffers(group, { ...question, groups: [group] }, []);
      ids = new Set(offers.map(({ endpointId }) => endpointId));
      admitted.set(modelId, ids);
    }
    return ids.has(id);
  };
}
