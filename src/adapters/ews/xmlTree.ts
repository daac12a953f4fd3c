import { SaxesParser } from "saxes";

/** An XML that is not read: what is wrong with it. */
export class XmlError extends Error {
  override name = "XmlError";
}

/** An element by its local name, with the text directly in it. */
export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
  /** Local names of its attributes; namespaces and hints for schemas are none. */
  readonly attributes: readonly string[];
}

/** Deeper than any message of ERCOT, and more elements than a day of awards has. */
const DEPTH_MAX = 16;
const ELEMENTS_MAX = 20_000;
const ATTRIBUTES_MAX = 32;
/** Attributes that say nothing of an element: its namespaces, `xsi:schemaLocation`. */
const OF_XML = ["http://www.w3.org/2000/xmlns/", "http://www.w3.org/2001/XMLSchema-instance"];

interface Open {
  name: string;
  namespace: string;
  children: XmlElement[];
  text: string;
  attributes: readonly string[];
}

/**
 * The root of a well-formed XML document, namespaces resolved. Values of attributes are not kept. @throws XmlError for
 * what is not well-formed, says that it is not UTF-8, has a document type, an entity of its own or a processing
 * instruction, or is too deep or too large
 */
export function xmlTree(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const open: Open[] = [];
  const roots: XmlElement[] = [];
  let elements = 0;
  const refuse = (why: string): never => {
    throw new XmlError(why);
  };
  parser.on("error", (error) => refuse(error.message));
  parser.on("xmldecl", ({ encoding }) => {
    if (encoding !== undefined && encoding.toLowerCase() !== "utf-8") refuse(`it says that it is ${encoding}`);
  });
  parser.on("doctype", () => refuse("it has a document type"));
  parser.on("processinginstruction", () => refuse("it has a processing instruction"));
  parser.on("opentag", ({ local, uri, attributes }) => {
    elements += 1;
    if (elements > ELEMENTS_MAX) refuse(`it has more than ${ELEMENTS_MAX} elements`);
    if (open.length >= DEPTH_MAX) refuse(`it is nested deeper than ${DEPTH_MAX} elements`);
    if (Object.keys(attributes).length > ATTRIBUTES_MAX)
      refuse(`an element has more than ${ATTRIBUTES_MAX} attributes`);
    const named = Object.values(attributes).flatMap((one) => (OF_XML.includes(one.uri) ? [] : [one.local]));
    open.push({ name: local, namespace: uri, children: [], text: "", attributes: named });
  });
  const add = (part: string): void => {
    const top = open.at(-1);
    if (top !== undefined) top.text += part;
  };
  parser.on("text", add);
  parser.on("cdata", add);
  parser.on("closetag", () => {
    const element = open.pop();
    if (element === undefined) return;
    const above = open.at(-1);
    (above === undefined ? roots : above.children).push({ ...element, text: element.text.trim() });
  });
  parser.write(text).close();
  const [root] = roots;
  return root ?? refuse("it has no element");
}

/** The child of a name; undefined where there is none. @throws XmlError where there are several: which one holds? */
export function only(element: XmlElement, name: string): XmlElement | undefined {
  const found = element.children.filter((child) => child.name === name);
  if (found.length > 1) throw new XmlError(`${element.name} has ${found.length} elements ${name}`);
  return found[0];
}

/**
 * Text of the child of a name; undefined where there is none or it is empty. @throws XmlError as `only`, and where
 * elements stand in it: whatever is between them is no text of its own
 */
export function textOf(element: XmlElement, name: string): string | undefined {
  const found = only(element, name);
  if (found !== undefined && found.children.length > 0) throw new XmlError(`${name} has elements in its text`);
  return found?.text || undefined;
}
