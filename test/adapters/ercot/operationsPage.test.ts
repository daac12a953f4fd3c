import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { htmlTables } from "../../../src/adapters/ercot/htmlTable.ts";
import { operationsMessages as readPage } from "../../../src/adapters/ercot/operationsPage.ts";
import { operationsMessages, parseOperationsPage } from "../../../src/adapters/ercot/reports/operationsMessages.ts";
import { foldPoll } from "../../../src/domain/inputs/foldPoll.ts";
import type { FeedState } from "../../../src/domain/inputs/feedState.ts";
import type { MarketObservation } from "../../../src/domain/inputs/marketFacts.ts";
import { addSeconds, type Instant, parseInstant } from "../../../src/domain/units/instant.ts";
import { PortDataError, PortUnavailableError } from "../../../src/ports/errors.ts";
import type { ErcotFault } from "../../../src/simulators/ercot/faults.ts";
import { closeSimulators, demoDay, HandClock, simulate } from "../../simulators/ercot/market.ts";
import { document } from "./documents.ts";

const READ_AT = parseInstant("2026-08-18T20:00:00-05:00");
const row = (time: string, summary: string, type = "Operational Information", status = "Active"): string =>
  `<tr><td class="datetime">${time}</td><td class="summary">${summary}</td>` +
  `<td class="type">${type}</td><td class="priority">${status}</td></tr>`;
const page = (...rows: readonly string[]): string => `<!doctype html><table><tbody>${rows.join("\n")}</tbody></table>`;
const read = (html: string, readAt: Instant = READ_AT, report?: (problem: string) => void) =>
  readPage(Buffer.from(html), "page", readAt, report);

describe("ERCOT's page of operations messages", () => {
  it("is read row by row: Central time, words, type and status", () => {
    const html = page(row("Aug 18, 2026 7:40:25 PM", "ERCOT has declared EEA Level 2.", "Emergency"));
    expect(read(html)).toEqual([
      {
        key: expect.stringMatching(/^[0-9a-f]{64}$/),
        postedAt: "2026-08-19T00:40:25.000Z",
        type: "Emergency",
        status: "Active",
        summary: "ERCOT has declared EEA Level 2.",
      },
    ]);
  });

  it("that lacks a cell of a message says so: a declaration without its status does not vanish in silence", () => {
    const whole = row("Aug 18, 2026 7:20:00 PM", "DC-tie derated.");
    const told: string[] = [];
    const declared = row("Aug 18, 2026 7:40:25 PM", "ERCOT has declared EEA Level 2.", "Emergency");
    const html = page(declared.replace(/<td class="priority">.*?<\/td>/, ""), whole);
    const messages = read(html, READ_AT, (problem) => told.push(problem));
    expect(messages.map(({ summary }) => summary)).toEqual(["DC-tie derated."]);
    expect(told).toEqual([
      "page: a message lacks its priority and is left out: Aug 18, 2026 7:40:25 PM | ERCOT has declared EEA Level 2. | " +
        "Emergency",
    ]);
  });

  it("is read with entities, nested tags, comments, scripts, left-out end tags and a table in a cell", () => {
    const html =
      `<HTML><script>var a = "<table><tr><td class='datetime'>";</script><!-- <table> -->` +
      `<table class='x'><tr><th>Date &amp; Time<th>Notice<th>Type<th>Status` +
      `<tr><td class="datetime big">Aug 18, 2026<br>7:40 PM<td CLASS='summary'><p>EEA&nbsp;<b>Level&#32;2</b> &lt; 2,000` +
      ` MW &amp;amp; &bogus;</p><table><tr><td class="type">not this</td></tr></table>` +
      `<td class=type>Emergency</td><td class=priority>Active</table></html>`;
    const [one, ...others] = read(html);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ type: "Emergency", summary: "EEA Level 2 < 2,000 MW &amp; &bogus; not this" });
    const kept = { ...document("page", Buffer.from(html)), fetchedAt: READ_AT };
    expect(parseOperationsPage(kept, "h").at(-1)).toMatchObject({
      inForce: [{ names: "EEA 2" }],
    });
  });

  it("is read by the words above its columns where cells have no classes", () => {
    const html =
      "<table><tr><th>Notice</th><th>Status</th><th>Date &amp; Time</th><th>Type</th></tr>" +
      "<tr><td>EEA 1 declared.</td><td>Active</td><td>Aug 18, 2026 7:20:00 PM</td><td>Emergency</td></tr></table>";
    expect(read(html)).toMatchObject([{ summary: "EEA 1 declared.", type: "Emergency", status: "Active" }]);
  });

  it("says the same whichever way round it is, and has a notice that stands twice once, cancelled if either is", () => {
    const rows = [
      row("Aug 18, 2026 7:40:25 PM", "EEA 2 declared.", "Emergency"),
      row("Aug 18, 2026 7:20:25 PM", "EEA 1 declared.", "Emergency"),
      row("Aug 18, 2026 7:20:25 PM", "EEA 1 declared.", "Emergency", "Cancelled"),
      row("Aug 17, 2026 4:05:10 PM", "DC tie East is derated."),
    ];
    const byKey = (html: string) => read(html).toSorted((a, b) => (a.key < b.key ? -1 : 1));
    expect(byKey(page(...rows))).toHaveLength(3);
    expect(byKey(page(...rows.toReversed()))).toEqual(byKey(page(...rows)));
    expect(read(page(...rows)).find(({ summary }) => summary.startsWith("EEA 1"))?.status).toBe("Cancelled");
  });

  it("has its good rows read and the others named: a time that is none, one that the clocks skip, one from the future", () => {
    const problems: string[] = [];
    const html = page(
      row("yesterday", "Shed load."),
      row("Mar 8, 2026 2:30:00 AM", "In the hour that is not."),
      row("Aug 19, 2026 7:00:00 PM", "Tomorrow."),
      row("Aug 18, 2026 7:00:00 PM", "Good."),
    );
    expect(read(html, READ_AT, (problem) => problems.push(problem)).map(({ summary }) => summary)).toEqual(["Good."]);
    expect(problems).toHaveLength(3);
    expect(problems[0]).toContain('found "yesterday"; the message is left out: Shed load.');
  });

  it.each([
    ["a bot wall's page", "<html><head><title>Request unsuccessful</title></head><body>Incident ID: 0</body></html>"],
    ["a page with another table", "<table><tr><td>Incident</td><td>0</td></tr></table>"],
    ["an empty table", page()],
    [
      "a table with its head alone",
      "<table><tr><th>Date &amp; Time</th><th>Notice</th><th>Type</th><th>Status</th></table>",
    ],
    ["a page cut short in a table", page(row("Aug 18, 2026 7:00:00 PM", "Good.")).slice(0, -20)],
    ["a page cut short in a tag", `${page(row("Aug 18, 2026 7:00:00 PM", "Good."))}<table><tr><td clas`],
    ["times that cannot be read", page(row("soon", "Good."))],
    ["tables nested without end", "<table><tr><td>".repeat(1_000)],
    ["a cell in no row", "<table><td>x</td></table>"],
  ])("is no answer when it is %s", (_what, html) => {
    expect(() => read(html)).toThrow(PortDataError);
  });

  it("is bounded: 16 MB of tags, text, rows or comments are refused", () => {
    const size = 16 * 1024 * 1024;
    const fill = (text: string): string => text.repeat(Math.floor(size / text.length));
    for (const text of ["<a ", "<td>", "<table>", "<tr><td>x", "&amp;", `<a b="`, "<!--", "<script>", "</table>"])
      expect(() => read(`<table><tr><td>${fill(text)}`), text).toThrow(PortDataError);
  });

  it("throws nothing else, whatever the bytes are", () => {
    const part = fc.constantFrom(
      "<table>",
      "</table>",
      "<tr>",
      "<td class=",
      '"datetime"',
      ">",
      "<",
      "'",
      "&#0;",
      "x",
      "<!--",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string({ maxLength: 8 })), { maxLength: 40 }), (parts) => {
        try {
          htmlTables(parts.join(""), "page");
        } catch (error) {
          expect(error).toBeInstanceOf(PortDataError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

const dataDir = process.env["BALLAST_DATA_DIR"];
const why = dataDir === undefined ? " (skipped: set BALLAST_DATA_DIR to the folder with recorded ERCOT pages)" : "";

describe.skipIf(dataDir === undefined)(`the recorded excerpts of the page${why}`, () => {
  const excerpt = (name: string): Buffer =>
    readFileSync(join(dataDir ?? "", "ercot/samples", `excerpt-venku122.operations_messages.${name}.html`));

  it("hold a notice and its cancellation the evening before", () => {
    const messages = readPage(excerpt("success"), "page", parseInstant("2026-07-21T10:00:00Z"));
    expect(messages.map(({ postedAt, status }) => [postedAt, status])).toEqual([
      ["2026-07-21T09:15:00.000Z", "Active"],
      ["2026-07-21T04:40:00.000Z", "Cancelled"],
    ]);
  });

  it("hold the clock change, oldest first", () => {
    const messages = readPage(excerpt("dst"), "page", parseInstant("2026-11-01T10:00:00Z"));
    expect(messages.map(({ postedAt }) => postedAt)).toEqual(["2026-11-01T06:30:00.000Z", "2026-11-01T08:30:00.000Z"]);
  });
});

describe("the feed of operations messages", () => {
  afterEach(closeSimulators);
  let fault: ErcotFault | undefined;
  afterEach(() => (fault = undefined));
  const point = { settlementPoint: "LZ_WEST", settlementPointType: "LZ" };

  async function feedAt(time: string) {
    const clock = new HandClock(time);
    const { url } = await simulate({ clock, day: demoDay(), faults: () => fault });
    const feed = operationsMessages.open({ ...operationsMessages.usual, ...point, baseUrl: url, timeoutMs: 1_000 });
    return { clock, feed };
  }
  const namesIn = (observations: readonly MarketObservation[]): string[] =>
    observations.flatMap((one) => (one.kind === "grid-notices" ? one.inForce.map(({ names }) => names) : []));

  it("tells the evening of the demo: Watch, EEA 1, EEA 2, back past EEA 1 to Watch, and over", async () => {
    const { clock, feed } = await feedAt("2026-08-18T18:00:50-05:00");
    const seen: string[] = [];
    let cursor: string | undefined;
    while (clock.at < parseInstant("2026-08-18T23:30:00-05:00")) {
      const poll = await feed.poll(cursor, clock.at);
      cursor = poll.cursor;
      expect(poll.saidAt).toBe(clock.at);
      for (const found of poll.documents) seen.push(namesIn(feed.parse(found, "h")).join(" and "));
      clock.at = feed.nextPollAt(clock.at, true);
    }
    expect(seen.filter((names, i) => names !== seen[i - 1])).toEqual(["", "watch", "EEA 1", "EEA 2", "watch", ""]);
  });

  it.each([
    ["a bot wall's page", { kind: "html" }, PortDataError],
    ["a redirect", { kind: "redirect" }, PortUnavailableError],
    ["status 503", { kind: "status", status: 503 }, PortUnavailableError],
    ["no answer", { kind: "hang" }, PortUnavailableError],
    ["half a page and then nothing", { kind: "half" }, PortUnavailableError],
  ] as const)("is silent, and takes nothing back, while it gets %s", async (_what, problem, thrown) => {
    const { clock, feed } = await feedAt("2026-08-18T19:45:50-05:00");
    const first = await feed.poll(undefined, clock.at);
    expect(namesIn(feed.parse(first.documents[0]!, "h"))).toContain("EEA 2");
    fault = problem;
    await expect(feed.poll(first.cursor, clock.set("2026-08-18T19:46:50-05:00"))).rejects.toThrow(thrown);
  });

  it("is silent a quarter of an hour after its last answer, and by a copy whose newest message is two days old", async () => {
    const { clock, feed } = await feedAt("2026-08-18T19:45:50-05:00");
    const rules = {
      feedId: "grid-notices",
      silentAs: "grid-notices",
      silentAfterSeconds: 900,
      role: "record",
    } as const;
    const first = await feed.poll(undefined, clock.at);
    const observations = feed.parse(first.documents[0]!, "h");
    const read = [{ observations, stored: [] }];
    let state: FeedState = foldPoll(rules, {}, { at: clock.at, read, problems: [], saidAt: first.saidAt }).state;
    const failing = (at: Instant) => foldPoll(rules, state, { at, failed: "a bot wall", read: [], problems: [] });
    expect(failing(addSeconds(clock.at, 900)).state.silent).toBe(false);
    expect(failing(addSeconds(clock.at, 901)).news).toMatchObject([{ kind: "feed-silent", feed: "grid-notices" }]);
    // the same copy again and again, for two days
    fault = { kind: "standing", sinceMs: clock.nowMs() };
    const later = clock.set("2026-08-20T20:00:50-05:00");
    const again = await feed.poll(first.cursor, later);
    expect(again.documents).toEqual([]);
    state = foldPoll(rules, state, { at: later, read: [], problems: [], saidAt: again.saidAt }).state;
    expect(state.silent).toBe(true);
  });
});
