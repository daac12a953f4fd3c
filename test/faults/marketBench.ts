import { asyncLocalStorage, Context } from "@temporalio/activity";
import { noopMetricMeter } from "@temporalio/common";
import type { ClockWitness } from "../../src/ports/clockWitness.ts";
import type { Log } from "../../src/ports/log.ts";
import type { MarketClock } from "../../src/ports/marketClock.ts";
import type { SiteGateway } from "../../src/ports/siteGateway.ts";
import { postgresClockWitness } from "../../src/adapters/postgres/clockWitness.ts";
import { postgresDecisionStore } from "../../src/adapters/postgres/decisionStore.ts";
import { postgresJournal } from "../../src/adapters/postgres/journal.ts";
import { postgresMarketStore } from "../../src/adapters/postgres/marketStore.ts";
import { postgresMoneyRefusals } from "../../src/adapters/postgres/moneyRefusals.ts";
import { postgresRidingFacts } from "../../src/adapters/postgres/ridingFacts.ts";
import { createPool, type Pool, query } from "../../src/adapters/postgres/pool.ts";
import { postgresRegisterStore } from "../../src/adapters/postgres/registerStore.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import type { SimClock } from "../../src/simulators/model.ts";
import type { TestDatabase } from "../support/stack.ts";

/** The market's time has come to where the test stops it. */
class TestEnds extends Error {}

/**
 * A market clock that goes to whatever is waited for next, no further than `stopAt`. What the test has planned for a
 * moment happens when the clock passes it, in order; nobody else moves meanwhile.
 */
export class StepClock implements MarketClock, SimClock {
  at: Instant;
  stopAt: Instant;
  readonly #planned: { readonly at: Instant; readonly act: () => Promise<void> | void }[] = [];

  constructor(at: Instant) {
    this.at = at;
    this.stopAt = at;
  }

  plan(at: Instant, act: () => Promise<void> | void): void {
    this.#planned.push({ at, act });
    this.#planned.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  nowMs(): number {
    return Date.parse(this.at);
  }

  now(): Promise<Instant> {
    return Promise.resolve(this.at);
  }

  async waitUntil(_key: string, until: Instant): Promise<Instant> {
    const goal = until < this.stopAt ? until : this.stopAt;
    for (let next = this.#planned[0]; next !== undefined && next.at <= goal; next = this.#planned[0]) {
      this.#planned.shift();
      this.at = next.at > this.at ? next.at : this.at;
      await next.act();
    }
    this.at = goal > this.at ? goal : this.at;
    if (until > this.stopAt) throw new TestEnds(`the test stops at ${this.stopAt}`);
    return this.at;
  }

  hold(): Promise<void> {
    return Promise.resolve();
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  /** Does the work again and again until the clock has come to `until`. */
  async run(until: Instant, work: () => Promise<unknown>): Promise<void> {
    this.stopAt = until;
    try {
      for (;;) await work();
    } catch (error) {
      if (!(error instanceof TestEnds)) throw error;
    }
  }
}

/** Everything behind the market, meter and money activities but Temporal: real stores, a step clock, and open ears. */
export interface Bench {
  readonly clock: StepClock;
  readonly pool: Pool;
  readonly witness: ClockWitness;
  readonly market: ReturnType<typeof postgresMarketStore>;
  readonly riding: ReturnType<typeof postgresRidingFacts>;
  readonly registers: ReturnType<typeof postgresRegisterStore>;
  readonly decisions: ReturnType<typeof postgresDecisionStore>;
  readonly journal: ReturnType<typeof postgresJournal>;
  readonly refusals: ReturnType<typeof postgresMoneyRefusals>;
  readonly sites: SiteGateway;
  readonly log: Log;
  /** What sites were told, in order. */
  readonly told: SiteInput[];
  /** Days asked to be settled again, in order. */
  readonly resettle: { readonly siteId: string; readonly day: string; readonly id: string; readonly why: string }[];
  /** Log lines as an operator reads them. */
  readonly lines: string[];
  /** Forget everything stored and heard: a new test. */
  clear(at: Instant): Promise<void>;
  close(): Promise<void>;
}

/** A bench over a database, which it drops at the end. */
export function startBench(database: TestDatabase, at: Instant): Bench {
  const pool = createPool(database.appUrl as string, 6);
  const owner = createPool(database.url, 1);
  const clock = new StepClock(at);
  const told: SiteInput[] = [];
  const resettle: { siteId: string; day: string; id: string; why: string }[] = [];
  const lines: string[] = [];
  const line = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  return {
    clock,
    pool,
    witness: postgresClockWitness(pool, { kind: "paced" }),
    told,
    resettle,
    lines,
    market: postgresMarketStore(pool),
    riding: postgresRidingFacts(pool),
    registers: postgresRegisterStore(pool),
    decisions: postgresDecisionStore(pool),
    journal: postgresJournal(pool),
    refusals: postgresMoneyRefusals(pool),
    log: { info: line("info"), warn: line("warn"), error: line("error") },
    sites: {
      deliver: async (_siteId, input, riders = []) => void told.push(...riders, input),
      settleAgain: async (siteId, day, { id, why }) => void resettle.push({ siteId, day, id, why }),
      wakeAt: async () => {},
    },
    clear: async (from) => {
      await query(
        owner,
        `TRUNCATE raw_document, market_observation, price_statement, feed_cursor, meter_register, cohort_mode, decision,
           riding_fact, report_columns`,
        [],
      );
      for (const heard of [told, resettle, lines]) heard.length = 0;
      clock.at = from;
      clock.stopAt = from;
    },
    close: async () => {
      await pool.end();
      await owner.end();
      await database.drop();
    },
  };
}

/** Runs an activity's function as a worker would: inside an activity context, whose heartbeats go nowhere. */
export function asActivity<T>(work: () => Promise<T>, signal = new AbortController().signal): Promise<T> {
  const nobody = new Promise<never>(() => {});
  const quiet = { log: () => {}, trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const context = new Context({} as never, nobody, signal, () => {}, undefined, quiet, noopMetricMeter, {});
  return asyncLocalStorage.run(context, work);
}
