import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { problemText } from "../../src/config/index.ts";
import { checkBook, loadBook } from "../../src/app/worker/loadBook.ts";

const DAY = "2026-08-18";
const config = fileURLToPath(new URL("../../config/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "ballast-contracts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const CONTRACT = `schema: ballast.contract/1
clientId: paloma
name: Paloma Mining Partners
versions:
  - version: 1
    effectiveFrom: 2025-01-01
    effectiveTo: 2026-07-01
    energy: { kind: fixed-rate, rateUsdPerKwh: "0.0730", clause: "§5 power" }
    credit: { kind: gross-share, clientShare: "0.65", sharesNegative: false, clause: "§9 curtailment proceeds" }
    rounding: half-up
    disputeDays: 30
    sites:
      salt-fork: { contractId: paloma-salt-fork, contractedKw: 75 }
  - version: 2
    effectiveFrom: 2026-07-01
    energy: { kind: pass-through, spreadUsdPerKwh: "0.0080", blockKw: 60, clause: "§5 power" }
    credit: { kind: supply-resale, clause: "§9 curtailment proceeds" }
    rounding: half-up
    disputeDays: 30
    sites:
      salt-fork: { contractId: paloma-salt-fork, contractedKw: 80 }
      mesa: { contractId: paloma-mesa, contractedKw: 150, blockKw: 120 }
`;

/** The second site of the example book, alone and as another site at other addresses, both naming one contract. */
function book(contract = CONTRACT, change: (site: string) => string = (text) => text): string {
  const site = readFileSync(join(config, "book", "salt-fork.yaml"), "utf8")
    .replace("../market", join(config, "market"))
    .replace("contracts/paloma.yaml", "paloma.yaml");
  const mesa = site.replaceAll("salt-fork", "mesa").replaceAll("127.21.", "127.22.").replaceAll("dryland-2025", "d-2");
  writeFileSync(join(folder, "salt-fork.yaml"), change(site));
  writeFileSync(join(folder, "mesa.yaml"), mesa);
  writeFileSync(join(folder, "paloma.yaml"), contract);
  const sites = "sites: { salt-fork: salt-fork.yaml, mesa: mesa.yaml }";
  writeFileSync(join(folder, "book.yaml"), `schema: ballast.book/1\nbookId: west-texas\n${sites}\n`);
  return folder;
}
/** Each as a person reads it, with the folder left out. */
const problemsOf = (path: string) =>
  checkBook(path, DAY).map(({ problems }) => problems.map((one) => problemText(one).trim().replace(`${folder}/`, "")));
const palomaAt = (path: string, siteId: string) =>
  loadBook(path, DAY)
    .book.deployments.find(({ plan }) => plan.siteId === siteId)
    ?.contracts.filter(({ clientId }) => clientId === "paloma");

describe("a contract that stands in a file of its own", () => {
  it("is at each site that names it what the file says of that site: id, power and slice of the block", () => {
    const path = book();
    expect(problemsOf(path)).toEqual([[], []]);
    expect(palomaAt(path, "salt-fork")).toEqual([
      {
        clientId: "paloma",
        clientName: "Paloma Mining Partners",
        contractId: "paloma-salt-fork",
        version: 1,
        effectiveFrom: "2025-01-01",
        effectiveTo: "2026-07-01",
        energy: { kind: "fixed-rate", rateUsdPerKwh: "0.0730", clause: "§5 power" },
        credit: { kind: "gross-share", clientShare: "0.65", sharesNegative: false, clause: "§9 curtailment proceeds" },
        contractedKw: 75,
        rounding: "half-up",
        disputeDays: 30,
      },
      expect.objectContaining({ version: 2, contractedKw: 80, energy: expect.objectContaining({ blockKw: 60 }) }),
    ]);
    expect(palomaAt(path, "mesa")).toEqual([
      expect.objectContaining({
        contractId: "paloma-mesa",
        version: 2,
        contractedKw: 150,
        energy: { kind: "pass-through", spreadUsdPerKwh: "0.0080", blockKw: 120, clause: "§5 power" },
      }),
    ]);
  });

  it("is the same terms as those in the site's own file", () => {
    const own = palomaAt(join(config, "book"), "salt-fork");
    expect(own).toEqual([expect.objectContaining({ contractId: "paloma-2025", version: 1, contractedKw: 75 })]);
  });

  it.each([
    [
      "a wrong value is named in the contract's file, at every site that names it",
      CONTRACT.replace('"0.65"', '"1.65"'),
      [
        [
          expect.stringMatching(
            /^paloma\.yaml:9:47 versions\[0\]\.credit\.clientShare: is "1\.65"; expected Client's share/,
          ),
        ],
        [expect.stringMatching(/^paloma\.yaml:9:47 /)],
      ],
    ],
    [
      "dates that clash are named in the contract's file",
      CONTRACT.replace("effectiveTo: 2026-07-01", "effectiveTo: 2026-08-01"),
      [
        [
          expect.stringMatching(
            /^paloma\.yaml:15:20 versions\[1\]\.effectiveFrom: is 2026-07-01, when version 1 is still/,
          ),
        ],
        [],
      ],
    ],
    [
      "more block than a site has is named at the site's own slice",
      CONTRACT.replace("blockKw: 120", "blockKw: 1200"),
      [
        [],
        [
          expect.stringMatching(
            /^paloma\.yaml:22:68 versions\[1\]\.sites\.mesa\.blockKw: clients hold 1200 kW of block/,
          ),
        ],
      ],
    ],
    [
      "a site that it does not name is told so where it names the file",
      CONTRACT.replace("      mesa:", "      mesaa:"),
      [
        [],
        [
          expect.stringMatching(
            /^mesa\.yaml:\d+:\d+ contracts\[0\]: is paloma\.yaml, which has no version for site mesa; /,
          ),
        ],
      ],
    ],
    [
      "one id for two sites is refused, for a statement is known by its contract",
      CONTRACT.replace("paloma-mesa", "paloma-salt-fork"),
      Array.from({ length: 2 }, () => [
        expect.stringMatching(
          /^paloma\.yaml:22:27 versions\[1\]\.sites\.mesa\.contractId: is "paloma-salt-fork", the id of/,
        ),
      ]),
    ],
    [
      "a slice of the block without terms that have one is refused",
      CONTRACT.replace("contractedKw: 75 }", "contractedKw: 75, blockKw: 10 }"),
      Array.from({ length: 2 }, () => [
        expect.stringMatching(/^paloma\.yaml:13:.*blockKw: is 10 beside energy fixed-rate/),
      ]),
    ],
    [
      "a client that has no machines at the site is named",
      CONTRACT.replace("clientId: paloma", "clientId: palomaa"),
      Array.from({ length: 2 }, () =>
        expect.arrayContaining([
          expect.stringMatching(/^paloma\.yaml:2:11 clientId: client "palomaa" has no feeder meter/),
        ]),
      ),
    ],
  ])("%s", (_title, contract, problems) => {
    expect(problemsOf(book(contract))).toEqual(problems);
  });

  it.each([
    [
      "that is not there",
      "nowhere.yaml",
      /^salt-fork\.yaml:\d+:\d+ contracts\[0\]: is nowhere\.yaml, which cannot be read \(ENOENT/,
    ],
    ["that is a folder", ".", /contracts\[0\]: is \., which cannot be read \(it is not a regular file\)/],
    [
      "that is named twice",
      "paloma.yaml, ./paloma.yaml",
      /contracts\[1\]: contract file ".*paloma\.yaml" appears twice/,
    ],
    [
      "that is a site's own",
      "salt-fork.yaml",
      /^salt-fork\.yaml:\d+:\d+ schema: is ballast\.config\/2, a form that is not read here; expected ballast\.contract\/1/,
    ],
  ])("a file %s is a problem of the site that names it, and of no other", (_what, name, named) => {
    const [first, second] = problemsOf(book(CONTRACT, (site) => site.replace("[paloma.yaml]", `[${name}]`)));
    expect([first?.some((one) => named.test(one)), second]).toEqual([true, []]);
  });

  it("that stands in a site's file too is two of one client", () => {
    const twice = (site: string) => site.replace("  - clientId: dryland\n", "  - clientId: paloma\n");
    expect(problemsOf(book(CONTRACT, twice))[0]).toContainEqual(
      expect.stringMatching(/^paloma\.yaml:2:11 clientId: client "paloma" appears twice/),
    );
  });

  it("may be all that a site has; a site without any client is refused", () => {
    const none = (site: string) =>
      site.replace(/clients:\n[^]*?\n\n/, "clients: []\n\n").replace(/contracts: \[.*\]\n/, "");
    expect(problemsOf(book(CONTRACT, none))[0]).toContainEqual(
      expect.stringMatching(/clients: has no client; expected/),
    );
  });
});
