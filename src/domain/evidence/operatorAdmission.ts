import { STOP_KINDS } from "../inputs/safetyStops.ts";
import { type Instant, isInstant, secondsBetween } from "../units/instant.ts";
import { memberAt } from "./historyEvent.ts";
import type { OperatorRequest } from "./operatorProof.ts";

/**
 * `desk` may order and release, `stop` may stop machines for safety, `start-again` may end such a stop, neither may do
 * anything else; `viewer` may only look.
 */
export const ROLES = ["desk", "stop", "start-again", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** A public key and whose it is. */
export interface OperatorKey {
  readonly keyId: string;
  /** Ed25519, SPKI in PEM. */
  readonly publicKeyPem: string;
  readonly actor: string;
  readonly roles: readonly Role[];
  /** Sites at which it may be used; every one where absent. */
  readonly sites?: readonly string[];
  /** A gateway's: it signs in the name of people whom the gateway has signed in. */
  readonly vouches?: true;
}

/** Whether an operator, or a key, may be used at a site. */
export function isForSite({ sites }: Pick<OperatorKey, "sites">, siteId: string): boolean {
  return sites === undefined || sites.includes(siteId);
}

/** Whether a request may be decided on, and in whose name; it stands in the history before anything is decided. */
export type Admission =
  | { readonly kind: "admitted"; readonly actor: string; readonly keyId: string }
  | { readonly kind: "refused"; readonly why: string };

/** What is known of a request when it is judged. */
export interface AdmissionFacts {
  readonly asked: OperatorRequest;
  /** The key that the proof names; undefined when nobody has it. */
  readonly key: OperatorKey | undefined;
  /** Whether that key made the signature. */
  readonly isSigned: boolean;
  /** Market time; absent long afterwards, when only what does not age is judged. */
  readonly now?: Instant;
  /** A paced clock's keeper stamps every request itself; on the real clock its sender does. */
  readonly isClockReal?: boolean;
}

/** How far the moment of signing may be from market time, either way, seconds. */
export const PROOF_VALID_SECONDS = 600;
/** A site decides as of the newest stamp it has: one ahead of the market would leave out every price until then. */
const AHEAD_SECONDS_MAX = 120;
const ACTOR = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** Whether a text can name an operator: letters, digits and . _ @ -, 64 at most. */
export function namesOperator(text: string): boolean {
  return ACTOR.test(text);
}

/**
 * Admits a request that a listed key with the role `desk`, or for a safety stop alone `stop` and for its end alone
 * `start-again`, for that site, signed within ten minutes and whose actor is the key's, or anybody for whom a
 * gateway's key vouches, unless it is stamped more than 120 s after market time. Whether its nonce is new is for the
 * keeper of the nonces to say.
 */
export function admission({ asked, key, isSigned, now, isClockReal }: AdmissionFacts): Admission {
  const { proof } = asked.request;
  const refused = (why: string): Admission => ({ kind: "refused", why });
  if (key === undefined) return refused(`the key ${proof.keyId} is not known here, or was removed`);
  if (!isSigned) return refused(`the signature is not of the key ${proof.keyId}, or something was changed after it`);
  if (!key.roles.includes("desk") && !key.roles.some((role) => role === ownRoleOf(asked)))
    return refused(`${key.actor} may not order: that takes the role desk, the key has ${key.roles.join(", ")}`);
  if (!isForSite(key, asked.siteId))
    return refused(`${key.actor} may order at ${key.sites?.join(", ") || "no site"} alone, not at ${asked.siteId}`);
  const actors = actorsOf(asked.request);
  const [actor] = actors;
  if (actor === undefined || actors.some((one) => one !== actor)) return refused("it does not name one actor");
  if (key.vouches === true ? !namesOperator(actor) : actor !== key.actor)
    return refused(`the key ${proof.keyId} is ${key.actor}'s and cannot order in the name of "${actor.slice(0, 64)}"`);
  if (now !== undefined && Math.abs(secondsBetween(proof.signedAt, now)) > PROOF_VALID_SECONDS)
    return refused(
      `it was signed at ${proof.signedAt}, more than ${PROOF_VALID_SECONDS / 60} minutes from market time ${now}`,
    );
  const at = String(memberAt(asked.request, "at"));
  if (isClockReal === true && now !== undefined && isInstant(at) && secondsBetween(now, at) > AHEAD_SECONDS_MAX)
    return refused(
      `it is stamped ${at}, more than ${AHEAD_SECONDS_MAX} s after market time ${now}: set the clock of the machine ` +
        `that sent it right`,
    );
  return { kind: "admitted", actor, keyId: proof.keyId };
}

/** The role that is for this alone: `stop` takes machines off and can start none. */
function ownRoleOf({ update, request }: OperatorRequest): Role | undefined {
  if (update !== "stopMachines") return undefined;
  const kind = memberAt(request, "kind");
  if (kind === STOP_KINDS.stop) return "stop";
  return kind === STOP_KINDS.start ? "start-again" : undefined;
}

/** Every place in which a request names who asks. */
function actorsOf(request: unknown): string[] {
  return [memberAt(request, "actor"), memberAt(request, "order", "actor")].flatMap((actor) =>
    actor === undefined ? [] : String(actor),
  );
}
