import { CanonicalJsonError } from "../../domain/evidence/canonicalJson.ts";
import { admission, type OperatorKey } from "../../domain/evidence/operatorAdmission.ts";
import { type OperatorRequest, operatorText, proofProblem } from "../../domain/evidence/operatorProof.ts";
import { findDoubledRows } from "../doubledRows.ts";
import type { LayerLog } from "../layerLog.ts";
import type { OpenedRun } from "../openRun.ts";
import { operatorUpdates } from "../operatorUpdates.ts";
import { textSignatureHolds } from "../signature.ts";
import type { AuditLayer } from "./layer.ts";

/**
 * Every request that a run admitted, held again against the keys in the bundle: key, signature, role, actor, and that
 * the history names the same actor and key. Age and nonce were judged by the clock and the table of their time.
 */
function checkOperators(
  siteId: string,
  { run, events }: OpenedRun,
  keys: ReadonlyMap<string, OperatorKey>,
  log: LayerLog,
): void {
  for (const { eventId, asked, admission: recorded } of operatorUpdates(siteId, events).values()) {
    if (recorded?.kind !== "admitted") continue;
    const where = `${run.file} event ${eventId} ${asked.update}`;
    log.check();
    const malformed = proofProblem(asked.update, asked.request);
    if (malformed !== undefined) {
      log.find(where, "a signed request", malformed);
      continue;
    }
    const key = keys.get(asked.request.proof.keyId);
    const made = admission({ asked, key, isSigned: isSigned(asked, key) });
    if (made.kind === "refused") log.find(where, "a request of an operator whose key is in the bundle", made.why);
    else {
      log.same(`${where} actor`, made.actor, recorded.actor);
      log.same(`${where} keyId`, made.keyId, recorded.keyId);
    }
  }
}

function isSigned(asked: OperatorRequest, key: OperatorKey | undefined): boolean {
  if (key === undefined) return false;
  const { keyId, signature } = asked.request.proof;
  try {
    const value = { algorithm: "ed25519" as const, keyId, valueBase64: signature };
    return textSignatureHolds(operatorText(asked), value, key.publicKeyPem);
  } catch (error) {
    // what has no canonical text cannot have been signed
    if (error instanceof CanonicalJsonError) return false;
    throw error;
  }
}

export const operators = {
  name: "operators",
  what: "every order and release signed by a key of its operator",
  needs: "replay",
  check(site, log) {
    let keys: ReadonlyMap<string, OperatorKey> = new Map();
    return {
      async files() {
        const rows = await site.ledgers.operators(log);
        findDoubledRows("operators", rows, ({ keyId }) => `key ${keyId}`, log);
        keys = new Map(rows.map((key) => [key.keyId, key]));
        return "go on";
      },
      replayed: (run) => checkOperators(site.bundle.manifest.siteId, run, keys, log),
    };
  },
} as const satisfies AuditLayer;
