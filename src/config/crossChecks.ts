import type { Finding } from "./problem.ts";
import { expandHosts, HostRangeError } from "./hosts.ts";
import { modeFindings } from "./modeChecks.ts";
import { contractFindings } from "./contractChecks.ts";
import { duplicates } from "./duplicates.ts";
import type { SiteFile } from "./schema/config.ts";

/** What the parts of a well-formed file have against each other. */
export function crossFindings(file: SiteFile): Finding[] {
  return [
    ...hysteresisFindings(file),
    ...stalenessFindings(file),
    ...identityFindings(file),
    ...file.cohorts.flatMap((cohort, index) => modeFindings(cohort, index)),
    ...singleSourceFindings(file),
    ...hostFindings(file),
    ...contractFindings(file),
    ...meterFindings(file),
  ];
}

function hysteresisFindings({ policy: { economic } }: SiteFile): Finding[] {
  const why = "a bare threshold restarts on every noise crossing and measured worst of all policies, so a gap around the strike is required";
  const findings: Finding[] = [];
  if (economic.offFactor <= 1) findings.push({ path: ["policy", "economic", "offFactor"], message: `is ${economic.offFactor}: ${why}`, expected: "a factor above 1, e.g. 1.25" });
  if (economic.onFactor >= 1) findings.push({ path: ["policy", "economic", "onFactor"], message: `is ${economic.onFactor}: ${why}`, expected: "a factor below 1, e.g. 0.9" });
  return findings;
}

function stalenessFindings({ policy: { staleness } }: SiteFile): Finding[] {
  if (staleness.scedPriceWarnSeconds < staleness.scedPriceSeconds) return [];
  return [{
    path: ["policy", "staleness", "scedPriceWarnSeconds"], message: `is ${staleness.scedPriceWarnSeconds}, not below scedPriceSeconds ${staleness.scedPriceSeconds}`,
    expected: "the next route to be asked before the price counts as silent, e.g. 420 and 600",
  }];
}

function identityFindings(file: SiteFile): Finding[] {
  const clients = new Set(file.clients.map((client) => client.clientId));
  return [
    ...duplicates(file.clients.map((client, index) => ({ id: client.clientId, path: ["clients", index, "clientId"] })), "client"),
    ...duplicates(file.cohorts.map((cohort, index) => ({ id: cohort.cohortId, path: ["cohorts", index, "cohortId"] })), "cohort"),
    ...duplicates(file.supply.blocks.map((block, index) => ({ id: block.blockId, path: ["supply", "blocks", index, "blockId"] })), "supply block"),
    ...duplicates(file.supply.adders.map((adder, index) => ({ id: adder.code, path: ["supply", "adders", index, "code"] })), "adder"),
    ...file.cohorts.flatMap((cohort, index) => (clients.has(cohort.clientId) ? [] : [{
      path: ["cohorts", index, "clientId"], message: `is "${cohort.clientId}", a client without a contract`, expected: `one of ${[...clients].join(", ")}`,
    }])),
  ];
}

function singleSourceFindings({ cohorts, policy, site }: SiteFile): Finding[] {
  return cohorts.flatMap((cohort, index) => {
    const machines = hostCount(cohort.machines.hosts);
    const highestW = Math.max(...cohort.modes.map((mode) => mode.powerW));
    const mw = (highestW * machines * site.pue) / 1_000_000;
    if (mw <= policy.singleSourceMwMax) return [];
    return [{
      path: ["policy", "singleSourceMwMax"], message: `is ${policy.singleSourceMwMax} MW, below the ${mw.toFixed(3)} MW of cohort "${cohort.cohortId}" (cohorts[${index}]), which could then never move for the price`,
      expected: "at least the largest cohort; split a cohort to allow less",
    }];
  });
}

function hostFindings({ cohorts }: SiteFile): Finding[] {
  const owner = new Map<string, string>();
  return cohorts.flatMap((cohort, index) => cohort.machines.hosts.flatMap((range, at): Finding[] => {
    const path = ["cohorts", index, "machines", "hosts", at];
    try {
      const taken = expandHosts([range]).map((host) => `${host}:${cohort.machines.port}`).find((address) => claim(owner, address, cohort.cohortId));
      if (taken === undefined) return [];
      return [{ path, message: `"${range}" overlaps: ${taken} already belongs to cohort "${owner.get(taken)}"`, expected: "each machine in one cohort" }];
    } catch (error) {
      if (!(error instanceof HostRangeError)) throw error;
      return [{ path, message: error.message, expected: "an IPv4 address or a range such as 10.4.1.1-10.4.1.60" }];
    }
  }));
}

/** True when the address already had an owner. */
function claim(owner: Map<string, string>, address: string, cohortId: string): boolean {
  if (owner.has(address)) return true;
  owner.set(address, cohortId);
  return false;
}

function hostCount(ranges: readonly string[]): number {
  try {
    return expandHosts(ranges).length;
  } catch (error) {
    if (error instanceof HostRangeError) return 0;
    throw error;
  }
}

function meterFindings({ clients, meters }: SiteFile): Finding[] {
  const all = [{ meter: meters.site, path: ["meters", "site"] as (string | number)[] }, ...meters.feeders.map((meter, index) => ({ meter, path: ["meters", "feeders", index] }))];
  const known = new Set(clients.map((client) => client.clientId));
  const fed = meters.feeders.map((feeder) => feeder.clientId);
  return [
    ...duplicates(all.map(({ meter, path }) => ({ id: meter.meterId, path: [...path, "meterId"] })), "meter"),
    ...duplicates(all.map(({ meter, path }) => ({ id: `${meter.host}:${meter.port} unit ${meter.unit}`, path: [...path, "unit"] })), "meter at"),
    ...duplicates(meters.feeders.map((feeder, index) => ({ id: feeder.clientId, path: ["meters", "feeders", index, "clientId"] })), "feeder of client"),
    ...meters.feeders.flatMap((feeder, index) => (known.has(feeder.clientId) ? [] : [{
      path: ["meters", "feeders", index, "clientId"], message: `is "${feeder.clientId}", not a client of this file`, expected: `one of ${[...known].join(", ")}`,
    }])),
    ...clients.flatMap((client, index) => (fed.includes(client.clientId) ? [] : [{
      path: ["clients", index, "clientId"], message: `client "${client.clientId}" has no feeder meter`, expected: "an entry of meters.feeders with this clientId",
    }])),
  ];
}
