import { afterAll, describe, expect, it } from "vitest";
import { site } from "../decision/site.ts";
import { plantedPage } from "../../support/plantedPage.ts";

const at = "2026-08-19T00:00:00.000Z";
const observation = {
  kind: "frequency",
  source: "test",
  documentId: "1",
  contentHash: "aa",
  fetchedAt: at,
  quality: "PUBLISHED",
  hz: "59.91",
  observedAt: at,
};
const told = {
  kind: "frequency",
  id: `frequency/${at}/1`,
  at,
  hz: 59.91,
  observedAt: at,
  source: "test",
  contentHash: "aa",
};

/** The program with the page's file and line. */
const page = plantedPage("docs/add-a-fact.md");
afterAll(page.remove);

describe("a fact that a file and a line bring, as the page says", () => {
  it("is one file and one line", () => {
    expect(page.steps).toEqual(["src/domain/inputs/frequency.ts", "src/domain/inputs/index.ts +1"]);
  });

  it("is kept under its key and told to the sites", async () => {
    const { marketFact } = await page.load("src/domain/inputs/marketFacts.ts");
    expect(marketFact("frequency").columns(observation)).toEqual({
      point: "",
      pointType: "",
      key: at,
      value: "59.91",
    });
    const { foldPoll } = await page.load("src/domain/inputs/foldPoll.ts");
    const rules = {
      feedId: "frequency",
      silentAs: "frequency",
      silentAfterSeconds: 60,
      role: "record",
    } as const;
    const read = [{ observations: [observation], stored: [{ observation: observation, version: 1 }] }];
    expect(foldPoll(rules, {}, { at: at, read, problems: [] }).news).toEqual([told]);
  });

  it("is taken at a site's mailbox as it says of itself, and refused otherwise", async () => {
    const { inputProblem } = await page.load("src/domain/inputs/inputProblem.ts");
    expect(inputProblem(told)).toBeUndefined();
    expect(inputProblem({ kind: "feed-silent", id: "1", at, feed: "frequency" })).toBeUndefined();
    expect(inputProblem({ ...told, hz: "59.91" })).toBe(
      'frequency: hz is "59.91"; expected a number that is not NaN or infinite',
    );
  });

  it("is in what the next decision sees and its record keeps, and outlives a run that handed nothing over", async () => {
    const plan = site();
    const { absorb } = await page.load("src/domain/decision/absorb.ts");
    const { decisionInput, initialSiteState } = await page.load("src/domain/decision/siteState.ts");
    const { state, relevant } = absorb(plan, initialSiteState(plan), told);
    const input = decisionInput(plan, state, at);
    expect({ relevant, seen: input.facts.frequency }).toEqual({ relevant: true, seen: { hz: 59.91, observedAt: at } });
    expect(decisionInput(plan, initialSiteState(plan), at).facts).not.toHaveProperty("frequency");
    const { recoveredFacts } = await page.load("src/domain/inputs/facts.ts");
    const recovered = recoveredFacts([input.facts], { site: plan, asOf: at, intervalStart: at });
    expect(recovered.frequency).toEqual({ hz: 59.91, observedAt: at });
  });

  it("is held against its document by the audit, which finds a forged one", async () => {
    const { checkSources } = await page.load("src/replay/layers/sources.ts");
    const { LayerLog } = await page.load("src/replay/layerLog.ts");
    const book = { read: async () => ({ observations: [observation] }) };
    const found = async (input: object) => {
      const log = new LayerLog("sources", "kept documents");
      await checkSources([{ input: input, where: "run 1" }], book, log);
      return log.findings.map((one: { found: string }) => one.found);
    };
    expect(await found(told)).toEqual([]);
    expect(await found({ ...told, hz: 60 })).toEqual(["60 Hz in the history"]);
  });
});
