/** `/presets`: any key makes, lists and changes the presets of its workspace (OpenRouter's API; PATCH is ours). */
import { z } from 'zod';
import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError, invalidRequest } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type Json } from '../../core/json.ts';
import { openAiChat } from '../../dialects/openai-chat/index.ts';
import { type Captured, capturePreset, inGrammarOf, type PresetGrammar } from '../../presets/capture.ts';
import type { ManagementResult } from './management-result.ts';
import { parseBody } from './parse-body.ts';
import type { PresetAdmin, PresetChange } from './preset-admin.ts';
import { encodePreset, encodePresetVersion, encodePresetWithVersion } from './preset-view.ts';

const pageQuery = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});
const versionNumber = z.int().min(1);
export const updatePresetFields = z.strictObject({
  name: z.string().trim().min(1, 'must not be empty').max(255, 'must have at most 255 characters').optional(),
  description: z.string().max(2000, 'must have at most 2000 characters').nullable().optional(),
  status: z.enum(['active', 'disabled', 'archived'], 'must be active, disabled or archived').optional(),
  designated_version: versionNumber.optional(),
});

export function createPresetRoutes(presets: PresetAdmin) {
  const shown = (preset: ReturnType<PresetAdmin['get']>): ManagementResult => ({
    status: 200,
    body: { data: encodePresetWithVersion(preset) },
  });
  return {
    /** `GET /presets` */
    list(caller: KeyRecord, query: Readonly<Record<string, string>>): ManagementResult {
      const { offset, limit } = parseBody(pageQuery, query);
      const all = presets.list(caller.workspaceId);
      const page = all.slice(offset, offset + limit);
      return { status: 200, body: { data: page.map(encodePreset), total_count: all.length } };
    },

    /** `GET /presets/{slug}` */
    get: (caller: KeyRecord, slug: string): ManagementResult => shown(presets.get(caller.workspaceId, slug)),

    /** `POST /presets/{slug}/chat/completions`, `…/messages`, `…/responses` */
    async capture(caller: KeyRecord, slug: string, grammar: PresetGrammar, body: Json): Promise<ManagementResult> {
      return shown(await presets.capture(caller, slug, parseCaptured(grammar, body)));
    },

    /** `PATCH /presets/{slug}` */
    async update(caller: KeyRecord, slug: string, body: Json): Promise<ManagementResult> {
      return shown(await presets.change(caller.workspaceId, slug, parseChange(body)));
    },

    /** `GET /presets/{slug}/versions`: oldest first. */
    async versions(
      caller: KeyRecord,
      slug: string,
      query: Readonly<Record<string, string>>,
    ): Promise<ManagementResult> {
      const preset = presets.get(caller.workspaceId, slug);
      const { versions, total } = await presets.versions(preset, parseBody(pageQuery, query));
      return { status: 200, body: { data: versions.map(encodePresetVersion), total_count: total } };
    },

    /** `GET /presets/{slug}/versions/{version}` */
    async version(caller: KeyRecord, slug: string, version: string): Promise<ManagementResult> {
      const preset = presets.get(caller.workspaceId, slug);
      const number = versionNumber.safeParse(/^\d+$/.test(version) ? Number(version) : undefined);
      if (!number.success) throw invalidRequest('version', 'must be the number of a version, counted from 1');
      return { status: 200, body: { data: encodePresetVersion(await presets.version(preset, number.data)) } };
    },
  };
}

const SOME_MESSAGES: readonly Json[] = [{ role: 'user', content: '' }];

/** A preset is applied to chat requests, so it is held to their rules. Its messages are no part of it and may be left out. */
function parseCaptured(grammar: PresetGrammar, body: Json): Captured {
  if (!isJsonObject(body)) throw invalidRequest('body', 'expected a JSON object');
  const captured = capturePreset(grammar, body);
  const request = grammar === 'chat' ? body : captured.config;
  const { messages = null } = request;
  const isBare = messages === null || (isJsonArray(messages) && messages.length === 0);
  try {
    openAiChat.client.parseRequest(isBare ? { ...request, messages: SOME_MESSAGES } : request);
  } catch (error) {
    throw error instanceof GatewayError ? inGrammarOf(error, captured.sources) : error;
  }
  return captured;
}

function parseChange(body: Json): PresetChange {
  const { designated_version, name, description, status } = parseBody(updatePresetFields, body);
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(status !== undefined && { status }),
    ...(designated_version !== undefined && { designatedVersion: designated_version }),
  };
}
