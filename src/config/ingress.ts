import { dirname, relative, resolve } from "node:path";
import { type Finding, finding } from "./finding.ts";
import { ConfigError, type ConfigProblem } from "./problem.ts";
import { readShape } from "./readShape.ts";
import { type IngressFile, ingressSchema } from "./schema/ingress.ts";
import { readYaml } from "./yamlFile.ts";

/** The file that `ballast ingress` serves by, its files resolved; `place` puts a finding where it belongs in it. */
export interface Ingress {
  readonly file: string;
  readonly value: IngressFile;
  /** A file that it names. */
  readonly fileOf: (named: string) => string;
  readonly place: (found: Finding) => ConfigProblem;
}

/** Whether a file says of itself that it is one for `ballast ingress`. */
export function isIngress(file: string): boolean {
  const { value } = readYaml(file);
  const schema = typeof value === "object" && value !== null ? (value as Record<string, unknown>)["schema"] : undefined;
  return typeof schema === "string" && schema.startsWith("ballast.ingress/");
}

/** Reads the file. @throws ConfigError for every problem of its shape, and of what its parts say of each other */
export function readIngress(file: string): Ingress {
  const read = readShape(resolve(file), ingressSchema);
  if (!("value" in read)) throw new ConfigError(read.problems);
  const { value, yaml } = read;
  const problems = findings(value).map(yaml.place);
  if (problems.length > 0) throw new ConfigError(problems);
  return { file: read.file, value, fileOf: (named) => resolve(dirname(read.file), named), place: yaml.place };
}

function findings({ issuers, folders = [], listen: { tls }, stopKey }: IngressFile): Finding[] {
  const names = Object.keys(issuers);
  const ofIssuers = Object.entries(issuers).flatMap(
    ([name, { publicKeys, clientCertificates, sites, resources = {}, ...rights }]) => [
      ...rightsFindings(name, rights, stopKey),
      ...(publicKeys === undefined && clientCertificates === undefined && !folders.some(({ issuer }) => issuer === name)
        ? [finding(["issuers", name], "cannot be known by anything", "publicKeys, clientCertificates or a folder")]
        : []),
      ...(clientCertificates !== undefined && tls?.clientAuthority === undefined
        ? [
            finding(
              ["issuers", name, "clientCertificates"],
              "are never asked for",
              "listen.tls.clientAuthority, which signs them",
            ),
          ]
        : []),
      ...Object.entries(resources).flatMap(([resource, site]) =>
        sites.includes(site)
          ? []
          : [
              finding(
                ["issuers", name, "resources", resource],
                `is site ${site}, which it may not instruct`,
                sites.join(", "),
              ),
            ],
      ),
    ],
  );
  const ofFolders = folders.flatMap(({ issuer }, index) =>
    names.includes(issuer)
      ? []
      : [finding(["folders", index, "issuer"], `is ${issuer}, no issuer of this file`, `one of ${names.join(", ")}`)],
  );
  return [...ofIssuers, ...ofFolders, ...sharedFolders(folders)];
}

/** What an issuer may do: something, and stops only where they can be signed. */
function rightsFindings(
  name: string,
  { products, mayStop, mayStartAgain }: Pick<IngressFile["issuers"][string], "products" | "mayStop" | "mayStartAgain">,
  stopKey: string | undefined,
): Finding[] {
  const right = mayStop === true ? "mayStop" : mayStartAgain === true ? "mayStartAgain" : undefined;
  if (right === undefined)
    return products === undefined
      ? [finding(["issuers", name], "may do nothing", "products, mayStop: true or mayStartAgain: true")]
      : [];
  return stopKey === undefined
    ? [finding(["issuers", name, right], "needs a key that signs its stops", "stopKey, beside issuers")]
    : [];
}

/** Folders that are the same, or lie in each other: whose a file is could not be known. */
function sharedFolders(folders: NonNullable<IngressFile["folders"]>): Finding[] {
  const within = (inner: string, outer: string): boolean => !/^\.\.(?:\/|$)/.test(relative(outer, inner));
  return folders.flatMap(({ path }, index) => {
    const other = folders.slice(0, index).find((one) => within(path, one.path) || within(one.path, path));
    if (other === undefined) return [];
    const message = `is ${path}, which is or lies in the same folder as ${other.path}`;
    return [finding(["folders", index, "path"], message, "a folder of its own for each")];
  });
}
