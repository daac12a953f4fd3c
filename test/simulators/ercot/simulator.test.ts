import AdmZip from "adm-zip";
import { afterEach, describe, expect, it } from "vitest";
import { HandClock, closeSimulators, demoDay, simulate } from "./market.ts";

afterEach(closeSimulators);
const DAY = demoDay();
const LIST = "/misapp/servlets/IceDocListJsonWS?reportTypeId=";

type Entry = { Document: Record<string, string> };
async function listed(url: string, reportTypeId: number): Promise<Entry[]> {
  const body = (await (await fetch(`${url}${LIST}${reportTypeId}`)).json()) as {
    ListDocsByRptTypeRes: { DocumentList: Entry[] };
  };
  return body.ListDocsByRptTypeRes.DocumentList;
}
const bytesOf = async (url: string, docId: string) =>
  Buffer.from(await (await fetch(`${url}/misdownload/servlets/mirDownload?doclookupId=${docId}`)).arrayBuffer());

describe("the simulated MIS", () => {
  it("lists a run's CSV and XML once its publication has come, newest first, every value text", async () => {
    const clock = new HandClock("2026-08-18T17:01:00-05:00");
    const { url } = await simulate({ clock, day: DAY, publication: { lmpDelaySeconds: 60, jitterSeconds: 0 } });
    const [before] = await listed(url, 12300);
    expect(before?.Document["FriendlyName"]).toMatch(/^LMPSROSNODENP6788_20260818_1655\d\d_csv$/);
    clock.set("2026-08-18T17:01:30-05:00");
    const [csv, xml] = await listed(url, 12300);
    expect(csv?.Document).toMatchObject({
      ReportTypeID: "12300",
      Extension: "zip",
      Prefix: "cdr",
      FriendlyName: expect.stringMatching(/^LMPSROSNODENP6788_20260818_1700\d\d_csv$/),
      ConstructedName: expect.stringMatching(
        /^cdr\.00012300\.0000000000000000\.20260818\.1701\d\d000\.LMPSROSNODENP6788_20260818_1700\d\d_csv\.zip$/,
      ),
      PublishDate: expect.stringMatching(/^2026-08-18T17:01:\d\d-05:00$/),
    });
    expect(xml?.Document["FriendlyName"]).toMatch(/_xml$/);
    expect(Object.values(csv?.Document ?? {}).every((value) => typeof value === "string")).toBe(true);
    const zip = new AdmZip(await bytesOf(url, csv?.Document["DocID"] as string));
    expect(zip.getEntries().map(({ entryName }) => entryName)).toEqual([
      expect.stringMatching(/^cdr\.00012300\..*LMPSROSNODENP6788_20260818_1700\d\d\.csv$/),
    ]);
    expect(zip.readAsText(zip.getEntries()[0] as never)).toMatch(
      /^SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP\r\n08\/18\/2026 17:00:\d\d,N,HB_WEST,\d+\.\d\d\r\n08\/18\/2026 17:00:\d\d,N,LZ_WEST,\d+\.\d\d\r\n$/,
    );
    expect(new AdmZip(await bytesOf(url, xml?.Document["DocID"] as string)).getEntries()).toHaveLength(1);
  });

  it("does not hand out a document before it exists, nor lists one after six hours", async () => {
    const clock = new HandClock("2026-08-18T17:00:00-05:00");
    const { url, publications } = await simulate({ clock, day: DAY });
    const future = publications().find(({ publishMs }) => publishMs > clock.nowMs());
    expect((await fetch(`${url}/misdownload/servlets/mirDownload?doclookupId=${future?.csvDocId}`)).status).toBe(404);
    const oldest = (await listed(url, 12300)).at(-1);
    expect(oldest?.Document["PublishDate"]?.slice(0, 16)).toBe("2026-08-18T11:01");
  });

  it("answers with the same bytes and names however often and in whatever order it is asked, and after a restart", async () => {
    const clock = new HandClock("2026-08-18T17:30:00-05:00");
    const first = await simulate({ clock, day: DAY });
    const second = await simulate({ clock, day: demoDay() });
    expect(await listed(first.url, 12301)).toEqual(await listed(second.url, 12301));
    const id = (await listed(second.url, 12300)).at(-2)?.Document["DocID"] as string;
    expect(await bytesOf(first.url, id)).toEqual(await bytesOf(second.url, id));
  });

  it("spreads publications by its seed alone", async () => {
    const clock = new HandClock("2026-08-18T17:30:00-05:00");
    const delays = async (seed: number) =>
      (await simulate({ clock, day: DAY, publication: { seed } }))
        .publications()
        .filter(({ reportTypeId }) => reportTypeId === 12300)
        .map(({ publishMs, aboutMs }) => (publishMs - aboutMs) / 1000);
    const [one, again, two] = [await delays(1), await delays(1), await delays(2)];
    expect(again).toEqual(one);
    expect(two).not.toEqual(one);
    expect(Math.min(...one)).toBeGreaterThanOrEqual(45);
    expect(Math.max(...one)).toBeLessThanOrEqual(75);
  });

  it("publishes a correction asked for while it runs, and refuses one of a price it does not hold", async () => {
    const clock = new HandClock("2026-08-18T20:00:00-05:00");
    const { url, publishCorrection } = await simulate({ clock, day: DAY });
    const startMs = Date.parse("2026-08-18T19:15:00-05:00");
    publishCorrection({
      startMs,
      point: "LZ_WEST",
      type: "LZ",
      price: "4000.00",
      publishAtMs: Date.parse("2026-08-18T20:10:00-05:00"),
    });
    const versions = async () => (await listed(url, 13045)).map(({ Document }) => Document["FriendlyName"]);
    expect(await versions()).toEqual([]);
    clock.set("2026-08-18T20:10:00-05:00");
    expect(await versions()).toEqual([
      "PRICECORRECTIONS_RTM_SPP_20260818_201000_csv",
      "PRICECORRECTIONS_RTM_SPP_20260818_201000_xml",
    ]);
    const board = (await (await fetch(`${url}/api/1/services/read/dashboards/system-wide-prices.json`)).json()) as {
      rtSppData: { intervalEnding: string; lzWest: number }[];
    };
    expect(board.rtSppData.find(({ intervalEnding }) => intervalEnding === "19:30")?.lzWest).toBe(4000);
    expect(() => publishCorrection({ startMs, point: "LZ_WEST", type: "RN", price: "1", publishAtMs: 0 })).toThrow(
      /no price of LZ_WEST RN at 2026-08-19T00:15:00\.000Z to correct/,
    );
  });

  it("says that it has no such address, and no grid condition where the days bring none", async () => {
    const { url } = await simulate({
      clock: new HandClock("2026-08-18T17:00:00-05:00"),
      day: { ...DAY, conditions: [] },
    });
    for (const path of ["/", "/misapp/servlets/IceDocListJsonWS", "/api/1/services/read/dashboards/daily-prc.json"])
      expect((await fetch(`${url}${path}`)).status).toBe(404);
  });
});

describe("the simulated dashboards", () => {
  it("carry ERCOT's keys and text forms", async () => {
    const { url } = await simulate({ clock: new HandClock("2026-08-18T19:45:30-05:00"), day: DAY });
    const prc = (await (await fetch(`${url}/api/1/services/read/dashboards/daily-prc.json`)).json()) as Record<
      string,
      unknown
    >;
    expect(prc).toMatchObject({
      lastUpdated: "2026-08-18 19:45:00-0500",
      current_condition: {
        state: "eea2",
        eea_level: 2,
        prc_value: expect.stringMatching(/^1,9\d\d$/),
        datetime: Date.parse("2026-08-18T19:45:00-05:00") / 1000,
      },
    });
    const prices = (await (await fetch(`${url}/api/1/services/read/dashboards/system-wide-prices.json`)).json()) as {
      rtSppData: object[];
    };
    expect(prices.rtSppData.at(-1)).toEqual({
      intervalEnding: "19:30",
      dstFlag: "N",
      hbWest: expect.any(Number),
      lzWest: expect.any(Number),
      timestamp: "2026-08-18 19:30:00-0500",
      interval: Date.parse("2026-08-18T19:30:00-05:00"),
    });
  });
});
