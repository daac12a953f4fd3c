import { dirname, resolve } from "node:path";
import { duplicates, finding, type Finding, type Path } from "./finding.ts";
import type { ConfigProblem } from "./problem.ts";
import { type Read, readShape } from "./readShape.ts";
import type { ClientConfig, ContractConfig, SiteFile } from "./schema/config.ts";
import { type ContractFile, contractFileSchema } from "./schema/contractFile.ts";
import { UNREADABLE } from "./yamlFile.ts";

/** A site's file with every client, also those whose contracts stand in files of their own. */
export interface WithContracts<Site extends SiteFile> {
  readonly site: Site;
  /** Adds the place to a finding of the whole site, in the file where the value stands. */
  place(finding: Finding): ConfigProblem;
  readonly problems: readonly ConfigProblem[];
}

/** A client of a site out of a contract's file, and where its values stand there. */
interface SharedClient {
  readonly client: ClientConfig;
  /** Position in the file of each version that the site has. */
  readonly versions: readonly number[];
  readonly contract: Read<ContractFile>;
}

/** Reads the contracts' files that a site's file names, and takes from each what is of this site. */
export function withContracts<Site extends SiteFile>({ file, value, yaml }: Read<Site>): WithContracts<Site> {
  const names = value.contracts ?? [];
  const files = names.map((name) => resolve(dirname(file), name));
  const twice = duplicates(
    files.map((id, index) => ({ id, path: ["contracts", index] })),
    "contract file",
  );
  const { siteId } = value.site;
  const shared: SharedClient[] = [];
  const problems = twice.map(yaml.place);
  for (const [index, path] of twice.length > 0 ? [] : files.entries()) {
    const contract = readShape(path, contractFileSchema);
    const unread = contract.problems.find(({ message }) => message.startsWith(UNREADABLE));
    const named = (message: string, expected: string): ConfigProblem =>
      yaml.place(finding(["contracts", index], `is ${names[index]}, which ${message}`, expected));
    if (unread !== undefined) problems.push(named(unread.message, unread.expected));
    else if (!("value" in contract)) problems.push(...contract.problems);
    else {
      const own = ofSite(contract, siteId);
      problems.push(...fileFindings(contract.value).map(contract.yaml.place));
      if (own.versions.length > 0) shared.push(own);
      else
        problems.push(named(`has no version for site ${siteId}`, `${siteId} among the sites of one of its versions`));
    }
  }
  const own = value.clients.length;
  return {
    site: { ...value, clients: [...value.clients, ...shared.map(({ client }) => client)] },
    place: (found) => {
      const [group, index] = found.path;
      const from = group === "clients" && typeof index === "number" ? shared[index - own] : undefined;
      return from === undefined ? yaml.place(found) : from.contract.yaml.place(inContract(found, from, siteId));
    },
    problems,
  };
}

function ofSite(contract: Read<ContractFile>, siteId: string): SharedClient {
  const { clientId, name, versions } = contract.value;
  const own = versions.flatMap((version, position) => {
    const one = contractOf(version, siteId);
    return one === undefined ? [] : [{ one, position }];
  });
  return {
    client: { clientId, name, contracts: own.map(({ one }) => one) },
    versions: own.map(({ position }) => position),
    contract,
  };
}

/** What a version is at a site; undefined where the site is not under it. */
function contractOf({ sites, energy, ...terms }: ContractFile["versions"][number], siteId: string) {
  const own = Object.entries(sites).find(([id]) => id === siteId)?.[1];
  if (own === undefined) return undefined;
  const { blockKw, ...ids } = own;
  const slice = "blockKw" in energy && blockKw !== undefined ? { ...energy, blockKw } : energy;
  return { ...terms, energy: slice, ...ids } satisfies ContractConfig;
}

/** What the parts of a contract's file have against each other, whichever site names it. */
function fileFindings({ versions }: ContractFile): Finding[] {
  const all = versions.flatMap(({ energy, sites }, index) =>
    Object.entries(sites).map(([siteId, own]) => ({
      ...own,
      siteId,
      energy,
      path: ["versions", index, "sites", siteId] as Path,
    })),
  );
  const noBlock = all.filter(({ blockKw, energy }) => blockKw !== undefined && !("blockKw" in energy));
  return [
    ...noBlock.map(({ blockKw, energy, path }) =>
      finding([...path, "blockKw"], `is ${blockKw} beside energy ${energy.kind}, which has no block`, "no such key"),
    ),
    ...all.flatMap(({ contractId, siteId, path }) => {
      const other = all.find((one) => one.contractId === contractId)?.siteId;
      if (other === siteId) return [];
      const message = `is "${contractId}", the id of site ${other}: a statement is known by its contract`;
      return [finding([...path, "contractId"], message, "an id for each site")];
    }),
  ];
}

/** The same finding where its value stands in the contract's file. */
function inContract({ path, ...found }: Finding, { versions, contract }: SharedClient, siteId: string): Finding {
  const [, , part, position, ...rest] = path;
  if (part !== "contracts") return { ...found, path: part === undefined ? [] : [part] };
  const at = typeof position === "number" ? versions[position] : undefined;
  if (at === undefined) return { ...found, path: ["versions"] };
  const own: object = contract.value.versions[at]?.sites[siteId] ?? {};
  const key = rest.at(-1);
  const isOfSite = key !== undefined && key in own;
  return { ...found, path: ["versions", at, ...(isOfSite ? ["sites", siteId, key] : rest)] };
}
