import { only, textOf, type XmlElement, XmlError, xmlTree } from "./xmlTree.ts";

/** Namespaces of ERCOT's payloads and messages (ercot/api-specs, ews/*.xsd); fragments may have none. */
const ERCOT = new Set([
  "",
  "http://www.ercot.com/schema/2007-06/nodal/ews",
  "http://www.ercot.com/schema/2007-06/nodal/ews/message",
]);
/** ERCOT's `Event` lets other namespaces stand at its end (`xs:any ##other`): there a QSE says what is deployed. */
const DEPLOYMENT = "urn:ballast:deployment:1";

/** What an EWS body brings, its members by the names of the JSON bodies and not judged yet. */
export type EwsMessage =
  | { readonly kind: "instruction"; readonly body: Readonly<Record<string, unknown>>; readonly resource?: string }
  | { readonly kind: "awards"; readonly body: { readonly AwardedAS: readonly unknown[] } }
  | { readonly kind: "notice"; readonly id: string; readonly summary: string };

/**
 * What an EWS notification says, without the SOAP envelope: a `ResponseMessage` with its payload, or the payload alone
 * (`Event`, `AwardSet`, `AwardedAS`). An `Event` with a `deployment` is an instruction, or with the verb `canceled` its
 * recall; one without is a notice, whose text nobody interprets. @throws XmlError for everything else
 */
export function ewsMessage(text: string): EwsMessage {
  const root = xmlTree(text);
  if (root.name === "Envelope") throw new XmlError("it has a SOAP envelope; its body alone is read");
  mustBeErcots(root);
  if (root.name !== "ResponseMessage") return ofPayload(root, undefined);
  const header = only(root, "Header");
  const payload = only(root, "Payload");
  const said = payload?.children.filter(({ name }) => name !== "format") ?? [];
  const [one] = said;
  if (one === undefined || said.length > 1) throw new XmlError(`its Payload has ${said.length} parts; one is read`);
  mustBeErcots(one);
  return ofPayload(one, header && textOf(header, "Verb"));
}

function mustBeErcots({ name, namespace }: XmlElement): void {
  if (!ERCOT.has(namespace)) throw new XmlError(`${name} is of the namespace ${namespace}, not ERCOT's`);
}

function ofPayload(element: XmlElement, verb: string | undefined): EwsMessage {
  switch (element.name) {
    case "Event":
      return ofEvent(element, verb);
    case "AwardedAS":
      return { kind: "awards", body: { AwardedAS: awardsOf(element, undefined) } };
    case "AwardSet": {
      const market = textOf(element, "marketType");
      const awards = element.children.filter(({ name }) => name === "AwardedAS");
      return { kind: "awards", body: { AwardedAS: awards.flatMap((one) => awardsOf(one, market)) } };
    }
    default:
      throw new XmlError(`${element.name} is not read; an Event, an AwardSet or an AwardedAS is`);
  }
}

function ofEvent(event: XmlElement, verb: string | undefined): EwsMessage {
  const deployments = event.children.filter(({ namespace }) => namespace === DEPLOYMENT);
  const [deployment] = deployments;
  const id = textOf(event, "ID");
  if (deployment === undefined) return { kind: "notice", id: id ?? "", summary: textOf(event, "summary") ?? "" };
  if (deployment.name !== "deployment" || deployments.length > 1)
    throw new XmlError(`its Event has ${deployments.length} elements of ${DEPLOYMENT}; one, deployment, is read`);
  const text = (name: string): string | undefined => textOf(deployment, name);
  const about = { id, site: text("site"), issued: textOf(event, "issued"), revision: numberOf(text("revision")) };
  const resource = text("resource");
  const named = resource === undefined ? {} : { resource };
  if (verb === "canceled") return { kind: "instruction", body: present({ type: "recall", ...about }), ...named };
  const cohorts = deployment.children.filter(({ name }) => name === "cohort").map((cohort) => cohort.text);
  const off = text("off");
  return {
    kind: "instruction",
    body: present({
      type: "instruction",
      ...about,
      product: text("product"),
      targetMw: numberOf(text("targetMw")),
      reduceMw: numberOf(text("reduceMw")),
      off: off === "true" ? true : off,
      cohorts: cohorts.length === 0 ? undefined : cohorts,
      effective: text("effective"),
      deadline: text("deadline"),
      until: text("until") ?? textOf(event, "expiration"),
      restoreNotBefore: text("restoreNotBefore"),
    }),
    ...named,
  };
}

/** One for each span of an `AwardedAS`: MW as text, or the sum of what its blocks award (`xvalue`). */
function awardsOf(award: XmlElement, marketOfSet: string | undefined): unknown[] {
  const spans = award.children.filter(({ name }) => name === "awardedMW");
  if (spans.length === 0) throw new XmlError("AwardedAS has no awardedMW");
  return spans.map((span) =>
    present({
      qse: textOf(award, "qse"),
      resource: textOf(award, "resource"),
      asType: textOf(award, "asType"),
      awardedMW: span.children.length === 0 ? numberOf(span.text) : megawattsOf(span),
      startTime: textOf(span, "startTime") ?? textOf(award, "startTime"),
      endTime: textOf(span, "endTime") ?? textOf(award, "endTime"),
      tradingDate: textOf(award, "tradingDate"),
      marketType: textOf(award, "marketType") ?? marketOfSet,
    }),
  );
}

function megawattsOf(span: XmlElement): unknown {
  const blocks = span.children.flatMap((block) => {
    const awarded = textOf(block, "xvalue");
    return awarded === undefined ? [] : [numberOf(awarded)];
  });
  const odd = blocks.find((one) => typeof one !== "number");
  if (blocks.length === 0 || odd !== undefined) return odd;
  const tenths = blocks.reduce<number>((sum, one) => sum + Math.round((one as number) * 1_000_000), 0);
  return tenths / 1_000_000;
}

/** A plain decimal as a number; anything else as it is, for the shape to refuse. */
function numberOf(text: string | undefined): unknown {
  return text !== undefined && /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : text;
}

function present(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
