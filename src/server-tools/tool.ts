/**
 * Server tools: tools that run in the gateway instead of in the caller (OpenRouter's API, `tools[]` of type `openrouter:…`).
 * The model is offered a function in their place; what it asks is run here and told to it, until it answers
 * (pipeline/tool-loop.ts). A tool that needs an outside service is given that service as a port.
 */
import type { ToolDefinition } from '../core/chat.ts';
import type { Json, JsonObject } from '../core/json.ts';

/** One kind of server tool. */
export interface ServerTool {
  /** As callers ask for it: `openrouter:datetime`. */
  readonly type: string;
  /**
   * The tool as this caller configured it.
   * @throws GatewayError `client.invalid_request` where its parameters cannot be used, `gateway.unsupported` where a service
   * that it needs is not configured; both name `field`
   */
  configure(parameters: JsonObject, field: string): ConfiguredTool;
}

export interface ConfiguredTool {
  /** As the model sees it; the loop gives it another name where the caller has one of that name. */
  readonly definition: ToolDefinition;
  /** What the model is told. Never rejects for what the model did wrong: that is told to the model, too. */
  run(input: Json, context: ToolContext): Promise<ToolOutcome>;
}

export interface ToolContext {
  readonly nowMs: number;
  /** Aborts with the exchange. */
  readonly signal: AbortSignal;
}

export interface ToolOutcome {
  readonly text: string;
  readonly isError?: boolean;
}
