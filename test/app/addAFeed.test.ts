import { afterAll, describe, expect, it } from "vitest";
import { strToU8, zipSync } from "fflate";
import { plantedPage } from "../support/plantedPage.ts";

const page = plantedPage("docs/add-a-feed.md");
afterAll(page.remove);

const RUN =
  "SCEDTimeStamp,RepeatedHourFlag,CappedSystemLambda,UncappedSystemLambda\r\n08/18/2026 17:00:12,N,41.07,41.07\r\n";
const document = {
  source: "mis/13114",
  documentId: "7",
  contentType: "application/zip",
  fetchedAt: "2026-08-18T22:01:20.000Z",
  bytes: zipSync({ "cdr.00013114.csv": strToU8(RUN) }),
};
const observed = {
  kind: "system-lambda",
  source: "mis/13114",
  documentId: "7",
  contentHash: "aa",
  fetchedAt: document.fetchedAt,
  publishedAt: undefined,
  quality: "PUBLISHED",
  scedAt: "2026-08-18T22:00:12.000Z",
  lambdaUsdPerMwh: "41.07",
};

describe("a feed that a file and a line bring, as the page says", () => {
  it("is one file and one line, beside those of its fact, and one entry of a site's file", () => {
    expect(page.steps).toEqual([
      "src/domain/inputs/systemLambda.ts",
      "src/domain/inputs/index.ts +1",
      "src/adapters/ercot/reports/systemLambda.ts",
      "src/adapters/ercot/reports/index.ts +1",
      "config/example-site.yaml +1",
    ]);
  });

  it("is read at a site that lists it, under its own id, and falls silent by the limit of the SCED price", async () => {
    const { loadDeployment } = await page.load("src/app/worker/loadDeployment.ts");
    const { feedsOf } = await page.load("src/app/worker/feeds.ts");
    const deployment = loadDeployment(`${page.root}/config/example-site.yaml`, "2026-08-18");
    const watched = feedsOf(deployment).get("system-lambda");
    expect(watched).toMatchObject({ silentAs: "system-lambda", silentAfterSeconds: 600, role: "record" });
    expect(watched.feed.parse(document, "aa")).toEqual([observed]);
  });

  it("is read again by the audit", async () => {
    const { auditParsers } = await page.load("src/app/evidence/auditParsers.ts");
    const parsers = auditParsers({ settlementPoint: "HB_WEST", settlementPointType: "HU" });
    expect(parsers["mis/13114"](document, "aa")).toEqual([observed]);
  });

  it("is completed by editors and refused with a key that it does not have", async () => {
    const { siteFileSchema } = await page.load("src/app/worker/registries.ts");
    const { schemaFileText } = await page.load("src/config/jsonSchema.ts");
    expect(schemaFileText(siteFileSchema)).toContain('"ercot/np6-322"');
    const entry = { use: "ercot/np6-322", pollOffsetSeconds: 45, pollRetrySeconds: 15 };
    expect(siteFileSchema.shape.feeds.element.safeParse(entry).success).toBe(true);
    expect(siteFileSchema.shape.feeds.element.safeParse({ ...entry, pollEverySeconds: 60 }).success).toBe(false);
  });
});
