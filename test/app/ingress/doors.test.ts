import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { query } from "../../../src/adapters/postgres/pool.ts";
import { instructCommand } from "../../../src/app/commands/instruct.ts";
import { scriptKey } from "../../../src/app/operator/operatorKeyFile.ts";
import type { SimulatedQse } from "../../../src/simulators/qse/qse.ts";
import "../../support/stack.ts";
import { InstructedRun, keyPair } from "./instructedRun.ts";

const WITHIN = { timeout: 20_000, interval: 100 };
const run = new InstructedRun();
let qse: SimulatedQse;
let url: string;

beforeAll(async () => {
  await run.prepare();
  await run.work();
  url = await run.open();
  qse = run.qse(url);
}, 60_000);
afterAll(() => run.end());

const soon = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const message = (changes: object) => ({
  type: "instruction",
  site: run.plan.siteId,
  product: "ERS-30",
  issued: soon(0),
  ...changes,
});

describe("a QSE instructs a site over HTTP", () => {
  it("40 kW of its 60 are to go: kept before it is answered, then decided, with the message's hash", async () => {
    const sent = message({ id: "vdi-1", reduceMw: 0.04, until: soon(3600) });
    const answer = await qse.instruct(sent);
    expect(answer).toMatchObject({
      status: 202,
      body: { verdict: "accepted", isSeenBefore: false, isTold: true, instruction: { id: "vdi-1", issuer: "alpha" } },
    });
    const hash = createHash("sha256").update(JSON.stringify(sent)).digest("hex");
    await vi.waitFor(async () => {
      const [instruction] = (await run.newest())?.input.facts.instructions ?? [];
      expect(instruction).toMatchObject({
        instructionId: "vdi-1",
        issuer: "alpha",
        demand: { kind: "reduce", kw: 40, fromKw: 60 },
        evidence: { door: "http", contentHash: hash },
      });
    }, WITHIN);
    const [kept] = await query<{ content: Buffer; verdict: string }>(
      run.pool,
      `SELECT content, verdict FROM door_message WHERE content_hash = $1`,
      [hash],
    );
    expect(kept).toEqual({ content: Buffer.from(JSON.stringify(sent)), verdict: "accepted" });
  });

  it("is recalled: the site forgets it", async () => {
    const answer = await qse.instruct({ type: "recall", id: "vdi-1", site: run.plan.siteId, issued: soon(0) });
    expect(answer).toMatchObject({ status: 202, body: { verdict: "accepted", instruction: { id: "vdi-1" } } });
    await vi.waitFor(async () => expect((await run.newest())?.input.facts.instructions).toEqual([]), {
      timeout: 20_000,
      interval: 100,
    });
  });

  it("another's key, a body changed on the way, an old signature: a stranger is told why, and counted", async () => {
    const sent = message({ id: "vdi-9", off: true });
    const tried = [
      await qse.instruct(sent, { signedWith: keyPair().privatePem }),
      await qse.instruct(sent, { signedWith: "nothing" }),
      await qse.instruct(sent, { spoil: (body) => body.replace("vdi-9", "vdi-8") }),
      await qse.instruct(sent, { time: soon(-121) }),
    ];
    expect(tried.map(({ status, body }) => [status, (body as { why: string }).why])).toEqual([
      [401, "its key is not known here"],
      [401, "it is not signed"],
      [401, "the signature does not hold"],
      [401, "ballast-time is more than 120 s from market time"],
    ]);
    const counted = await query<{ named: string; why: string; times: number }>(
      run.pool,
      `SELECT named, why, times FROM door_stranger ORDER BY why`,
    );
    expect(counted.map(({ named, times }) => [named, times])).toEqual([
      ["alpha", 1],
      ["", 1],
      ["", 1],
      ["alpha", 1],
    ]);
  });
});

describe("a message comes once, whatever becomes of the doors", () => {
  const nonce = "n".repeat(24);

  it("sent again after a restart it is the same message; its nonce for another is refused", async () => {
    const sent = message({ id: "vdi-2", targetMw: 0.03 });
    const time = soon(0);
    expect(await qse.instruct(sent, { nonce, time })).toMatchObject({ status: 202, body: { isSeenBefore: false } });
    await run.shut();
    qse = run.qse((url = await run.open()));
    const again = await qse.instruct(sent, { nonce, time });
    expect(again).toMatchObject({ status: 202, body: { verdict: "accepted", isSeenBefore: true, isTold: true } });
    expect(await qse.instruct({ ...sent, id: "vdi-3" }, { nonce })).toMatchObject({
      status: 409,
      body: { code: "replayed" },
    });
    await vi.waitFor(async () => expect(await run.standing()).toEqual(["vdi-2"]), WITHIN);
  });

  it("while Temporal is away it is kept, and the site is told once it is back", async () => {
    run.describe("127.0.0.1:1");
    const answer = await qse.instruct(message({ id: "vdi-4", targetMw: 0.02 }));
    expect(answer).toMatchObject({ status: 202, body: { verdict: "accepted", isTold: false } });
    run.describe();
    await vi.waitFor(async () => expect(await run.standing()).toEqual(["vdi-2", "vdi-4"]), WITHIN);
  });

  it("while the database is away nothing is half taken: 503, and the same message again is taken", async () => {
    const sent = message({ id: "vdi-5", targetMw: 0.01 });
    const how = { nonce: "m".repeat(24), time: soon(0) };
    run.describe(undefined, "postgres://nobody:x@127.0.0.1:1/none");
    expect(await qse.instruct(sent, how)).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    run.describe();
    expect(await qse.instruct(sent, how)).toMatchObject({ status: 202, body: { isSeenBefore: false } });
    expect(await query(run.pool, `SELECT FROM door_message WHERE nonce = $1`, [how.nonce])).toHaveLength(1);
  });
});

describe("what a known sender gets wrong is refused with the reason, and kept", () => {
  it.each([
    [400, "malformed", "reduceMw", { reduceMw: "40" }],
    [400, "malformed", "", { reduceMw: 0.01, megawatts: 5 }],
    [404, "site", "site", { off: true, site: "elsewhere" }],
    [403, "product", "product", { off: true, product: "RRS" }],
    [422, "power", "targetMw", {}],
    [422, "power", "targetMw", { reduceMw: 0.01, targetMw: 0.01 }],
    [422, "power", "reduceMw", { reduceMw: 0.061 }],
    [422, "time", "until", { off: true, effective: soon(600), until: soon(500) }],
    [409, "over", "until", { off: true, issued: soon(-600), until: soon(-60) }],
  ])("%i %s of %j", async (status, code, where, changes) => {
    const answer = await qse.instruct(message({ id: "wrong-1", ...changes }));
    expect(answer).toMatchObject({ status, body: { code, where } });
    const { message: messageNo } = answer.body as { message: string };
    const kept = await query(run.pool, `SELECT refusal ->> 'code' AS code FROM door_message WHERE message_no = $1`, [
      messageNo,
    ]);
    expect(kept).toEqual([{ code }]);
  });

  it("too long, of another type, no JSON, not UTF-8, elsewhere", async () => {
    const tried = [
      await qse.send("x".repeat(65_537)),
      await qse.send("a=1", { contentType: "application/x-www-form-urlencoded" }),
      await qse.send("{"),
      await qse.send("<x/>", { contentType: "text/xml" }),
      await qse.send("{}", { path: "/v1/orders" }),
    ];
    expect(tried.map(({ status }) => status)).toEqual([413, 415, 400, 400, 404]);
  });
});

const EWS = 'xmlns="http://www.ercot.com/schema/2007-06/nodal/ews"';
const event = (id: string, deployed: string): string =>
  `<Event ${EWS}><qse>QALPHA</qse><ID>${id}</ID><type>ERS Deployment</type><priority>High</priority>
   <source>QALPHA</source><issued>${soon(0)}</issued><summary>ERS-30 deployed</summary>${deployed}</Event>`;
const deployment = `<d:deployment xmlns:d="urn:ballast:deployment:1"><d:resource>MINE_LD1</d:resource>
  <d:product>ERS-30</d:product><d:reduceMw>0.012</d:reduceMw></d:deployment>`;
const award = (mw: string): string =>
  `<AwardSet ${EWS}><tradingDate>2026-11-29</tradingDate><marketType>DAM</marketType><AwardedAS><qse>QALPHA</qse>
   <startTime>${soon(600)}</startTime><endTime>${soon(4200)}</endTime><tradingDate>2026-11-29</tradingDate>
   <resource>MINE_LD1</resource><asType>ECRSM</asType><awardedMW><OnLineReserves><xvalue>${mw}</xvalue><block>1</block>
   </OnLineReserves></awardedMW></AwardedAS></AwardSet>`;

describe("EWS bodies", () => {
  it("a notification is an instruction to the resource's site; a notice moves nothing; an award is kept and shown", async () => {
    const xml = { contentType: "application/xml" };
    expect(await qse.send(event("ews-1", deployment), xml)).toMatchObject({
      status: 202,
      body: { verdict: "accepted", instruction: { id: "ews-1", issuer: "alpha" } },
    });
    expect(await qse.send(event("ews-2", ""), xml)).toMatchObject({ status: 202, body: { verdict: "accepted" } });
    const awards = { ...xml, path: "/v1/awards" };
    expect(await qse.send(award("0.02"), awards)).toMatchObject({ status: 202, body: { isTold: true } });
    expect(await qse.send(award("0.061"), awards)).toMatchObject({ status: 422, body: { code: "power" } });
    await vi.waitFor(async () => expect(await run.standing()).toContain("ews-1"), WITHIN);
    expect(await run.standing()).not.toContain("ews-2");
    const { doors } = await run.status();
    expect(doors.awards).toMatchObject([
      { resource: "MINE_LD1", asType: "ECRSM", marketType: "DAM", awardedMw: "0.02", isTold: true },
    ]);
    await vi.waitFor(async () => {
      expect((await run.newest())?.input.facts.asAwards).toMatchObject([{ product: "ECRS", awardedMw: "0.02" }]);
    }, WITHIN);
  });

  it("awards that come while Temporal is away are kept, and the site knows them once it is back", async () => {
    run.describe("127.0.0.1:1");
    const five = (number: number) => ({
      startTime: soon(900 + 300 * number),
      endTime: soon(1200 + 300 * number),
      resource: "MINE_LD1",
      asType: "ECRSM",
      awardedMW: 0.01,
      tradingDate: "2026-11-29",
    });
    const answer = await qse.award([five(0), five(1)]);
    expect(answer).toMatchObject({ status: 202, body: { verdict: "accepted", isTold: false } });
    expect((await run.status()).doors.awards.map(({ isTold }) => isTold)).toEqual([true, false, false]);
    run.describe();
    await vi.waitFor(async () => expect((await run.newest())?.input.facts.asAwards).toHaveLength(3), WITHIN);
    expect((await run.status()).doors.awards.every(({ isTold }) => isTold)).toBe(true);
  });
});

describe("a watched folder", () => {
  const inbox = (...more: string[]): string => join(run.folder, "inbox", ...more);
  const reasonOf = (name: string): unknown => JSON.parse(readFileSync(inbox("refused", `${name}.reason.json`), "utf8"));

  it("takes what is whole, once; what is not is set aside with the reason; a link out of it is not followed", async () => {
    const text = JSON.stringify(message({ id: "file-1", targetMw: 0.015 }));
    writeFileSync(inbox("one.json.tmp"), text);
    writeFileSync(inbox("half.json.part"), text.slice(0, 40));
    renameSync(inbox("one.json.tmp"), inbox("one.json"));
    writeFileSync(inbox("long.json"), "x".repeat(65_537));
    writeFileSync(inbox("Bad name!.json"), text);
    writeFileSync(Buffer.concat([Buffer.from(`${inbox()}/`), Buffer.from([0xff, 0xfe])]), text);
    writeFileSync(join(run.folder, "secret.json"), text);
    symlinkSync(join(run.folder, "secret.json"), inbox("link.json"));
    mkdirSync(inbox("folder.json"));
    writeFileSync(inbox("wrong.json"), JSON.stringify(message({ id: "file-2", reduceMw: 99 })));
    await vi.waitFor(() => expect(readdirSync(inbox()).sort()).toEqual(["half.json.part", "refused", "taken"]), WITHIN);
    const taken = readdirSync(inbox("taken"));
    expect(taken).toEqual([expect.stringMatching(/^\d+-one\.json$/)]);
    const refused = readdirSync(inbox("refused")).filter((name) => !name.endsWith(".reason.json"));
    expect(refused).toHaveLength(6);
    expect(reasonOf("link.json")).toMatchObject({ why: "it is a link" });
    expect(reasonOf("long.json")).toMatchObject({ why: "it has 65537 bytes" });
    const wrong = refused.find((name) => name.endsWith("-wrong.json"));
    expect(reasonOf(String(wrong))).toMatchObject({ code: "power", where: "reduceMw" });
    writeFileSync(inbox("again.json"), text);
    await vi.waitFor(() => expect(readdirSync(inbox("taken"))).toHaveLength(2), WITHIN);
    await vi.waitFor(async () => expect(await run.standing()).toContain("file-1"), WITHIN);
    const words = await query(run.pool, `SELECT FROM instruction_word WHERE instruction_id = 'file-1'`);
    expect(words).toHaveLength(1);
  });
});

describe("a telephone call", () => {
  const said: string[] = [];
  const instruct = async (options: object): Promise<unknown> => {
    const log = vi.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
    try {
      await instructCommand.run({ run: run.folder, keyFile: join(run.folder, "maria.pem"), json: true, ...options });
      return JSON.parse(said.at(-1) as string);
    } finally {
      log.mockRestore();
    }
  };

  it("is written down with who called and who took it, acknowledged, and recalled", async () => {
    scriptKey(run.folder, "maria");
    const call = { issuer: "tdsp", caller: "J. Smith" };
    const placed = await instruct({ id: "call-1", ...call, product: "line-work", toMw: 0.005 });
    expect(placed).toMatchObject({ verdict: "accepted", isTold: true, instruction: { id: "call-1", issuer: "tdsp" } });
    await vi.waitFor(async () => expect(await run.standing()).toContain("call-1"), WITHIN);
    const [kept] = await query<{ content: Buffer; sender: string }>(
      run.pool,
      `SELECT content, sender FROM door_message WHERE door = 'voice'`,
    );
    expect(JSON.parse(String(kept?.content))).toMatchObject({ caller: "J. Smith", takenBy: "maria", targetMw: 0.005 });
    const shown = async () =>
      (await run.status()).doors.instructions.find((one) => one.instruction.instructionId === "call-1");
    expect((await shown())?.acknowledged).toBeUndefined();
    expect(await instruct({ ack: "call-1" })).toMatchObject({
      instruction: { acknowledged: { by: "maria", revision: 1 } },
    });
    expect((await shown())?.acknowledged).toMatchObject({ by: "maria" });
    await expect(instruct({ ack: "call-9" })).rejects.toThrow(/no instruction call-9 has come/);
    expect(await instruct({ recall: "call-1", ...call })).toMatchObject({ verdict: "accepted" });
    await vi.waitFor(async () => expect(await run.standing()).not.toContain("call-1"), WITHIN);
    await expect(instruct({ id: "call-1", ...call, off: true, revision: 2 })).rejects.toThrow(/was recalled at/);
  });
});

describe("over TLS", () => {
  it("a client whose certificate is the issuer's needs no signature; another of the same authority is a stranger", async () => {
    await run.shut();
    const pem = certificates(run.folder);
    const listen = "  tls: { certificate: server.crt, key: server.key, clientAuthority: ca.crt }\n";
    const yaml = run.ingressYaml("", listen).replace("publicKeys: [alpha.pem]", "clientCertificates: [alpha.crt]");
    writeFileSync(join(run.folder, "ingress.yaml"), yaml);
    const secure = await run.open();
    const as = (name: string) =>
      run.qse(secure, {
        privateKeyPem: "nothing",
        tls: { ca: pem("ca.crt"), cert: pem(`${name}.crt`), key: pem(`${name}.key`) },
      });
    expect(await as("alpha").instruct(message({ id: "tls-1", targetMw: 0.001 }))).toMatchObject({ status: 202 });
    expect(await as("mallory").instruct(message({ id: "tls-2", off: true }))).toMatchObject({
      status: 401,
      body: { why: "its certificate is not known here", expected: "a certificate of an issuer" },
    });
    const nobody = run.qse(secure, { privateKeyPem: "nothing", tls: { ca: pem("ca.crt") } });
    expect(await nobody.instruct(message({ id: "tls-3", off: true }))).toMatchObject({ status: 401 });
    // signed by itself, and not by the authority
    const forged = run.qse(secure, {
      privateKeyPem: "nothing",
      tls: { ca: pem("ca.crt"), cert: pem("forged.crt"), key: pem("forged.key") },
    });
    expect(await forged.instruct(message({ id: "tls-4", off: true }))).toMatchObject({ status: 401 });
    await vi.waitFor(async () => expect(await run.standing()).toContain("tls-1"), WITHIN);
  });
});

/** An authority, a server for 127.0.0.1, two clients of the authority and one of its own making, by openssl. */
function certificates(folder: string): (name: string) => string {
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const self = (name: string): void =>
    openssl(
      "req",
      "-x509",
      "-newkey",
      "ed25519",
      "-nodes",
      "-days",
      "2",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.crt`,
    );
  self("ca");
  self("forged");
  writeFileSync(join(folder, "san"), "subjectAltName=IP:127.0.0.1");
  for (const name of ["server", "alpha", "mallory"]) {
    openssl(
      "req",
      "-newkey",
      "ed25519",
      "-nodes",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.csr`,
    );
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      "ca.crt",
      "-CAkey",
      "ca.key",
      "-days",
      "2",
      "-extfile",
      "san",
      "-out",
      `${name}.crt`,
    );
    chmodSync(join(folder, `${name}.key`), 0o600);
  }
  return (name) => readFileSync(join(folder, name), "utf8");
}
