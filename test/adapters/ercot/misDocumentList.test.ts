import { describe, expect, it } from "vitest";
import { parseMisDocumentList } from "../../../src/adapters/ercot/misDocumentList.ts";

const entry = (DocID: string, FriendlyName: string, PublishDate: string) => ({
  Document: { DocID, FriendlyName, PublishDate, Extension: "zip" },
});
const list = (DocumentList: unknown) =>
  parseMisDocumentList(JSON.stringify({ ListDocsByRptTypeRes: { DocumentList } }), "list");
const early = entry("1085262862", "SPPHLZNP6905_20260818_1645_csv", "2026-08-18T16:47:01-05:00");
const late = entry("1085273815", "SPPHLZNP6905_20260818_1700_csv", "2026-08-18T17:02:01-05:00");

describe("a MIS document list", () => {
  it("with control characters in an id gives an id that can be kept and asked for", () => {
    expect(list([{ Document: { ...late.Document, DocID: "1085\u0000273815" } }])[0]?.docId).toBe("1085\ufffd273815");
  });

  it("gives the CSV documents oldest first, whatever the order of the list", () => {
    const xml = entry("1085273566", "SPPHLZNP6905_20260818_1700_xml", "2026-08-18T17:02:01-05:00");
    const expected = [
      {
        docId: "1085262862",
        friendlyName: "SPPHLZNP6905_20260818_1645_csv",
        publishedAt: "2026-08-18T21:47:01.000Z",
        aboutAt: "2026-08-18T21:45:00.000Z",
      },
      {
        docId: "1085273815",
        friendlyName: "SPPHLZNP6905_20260818_1700_csv",
        publishedAt: "2026-08-18T22:02:01.000Z",
        aboutAt: "2026-08-18T22:00:00.000Z",
      },
    ];
    expect(list([late, xml, early])).toEqual(expected);
    expect(list([early, late, xml])).toEqual(expected);
  });

  it("with one document comes as an object, an empty one as [], null or text", () => {
    expect(list(late)).toEqual(list([late]));
    for (const empty of [[], null, ""]) expect(list(empty)).toEqual([]);
  });

  it("orders documents published in the same second by their number, not as text", () => {
    const ids = ["999999999", "1000000000"].map((id) =>
      entry(id, "SPPHLZNP6905_20260818_1700_csv", "2026-08-18T17:02:01-05:00"),
    );
    expect(list(ids.reverse()).map(({ docId }) => docId)).toEqual(["999999999", "1000000000"]);
  });

  it("dates a re-post by the stamp behind _retry_", () => {
    const [retry] = list([entry("2", "SPPHLZNP6905_retry_20230608_1545_csv", "2023-06-08T15:58:10-05:00")]);
    expect(retry).toMatchObject({ publishedAt: "2023-06-08T20:58:10.000Z", aboutAt: "2023-06-08T20:45:00.000Z" });
  });

  it("does not believe the offset in the repeated hour: xhr tells the second copy", () => {
    const [first, second] = list([
      entry("1", "SPPHLZNP6905_20241103_0115_csv", "2024-11-03T01:17:30-05:00"),
      entry("2", "SPPHLZNP6905_20241103_0115xhr_csv", "2024-11-03T01:17:30-05:00"),
    ]);
    expect(first).toMatchObject({
      docId: "1",
      publishedAt: "2024-11-03T06:17:30.000Z",
      aboutAt: "2024-11-03T06:15:00.000Z",
    });
    expect(second).toMatchObject({
      docId: "2",
      publishedAt: "2024-11-03T07:17:30.000Z",
      aboutAt: "2024-11-03T07:15:00.000Z",
    });
  });

  it("takes a name without a stamp, and the last document of the repeated hour published behind it", () => {
    expect(list([entry("1", "LFCCONGESTNP3560_csv", "2025-03-13T12:30:00-05:00")])[0]?.aboutAt).toBeUndefined();
    expect(
      list([entry("2", "LMPSROSNODENP6788_20241103_015509xhr_csv", "2024-11-03T02:01:12-06:00")])[0],
    ).toMatchObject({ publishedAt: "2024-11-03T08:01:12.000Z", aboutAt: "2024-11-03T07:55:09.000Z" });
  });

  it.each([
    ["text that is no JSON", "<html>", /expected a JSON document list, found "<html>"/],
    ["another object", "{}", /expected an object with ListDocsByRptTypeRes/],
    [
      "an entry without DocID",
      JSON.stringify({
        ListDocsByRptTypeRes: {
          DocumentList: [{ Document: { FriendlyName: "a_csv", PublishDate: "2026-08-18T17:02:01-05:00" } }],
        },
      }),
      /DocumentList\[0\]: expected Document\.DocID as text, found undefined/,
    ],
    [
      "a date that is none",
      JSON.stringify({ ListDocsByRptTypeRes: { DocumentList: [entry("1", "a_csv", "yesterday")] } }),
      /expected PublishDate such as .*, found "yesterday"/,
    ],
  ])("refuses %s", (_what, text, message) => expect(() => parseMisDocumentList(text, "list")).toThrow(message));
});
