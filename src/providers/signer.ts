/** Credentials that differ from request to request: a signature over it, or a token that expires. */

export interface UnsignedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As it is sent, byte for byte. */
  readonly body: string;
  /** Aborts with the attempt. */
  readonly signal: AbortSignal;
}

/**
 * Gives the headers to send, those of the request among them. Called for each attempt, before the connection.
 * @throws GatewayError `provider.credential` where none is given, naming the cause and the cure, never the secret
 */
export type Signer = (request: UnsignedRequest) => Promise<Readonly<Record<string, string>>>;
