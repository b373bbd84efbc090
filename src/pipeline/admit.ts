/** Whether an exchange may run, and where: the key may pay, the request does not go in circles, somebody can serve it. */
import type { ActivePlugins } from '../plugins/plugin.ts';
import type { PipelinePorts } from './exchange.ts';
import { type Route, type RouteInput, refuseLoop, routeExchange } from './route.ts';

/**
 * The route of an exchange that its key may pay for.
 * @throws GatewayError `auth.payment_required`, `route.loop`, or what routing refuses
 */
export function admitExchange(
  exchange: RouteInput & { readonly receivedAtMs: number },
  plugins: ActivePlugins | null,
  ports: PipelinePorts,
): Route {
  refuseLoop(exchange, ports.instanceId);
  const refusal = ports.spend.admit(exchange.caller, exchange.receivedAtMs);
  if (refusal) throw refusal;
  return routeExchange(exchange, plugins, ports);
}
