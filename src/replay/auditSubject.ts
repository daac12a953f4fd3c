import type { AuditSubject, BundleManifest } from "../domain/evidence/model.ts";
import type { Anchors } from "./layers/integrity.ts";
import { keyIdOfPublic } from "./signature.ts";

const SETTLEMENT = /^settlements\/(\d{4}-\d\d-\d\d)-v\d+\.json$/;

/** What a verdict is about: site, settled days, head and key as the manifest names them, and what was given of them. */
export function auditSubject(manifest: BundleManifest, { head, publicKeyPem }: Anchors): AuditSubject {
  const { siteId, settlements, headChainHash, signature } = manifest;
  return {
    siteId,
    settledDays: [...new Set(settlements.flatMap(({ path }) => SETTLEMENT.exec(path)?.[1] ?? []))].sort(),
    headChainHash,
    headGiven: head !== undefined,
    keyId: signature?.keyId,
    keyGiven: publicKeyPem !== undefined,
    givenKeyId: publicKeyPem === undefined ? undefined : keyIdOfPublic(publicKeyPem),
  };
}
