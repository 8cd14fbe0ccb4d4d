/** Who says which tenant a caller of the HTTP API is. */
export type ApiAuthorizer =
  | {
      readonly kind: 'jwt';
      /** `iss` of the tokens, an https URL; its signing keys are found by it. */
      readonly issuer: string;
      /** `aud` (or `client_id`) must be one of these. */
      readonly audience: readonly string[];
      /** The claim that is the tenant's id. */
      readonly tenantClaim: string;
      /** A token must have one of these; none: it need not have any. */
      readonly scopes: readonly string[];
    }
  | {
      readonly kind: 'iam';
      /** Name of the role of a tenant's callers; holds `{tenantId}` exactly once. */
      readonly role: string;
    };

/** The HTTP API for tenants' queries. */
export interface ApiConfig {
  readonly authorizer: ApiAuthorizer;
  /** Of all callers together: requests a second, and how many may come at once. */
  readonly throttle: { readonly rate: number; readonly burst: number };
}
