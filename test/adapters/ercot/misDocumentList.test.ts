import { describe, expect, it } from "vitest";
import { parseMisDocumentList } from "../../../src/adapters/ercot/misDocumentList.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

const entry = (DocID: string, FriendlyName: string, PublishDate: string) => ({
  Document: { DocID, FriendlyName, PublishDate, Extension: "zip" },
});
const READ_AT = parseInstant("2026-08-18T22:03:00Z");
const read = (DocumentList: unknown, readAt = READ_AT) =>
  parseMisDocumentList(JSON.stringify({ ListDocsByRptTypeRes: { DocumentList } }), "list", readAt);
const list = (DocumentList: unknown) => read(DocumentList).documents;
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

  it("without xhr leaves both copies, the offset's first; one that is not over at the reading is out of the question", () => {
    const published = (offset: string, readAt: string, name = "SPPHLZNP6905_20241103_0115") => {
      const [one] = read([entry("1", `${name}_csv`, `2024-11-03T01:17:30${offset}`)], parseInstant(readAt)).documents;
      return [one?.publishedAt.slice(11, 16), one?.publishedOrAt?.slice(11, 16)];
    };
    expect(published("-05:00", "2024-11-03T09:00:00Z")).toEqual(["06:17", "07:17"]);
    expect(published("-06:00", "2024-11-03T09:00:00Z")).toEqual(["07:17", "06:17"]);
    expect(published("-06:00", "2024-11-03T06:18:00Z")).toEqual(["06:17", undefined]);
    expect(published("-05:00", "2024-11-03T09:00:00Z", "SPPHLZNP6905_20241103_0115xhr")).toEqual(["07:17", undefined]);
  });

  it("takes a name without a stamp, and the last document of the repeated hour published behind it", () => {
    expect(list([entry("1", "LFCCONGESTNP3560_csv", "2025-03-13T12:30:00-05:00")])[0]?.aboutAt).toBeUndefined();
    expect(
      list([entry("2", "LMPSROSNODENP6788_20241103_015509xhr_csv", "2024-11-03T02:01:12-06:00")])[0],
    ).toMatchObject({ publishedAt: "2024-11-03T08:01:12.000Z", aboutAt: "2024-11-03T07:55:09.000Z" });
  });

  it("reads an hour that the clocks skip by its offset: 02:00:12-06:00 on the spring day is 08:00:12 UTC", () => {
    const spring = read(
      [
        entry("1", "SPPHLZNP6905_20260308_0315_csv", "2026-03-08T03:15:12-05:00"),
        entry("2", "SPPHLZNP6905_20260308_0300_csv", "2026-03-08T02:00:12-06:00"),
      ],
      parseInstant("2026-03-08T08:16:00Z"),
    );
    expect(spring.problems).toEqual([]);
    expect(spring.documents.map(({ docId, publishedAt }) => `${docId} ${publishedAt}`)).toEqual([
      "2 2026-03-08T08:00:12.000Z",
      "1 2026-03-08T08:15:12.000Z",
    ]);
  });

  it("leaves out an entry that cannot be used, says so, and gives the others", () => {
    const nameless = { Document: { DocID: "3", PublishDate: "2026-08-18T17:02:01-05:00" } };
    const { documents, problems } = read([late, entry("2", "a_csv", "yesterday"), nameless, "odd", early]);
    expect(documents).toEqual(list([late, early]));
    expect(problems).toEqual([
      'list: DocumentList[1]: expected PublishDate such as 2026-08-18T17:05:58-05:00, found "yesterday"; the entry a_csv is left out',
      "list: DocumentList[2]: expected Document.FriendlyName as text, found undefined",
      "list: DocumentList[3]: expected Document.FriendlyName as text, found undefined",
    ]);
  });

  it("dates a document published a year ahead by its name, and says so", () => {
    const { documents, problems } = read([entry("9", "SPPHLZNP6905_20260818_1700_csv", "2027-08-18T17:02:01-05:00")]);
    expect(documents).toMatchObject([
      { docId: "9", publishedAt: "2026-08-18T22:00:00.000Z", aboutAt: "2026-08-18T22:00:00.000Z" },
    ]);
    expect(problems[0]).toContain("PublishDate 2027-08-18T22:02:01.000Z is more than 120 s ahead of market time");
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
  ])("refuses %s", (_what, text, message) =>
    expect(() => parseMisDocumentList(text, "list", READ_AT)).toThrow(message),
  );
});
