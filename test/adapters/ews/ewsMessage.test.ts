import { describe, expect, it } from "vitest";
import { ewsMessage } from "../../../src/adapters/ews/ewsMessage.ts";

const EWS = 'xmlns="http://www.ercot.com/schema/2007-06/nodal/ews"';
const MESSAGE = 'xmlns="http://www.ercot.com/schema/2007-06/nodal/ews/message"';
const EVENT = `<qse>QALPHA</qse><ID>ers-1</ID><type>ERS Deployment</type><priority>High</priority><source>QALPHA</source>
  <issued> 2026-08-18T17:00:00.115-05:00 </issued><expiration>2026-08-18T19:00:00-05:00</expiration>
  <summary>ERS-30 deployed</summary>`;
const DEPLOYMENT = `<d:deployment xmlns:d="urn:ballast:deployment:1"><d:resource>MINE_LD1</d:resource>
  <d:product>ERS-30</d:product><d:reduceMw>12.5</d:reduceMw><d:deadline>2026-08-18T17:30:00-05:00</d:deadline></d:deployment>`;
const wrapped = (verb: string, payload: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><ResponseMessage ${MESSAGE}><Header><Verb>${verb}</Verb><Noun>Alert</Noun>
   <MessageID>Watch</MessageID></Header><Reply><ReplyCode>OK</ReplyCode></Reply><Payload>${payload}<format>XML</format>
   </Payload></ResponseMessage>`;

describe("an EWS notification without its SOAP envelope", () => {
  it("with a deployment is an instruction, in the words of the JSON body; it ends when the event expires", () => {
    const expected = {
      kind: "instruction",
      resource: "MINE_LD1",
      body: {
        type: "instruction",
        id: "ers-1",
        product: "ERS-30",
        reduceMw: 12.5,
        issued: "2026-08-18T17:00:00.115-05:00",
        deadline: "2026-08-18T17:30:00-05:00",
        until: "2026-08-18T19:00:00-05:00",
      },
    };
    expect(ewsMessage(`<Event ${EWS}>${EVENT}${DEPLOYMENT}</Event>`)).toEqual(expected);
    expect(ewsMessage(wrapped("created", `<Event ${EWS}>${EVENT}${DEPLOYMENT}</Event>`))).toEqual(expected);
  });

  it("canceled is its recall", () => {
    expect(ewsMessage(wrapped("canceled", `<Event ${EWS}>${EVENT}${DEPLOYMENT}</Event>`))).toEqual({
      kind: "instruction",
      resource: "MINE_LD1",
      body: { type: "recall", id: "ers-1", issued: "2026-08-18T17:00:00.115-05:00" },
    });
  });

  it("without a deployment is a notice: whatever megawatts its text speaks of move nothing", () => {
    const text = EVENT.replace("ERS-30 deployed", "All QSEs shall reduce load by 500 MW at once");
    expect(ewsMessage(`<Event ${EWS}>${text}</Event>`)).toEqual({
      kind: "notice",
      id: "ers-1",
      summary: "All QSEs shall reduce load by 500 MW at once",
    });
  });

  it("a power that is no plain decimal is handed on as it is, to be refused by its shape", () => {
    const odd = (mw: string): unknown => {
      const said = ewsMessage(`<Event ${EWS}>${EVENT}${DEPLOYMENT.replace("12.5", mw)}</Event>`);
      return said.kind === "instruction" ? said.body["reduceMw"] : undefined;
    };
    expect(["1e3", "-5", "0x10", "12,5", "NaN"].map(odd)).toEqual(["1e3", "-5", "0x10", "12,5", "NaN"]);
  });
});

describe("awards of ancillary services", () => {
  it("a set of two spans of ERCOT's shape: each span is an award, its megawatts the sum of its blocks", () => {
    const span = (from: string, to: string, blocks: string): string =>
      `<awardedMW><startTime>2026-08-18T${from}-05:00</startTime>` +
      `<endTime>2026-08-18T${to}-05:00</endTime>${blocks}</awardedMW>`;
    const block = (mw: string, at: number): string =>
      `<OnLineReserves><xvalue>${mw}</xvalue><ECRS>0.01</ECRS><block>${at}</block></OnLineReserves>`;
    const xml = `<ns0:AwardSet xmlns:ns0="http://www.ercot.com/schema/2007-06/nodal/ews">
      <ns0:tradingDate>2026-08-18</ns0:tradingDate>
      <ns0:marketType>DAM</ns0:marketType></ns0:AwardSet>`;
    expect(ewsMessage(xml)).toEqual({ kind: "awards", body: { AwardedAS: [] } });
    const set = `<AwardSet ${EWS}><tradingDate>2026-08-18</tradingDate><marketType>DAM</marketType><AwardedAS>
      <qse>QALPHA</qse><startTime>2026-08-18T00:00:00-05:00</startTime><endTime>2026-08-18T02:00:00-05:00</endTime>
      <tradingDate>2026-08-18</tradingDate><resource>MINE_LD1 </resource><asType>ECRSM</asType>
      ${span("00:00:00", "01:00:00", block("3.7", 1) + block("0.1", 2))}${span("01:00:00", "02:00:00", block("0", 1))}
      </AwardedAS></AwardSet>`;
    const award = {
      qse: "QALPHA",
      resource: "MINE_LD1",
      asType: "ECRSM",
      tradingDate: "2026-08-18",
      marketType: "DAM",
    };
    expect(ewsMessage(set)).toEqual({
      kind: "awards",
      body: {
        AwardedAS: [
          { ...award, awardedMW: 3.8, startTime: "2026-08-18T00:00:00-05:00", endTime: "2026-08-18T01:00:00-05:00" },
          { ...award, awardedMW: 0, startTime: "2026-08-18T01:00:00-05:00", endTime: "2026-08-18T02:00:00-05:00" },
        ],
      },
    });
  });
});

describe("a slip of whoever writes the message moves no load that was not meant", () => {
  const event = `<Event ${EWS}>${EVENT}${DEPLOYMENT}</Event>`;
  const inside = (xml: string): string => event.replace("</d:deployment>", `${xml}</d:deployment>`);
  it.each(["cancel", "cancelled", "Canceled", "closed", "deleted", "reply", ""])(
    "with the verb %j it is neither an instruction nor its recall",
    (verb) =>
      expect(() => ewsMessage(wrapped(verb, event))).toThrow(/its verb is ".*"; .* created, changed or canceled/),
  );
  it.each([
    ["no header, so no verb", wrapped("created", event).replace(/<Header>.*<\/Header>/s, ""), /its verb is ""/],
    ["an end that is misspelled", inside("<d:untill>2026-08-18T19:00:00-05:00</d:untill>"), /the element untill/],
    ["a cohort that is misspelled", inside("<d:cohrot>s19</d:cohrot>"), /the element cohrot/],
    ["a member of another namespace", inside('<e:site xmlns:e="urn:else">mine</e:site>'), /site of "urn:else"/],
    ["kilowatts", event.replace("<d:reduceMw>", '<d:reduceMw unit="kW">'), /reduceMw has the attribute unit/],
    ["a number with elements in it", event.replace("12.5", "1<d:x/>2"), /elements in its text/],
    ["an id with elements in it", event.replace("ers-1", "ers<x/>-1"), /ID has elements in its text/],
    [
      "a deployment of another version",
      event.replace("deployment:1", "deployment:2"),
      /of the namespace "urn:ballast:d/,
    ],
    ["a deployment of no namespace of its own", event.replaceAll("d:", ""), /its deployment is of the namespace/],
    ["bytes said to be others", `<?xml version="1.0" encoding="ISO-8859-1"?>${event}`, /says that it is ISO-8859-1/],
  ])("%s", (_, xml, why) => {
    expect(() => ewsMessage(xml)).toThrow(why);
  });

  it("what stands beside in a namespace of somebody else is not ERCOT's: it neither ends nor names the event", () => {
    const beside = event.replace(
      "<d:deployment",
      '<z:expiration xmlns:z="urn:z">2026-08-18T18:00:00Z</z:expiration>$&',
    );
    expect(ewsMessage(beside)).toEqual(ewsMessage(event));
  });

  it("changed is a newer content", () => {
    expect(ewsMessage(wrapped("changed", event))).toEqual(ewsMessage(event));
  });
});

describe("hostile XML is refused before anything is read out of it", () => {
  const event = `<Event ${EWS}>${EVENT}</Event>`;
  it.each([
    ["a document type", `<!DOCTYPE x [<!ENTITY a "b">]>${event}`, /document type/],
    ["an entity of its own", event.replace("ERS-30", "&lol;"), /entity/],
    ["an outside entity", `<!DOCTYPE x SYSTEM "file:///etc/passwd">${event}`, /document type/],
    ["a processing instruction", `<?xml-stylesheet href="x"?>${event}`, /processing instruction/],
    ["a SOAP envelope", `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>`, /SOAP envelope/],
    ["another namespace", `<Event xmlns="urn:else">${EVENT}</Event>`, /not ERCOT's/],
    ["too deep", "<a>".repeat(17), /deeper than 16/],
    ["too many elements", `<Event ${EWS}>${"<x/>".repeat(20_001)}</Event>`, /more than 20000/],
    ["a member twice", event.replace("<ID>ers-1</ID>", "<ID>ers-1</ID><ID>ers-2</ID>"), /2 elements ID/],
    ["two deployments", `<Event ${EWS}>${EVENT}${DEPLOYMENT}${DEPLOYMENT}</Event>`, /2 elements of urn/],
    ["cut off", event.slice(0, -5), /unclosed|unexpected end/i],
    ["two roots", event + event, /documents may contain only one root|text data outside/i],
    ["nothing", "", /root|element/],
    ["a prefix that nobody declared", "<ns0:AwardedAS/>", /prefix/],
  ])("%s", (_, xml, why) => {
    expect(() => ewsMessage(xml)).toThrow(why);
  });
});
