import type { AuditSubject, BundleManifest } from "../domain/evidence/model.ts";
import type { Anchors } from "./auditedSite.ts";
import { settledDays } from "./settledDays.ts";
import { keyIdOfPublic } from "./signature.ts";

/** What a verdict is about: site, settled days, head and key as the manifest names them, and what was given of them. */
export function auditSubject(manifest: BundleManifest, { head, publicKeyPem }: Anchors): AuditSubject {
  const { siteId, headChainHash, signature } = manifest;
  return {
    siteId,
    settledDays: settledDays(manifest),
    headChainHash,
    headGiven: head !== undefined,
    keyId: signature?.keyId,
    keyGiven: publicKeyPem !== undefined,
    givenKeyId: publicKeyPem === undefined ? undefined : keyIdOfPublic(publicKeyPem),
  };
}
