import * as z from 'zod';
import type { ApiAuthorizer } from '../../src/config/api-config.ts';

/** Whom the authorizer lets in, as it tells the function; or how it refuses. */
export type Authorization =
  | { readonly ok: true; readonly authorizer: object }
  | { readonly ok: false; readonly status: 401 | 403; readonly description: string };

const claim = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
const claimsShape = z.record(z.string(), claim);
const identityShape = z.object({ userArn: z.string() });

/**
 * Stands in for API Gateway's authorizers. There is no issuer here whose keys it could ask for, and no signature is checked
 * anywhere in this cloud: after `Bearer` stand the claims of the token themselves, as JSON, or for IAM
 * `{"userArn": "…"}`. What a token says is held to the configuration as there (API Gateway guide, "Control access to HTTP
 * APIs with JWT authorizers"): issuer and audience where it names them, its times, its scopes.
 */
export function authorize(header: string | undefined, authorizer: ApiAuthorizer, now: Date): Authorization {
  const said = parse(/^Bearer (.*)$/i.exec(header ?? '')?.[1] ?? '');
  if (authorizer.kind === 'iam') {
    const identity = identityShape.safeParse(said);
    return identity.success
      ? { ok: true, authorizer: { iam: identity.data } }
      : { ok: false, status: 403, description: 'expected Authorization: Bearer {"userArn": "arn:aws:sts::…"}' };
  }
  const claims = claimsShape.safeParse(said);
  if (!claims.success) {
    return unauthorized('expected Authorization: Bearer and the claims of a token as JSON');
  }
  return checkToken(claims.data, authorizer, now.getTime() / 1000);
}

function checkToken(
  claims: z.infer<typeof claimsShape>,
  { issuer, audience, scopes }: ApiAuthorizer & { readonly kind: 'jwt' },
  seconds: number,
): Authorization {
  const { iss, aud, client_id: client, exp, nbf, iat, scope, scp } = claims;
  if (iss !== undefined && iss !== issuer) {
    return unauthorized('the token has another issuer');
  }
  // client_id counts only where there is no aud.
  const meant = [aud ?? client ?? audience].flat();
  if (!meant.some((one) => audience.includes(String(one)))) {
    return unauthorized('the token does not have a valid audience');
  }
  if (Number(exp ?? Number.POSITIVE_INFINITY) <= seconds) {
    return unauthorized('the token has expired');
  }
  if (Number(nbf ?? 0) > seconds || Number(iat ?? 0) > seconds) {
    return unauthorized('the token is not valid yet');
  }
  const granted = [scope ?? scp ?? []].flat().flatMap((text) => String(text).split(' '));
  if (scopes.length > 0 && !scopes.some((one) => granted.includes(one))) {
    return { ok: false, status: 403, description: 'insufficient_scope' };
  }
  return { ok: true, authorizer: { jwt: { claims: asTexts(claims), scopes: granted.length === 0 ? null : granted } } };
}

/** Claims reach a function as texts, lists among them as `[a b]`. */
function asTexts(claims: z.infer<typeof claimsShape>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : String(value),
    ]),
  );
}

function unauthorized(description: string): Authorization {
  return { ok: false, status: 401, description };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
