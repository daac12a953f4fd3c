import { contractFindings } from "./contractChecks.ts";
import { coolingFindings } from "./coolingChecks.ts";
import { duplicates, finding } from "./finding.ts";
import type { Finding, Path } from "./finding.ts";
import { HOSTS_MAX, HostRangeError, expandHosts, hostCount } from "./hosts.ts";
import { modeFindings } from "./modeChecks.ts";
import { pointFindings } from "./pointChecks.ts";
import { reserveFindings } from "./reserveChecks.ts";
import type { SiteFile } from "./schema/config.ts";
import { sizeFindings } from "./sizeChecks.ts";
import { dispatchFindings, staleFindings } from "./staleChecks.ts";
import { stopInputFindings } from "./stopInputChecks.ts";
import { unitFindings } from "./unitChecks.ts";

/** What the parts of a well-formed file have against each other. */
export function crossFindings(file: SiteFile): Finding[] {
  return [
    ...pointFindings(file),
    ...unitFindings(file),
    ...sizeFindings(file),
    ...staleFindings(file),
    ...dispatchFindings(file),
    ...hysteresisFindings(file),
    ...identityFindings(file),
    ...file.cohorts.flatMap((cohort, index) => modeFindings(cohort, index)),
    ...singleSourceFindings(file),
    ...hostFindings(file),
    ...contractFindings(file),
    ...meterFindings(file),
    ...coolingFindings(file),
    ...stopInputFindings(file),
    ...reserveFindings(file),
  ];
}

function hysteresisFindings({ policy: { economic } }: SiteFile): Finding[] {
  const why =
    "a bare threshold restarts on every noise crossing and measured worst of all policies, so a gap around the " +
    "strike is required";
  const path = ["policy", "economic"];
  return [
    ...(economic.offFactor > 1
      ? []
      : [finding([...path, "offFactor"], `is ${economic.offFactor}: ${why}`, "a factor above 1, e.g. 1.25")]),
    ...(economic.onFactor < 1
      ? []
      : [finding([...path, "onFactor"], `is ${economic.onFactor}: ${why}`, "a factor below 1, e.g. 0.9")]),
  ];
}

function identityFindings({ clients, cohorts, supply }: SiteFile): Finding[] {
  const known = clients.map((client) => client.clientId);
  if (known.length === 0) return [finding(["clients"], "has no client", "a client here, or its file in contracts")];
  return [
    ...duplicates(
      clients.map((client, index) => ({ id: client.clientId, path: ["clients", index, "clientId"] })),
      "client",
    ),
    ...duplicates(
      cohorts.map((cohort, index) => ({ id: cohort.cohortId, path: ["cohorts", index, "cohortId"] })),
      "cohort",
    ),
    ...duplicates(
      supply.blocks.map((block, index) => ({ id: block.blockId, path: ["supply", "blocks", index, "blockId"] })),
      "supply block",
    ),
    ...duplicates(
      supply.adders.map((adder, index) => ({ id: adder.code, path: ["supply", "adders", index, "code"] })),
      "adder",
    ),
    ...cohorts.flatMap(({ clientId }, index) =>
      known.includes(clientId)
        ? []
        : [
            finding(
              ["cohorts", index, "clientId"],
              `is "${clientId}", a client without a contract`,
              `one of ${known.join(", ")}`,
            ),
          ],
    ),
  ];
}

function singleSourceFindings({ cohorts, policy: { singleSourceMwMax }, site }: SiteFile): Finding[] {
  return cohorts.flatMap((cohort) => {
    const highestW = Math.max(...cohort.modes.map((mode) => mode.powerW));
    const mw = (highestW * hostCount(cohort.machines.hosts) * site.pue) / 1_000_000;
    if (!(mw > singleSourceMwMax)) return [];
    const message =
      `is ${singleSourceMwMax} MW, below the ${mw.toFixed(3)} MW of cohort "${cohort.cohortId}", ` +
      `which could then never move for the price`;
    return [
      finding(["policy", "singleSourceMwMax"], message, "at least the largest cohort; split a cohort to allow less"),
    ];
  });
}

function hostFindings({ cohorts }: SiteFile): Finding[] {
  const hosts = hostCount(cohorts.flatMap(({ machines }) => machines.hosts));
  if (hosts > HOSTS_MAX)
    return [finding(["cohorts"], `have ${hosts} machines`, `at most ${HOSTS_MAX} at a site: is a range too long?`)];
  return cohorts.flatMap(({ machines }, index) =>
    machines.hosts.flatMap((range, position): Finding[] => {
      const path = ["cohorts", index, "machines", "hosts", position];
      const whyNot = rangeProblem(range);
      return whyNot === undefined
        ? []
        : [finding(path, whyNot, "an IPv4 address or a range such as 10.4.1.1-10.4.1.60")];
    }),
  );
}

function rangeProblem(range: string): string | undefined {
  try {
    expandHosts([range]);
    return undefined;
  } catch (error) {
    if (error instanceof HostRangeError) return error.message;
    throw error;
  }
}

function meterFindings({ clients, meters }: SiteFile): Finding[] {
  const feeders = meters.feeders.map((meter, index) => ({ ...meter, path: ["meters", "feeders", index] as Path }));
  const all = [{ ...meters.site, path: ["meters", "site"] as Path }, ...feeders];
  const known = clients.map((client) => client.clientId);
  const fed = feeders.map((feeder) => feeder.clientId);
  return [
    ...duplicates(
      all.map(({ meterId, path }) => ({ id: meterId, path: [...path, "meterId"] })),
      "meter",
    ),
    ...duplicates(
      feeders.map(({ clientId, path }) => ({ id: clientId, path: [...path, "clientId"] })),
      "feeder of client",
    ),
    ...feeders.flatMap(({ clientId, path }) =>
      known.includes(clientId)
        ? []
        : [finding([...path, "clientId"], `is "${clientId}", not a client of this file`, `one of ${known.join(", ")}`)],
    ),
    ...clients.flatMap(({ clientId }, index) =>
      fed.includes(clientId)
        ? []
        : [
            finding(
              ["clients", index, "clientId"],
              `client "${clientId}" has no feeder meter`,
              "an entry of meters.feeders with this clientId",
            ),
          ],
    ),
  ];
}
