import { fileURLToPath } from "node:url";
import type { Book } from "../../src/app/worker/book.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { loadBook } from "../../src/app/worker/loadBook.ts";
import { planHashOf } from "../../src/app/worker/loadDeployment.ts";
import type { OperatingDay } from "../../src/domain/market/model.ts";

const BOOK = fileURLToPath(new URL("../../config/book", import.meta.url));
/** One price reaches every site. */
const POINT = { settlementPoint: "HB_WEST", settlementPointType: "HU" } as const;
/** Hosts of one third octet of the loopback net. */
const HOSTS = 250;

/** What a book for a measure is made of. */
export interface BookSize {
  readonly sites: number;
  readonly machinesPerSite: number;
  /** Machines are at 127.`net`.0.0 and up. */
  readonly net: number;
  readonly day: OperatingDay;
}

/**
 * A book of many sites: those of the example book in turn, each under a name of its own, with its share of the
 * machines, all of them at one settlement point.
 */
export function bookOf(size: BookSize): Book {
  const forms = loadBook(BOOK, size.day).book.deployments;
  const deployments = Array.from({ length: size.sites }, (_, i) =>
    siteLike(forms[i % forms.length] as Deployment, i, size),
  );
  return { bookId: `bench-${size.sites}`, deployments };
}

function siteLike(form: Deployment, i: number, { machinesPerSite, net }: BookSize): Deployment {
  const siteId = `site-${String(i + 1).padStart(3, "0")}`;
  const kept = form.plan.cohorts.flatMap(({ cohortId }, c, { length }) => {
    const share = Math.floor(machinesPerSite / length) + (c < machinesPerSite % length ? 1 : 0);
    return form.machines.filter((machine) => machine.cohortId === cohortId).slice(0, share);
  });
  const machines = kept.map((machine, m) => ({ ...machine, host: hostAt(net, i * machinesPerSite + m) }));
  const cohorts = form.plan.cohorts.map((cohort) => ({
    ...cohort,
    machines: machines.filter(({ cohortId }) => cohortId === cohort.cohortId).length,
  }));
  const plan = { ...form.plan, ...POINT, siteId, cohorts };
  return {
    ...form,
    plan,
    planHash: planHashOf(plan),
    machines,
    contracts: form.contracts.map((one) => ({ ...one, contractId: `${siteId}-${one.contractId}` })),
    feeds: form.feeds.map((feed) => ({ ...feed, ...("settlementPoint" in feed ? POINT : {}) })),
  };
}

function hostAt(net: number, index: number): string {
  const [block, host] = [Math.floor(index / HOSTS), (index % HOSTS) + 1];
  return `127.${net + Math.floor(block / HOSTS)}.${block % HOSTS}.${host}`;
}
