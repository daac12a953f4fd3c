import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConfigError, finding, type Finding } from "../../config/index.ts";
import type { Ingress } from "../../config/ingress.ts";
import type { WordSender } from "../../domain/inputs/instructionWord.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import { keyIdOfPublic } from "../../replay/signature.ts";
import type { SitesByResource } from "./saidOfJson.ts";

/** Somebody who may instruct, and how a door knows them. */
export interface Issuer {
  readonly sender: WordSender & { readonly issuer: string };
  readonly resources: SitesByResource;
  /** Ed25519 public keys, PEM, by their ids. */
  readonly keys: ReadonlyMap<string, string>;
  /** SHA-256 of the certificates that it shows, `AB:CD:...`. */
  readonly certificates: ReadonlySet<string>;
}

/** The issuers of a file with their keys. @throws ConfigError naming each key or certificate that cannot be used */
export function readIssuers({ value: { issuers }, fileOf, place }: Ingress): readonly Issuer[] {
  const found: Finding[] = [];
  const read = <T>(path: (string | number)[], named: string, use: (text: string) => T): T[] => {
    try {
      return [use(readFileSync(fileOf(named), "utf8"))];
    } catch (error) {
      found.push(finding(path, `${named}: ${thrownText(error)}`, "a PEM file as docs/instructions.md says"));
      return [];
    }
  };
  const all = Object.entries(issuers).map(([name, one]): Issuer => {
    const { publicKeys = [], clientCertificates = [], products = [], sites, resources = {} } = one;
    const { mayStop, mayStartAgain } = one;
    const keys = publicKeys.flatMap((file, index) =>
      read(["issuers", name, "publicKeys", index], file, (pem) => [keyIdOfPublic(pem), pem] as const),
    );
    const certificates = clientCertificates.flatMap((file, index) =>
      read(["issuers", name, "clientCertificates", index], file, (pem) => new X509Certificate(pem).fingerprint256),
    );
    return {
      sender: {
        name,
        issuer: name,
        products,
        sites,
        ...(mayStop === true ? { mayStop } : {}),
        ...(mayStartAgain === true ? { mayStartAgain } : {}),
      },
      resources,
      keys: new Map(keys),
      certificates: new Set(certificates),
    };
  });
  const ids = all.flatMap(({ sender, keys, certificates }) =>
    [...keys.keys(), ...certificates].map((id) => ({ id, name: sender.name })),
  );
  for (const { id, name } of ids.filter((one, index) => ids.findIndex(({ id }) => id === one.id) !== index))
    found.push(finding(["issuers", name], `has key or certificate ${id}, as another issuer has`, "one of its own"));
  if (found.length > 0) throw new ConfigError(found.map(place));
  return all;
}
