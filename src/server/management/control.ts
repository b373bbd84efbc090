/** The commands a running server takes over its control socket, and a command line runs itself where none is running. */
import { z } from 'zod';
import type { KeyRecord } from '../../core/caller.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Clock } from '../../core/ids.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { DEFAULT_WORKSPACE_ID } from '../../core/keys.ts';
import type { KeyAdmin } from './key-admin.ts';
import { encodeKey, type SpendView } from './key-view.ts';
import { parseNewKey } from './keys.ts';
import { parseBody } from './parse-body.ts';
import { explainRoute, type RouteExplainPorts, withKey, withoutKey } from './route-explain.ts';

export interface ControlDeps {
  readonly keyAdmin: KeyAdmin;
  readonly balances: SpendView;
  readonly clock: Clock;
  /** Absent where no server runs: what it would do is not known. */
  readonly explain?: RouteExplainPorts;
}

const kind = z.enum(['inference', 'management']);
const selector = z.strictObject({ key: z.string().min(1) });
const explainArguments = z.strictObject({ body: z.json(), key: z.string().min(1).optional() });

/**
 * `keys.create` takes the body of `POST /keys` and a `kind`; `keys.list` lists keys of both kinds, disabled ones included;
 * `keys.disable` takes a `key`: a hash, the beginning of one, or a label; `route.explain` takes the `body` of a chat request, and
 * a `key` by its name as well, whose defaults and limit hold.
 */
export function createControl({
  keyAdmin,
  balances,
  clock,
  explain,
}: ControlDeps): (command: string, args: Json) => Promise<Json> {
  const view = (key: KeyRecord) => ({ ...encodeKey(key, balances), kind: key.kind, source: key.source });
  return async (command, args) => {
    switch (command) {
      case 'keys.create': {
        const { kind: askedKind = 'inference', ...body } = isJsonObject(args) ? args : {};
        const asked = parseNewKey(body, { workspaceId: DEFAULT_WORKSPACE_ID, nowMs: clock.now() });
        const { text, record } = await keyAdmin.create({ ...asked, kind: parseBody(kind, askedKind) });
        return { data: view(record), key: text };
      }
      case 'keys.list':
        return { data: keyAdmin.list().map(view) };
      case 'keys.disable': {
        const found = findKey(keyAdmin.list(), parseBody(selector, args).key);
        return { data: view(await keyAdmin.change(found.hash, { disabled: true })) };
      }
      case 'route.explain': {
        if (!explain) throw new GatewayError('gateway.unsupported', 'Only a running server can say what it would do.');
        const { body, key: selected } = parseBody(explainArguments, args);
        const asking = selected === undefined ? withoutKey() : withKey(findCaller(keyAdmin.list(), selected));
        // Nobody's limit is asked where no key is chosen.
        const spend = selected === undefined ? null : explain.spend;
        return { data: explainRoute(body, asking, { ...explain, spend }) };
      }
      default:
        throw new GatewayError('client.not_found', `There is no command "${command}".`);
    }
  };
}

/** Long enough that a beginning names one key among millions by intent, not by luck. */
const MIN_HASH_DIGITS = 6;

/** The inference key of this name, hash or label. */
function findCaller(keys: readonly KeyRecord[], selected: string): KeyRecord {
  const named = keys.filter(({ name, kind }) => name === selected && kind === 'inference');
  const [only] = named;
  const key = only && named.length === 1 ? only : findKey(keys, selected, 'name, hash or label');
  if (key.kind === 'inference') return key;
  throw new GatewayError('client.invalid_request', `"${selected}" is a management key: choose an inference key.`);
}

function findKey(keys: readonly KeyRecord[], selected: string, by = 'hash or label'): KeyRecord {
  const isBeginning = selected.length >= MIN_HASH_DIGITS && /^[0-9a-f]+$/.test(selected);
  const found = keys.filter((key) => key.label === selected || (isBeginning && key.hash.startsWith(selected)));
  const [first, ...others] = found;
  if (first === undefined) throw new GatewayError('client.not_found', `No key has the ${by} "${selected}".`);
  if (others.length === 0) return first;
  const hashes = found.map((key) => key.hash.slice(0, 12)).join(', ');
  throw new GatewayError(
    'client.conflict',
    `"${selected}" is ${found.length} keys (hashes ${hashes}): name one by its hash.`,
  );
}
