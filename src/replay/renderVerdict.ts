import type { AuditSubject, AuditVerdict, GapRecord } from "../domain/evidence/model.ts";
import { cleanText } from "../domain/units/foreignText.ts";
import { LAYERS } from "./layers/index.ts";

const SHOWN_PER_LAYER = 20;
/** What a finding quotes was written by whoever made the bundle. */
const SHOWN_CHARACTERS = 2000;
const SHOWN_BUILD = 80;

/** What no layer can show, said with every verdict. */
const NOT_PROVEN = [
  "that the inputs are true: a price is proven to be in a kept document, not that the document is ERCOT's own, nor " +
    "where and when it was fetched, which the signature alone binds; download it again to compare",
  "that nothing happened outside the histories: refused inputs, queries, and commands typed into a machine by hand " +
    "leave no event",
  "that the meters are right, that the machines were able to run which a survey or the fleet's ledger counted, and " +
    "what a contract says: they are taken as recorded",
  "when a statement was issued, and that none was left out together with all that speaks of it: compare with the " +
    "papers that the clients were given",
  "that machines which did not follow were driven again, and what a machine answered: lines of later waves and " +
    "answers in the command ledger are bound by the signature alone",
  "who a person was: it is proven that an actor is recorded, not that it was this person; who placed a refused " +
    "order is bound by the chain alone",
  "what the server notes about itself (host names, task numbers, the hour of a single event): bound by the chain " +
    "alone, so keep a published head",
];

/**
 * A verdict as text for a terminal: one line a layer, then every finding, then what is not proven unless `limits` is
 * false: beside a verdict that says it. Lines end in `\n`.
 */
export function renderVerdict(verdict: AuditVerdict, limits = true): string {
  const lines: string[] = [];
  for (const { layer, what, checked, findings } of verdict.layers) {
    const mark = findings.length > 0 ? "FAIL" : checked === 0 ? "none" : "ok  ";
    const count =
      findings.length > 0
        ? `${findings.length} of ${checked} checks`
        : checked === 0
          ? "nothing to check in this bundle"
          : `${checked} checks`;
    lines.push(`${mark}  ${layer.padEnd(10)} ${what}: ${count}`);
  }
  for (const { buildId, runs } of verdict.builds ?? [])
    lines.push(`build ${cleanText(buildId, SHOWN_BUILD)} wrote ${runs.length === 1 ? "run" : "runs"} ${spans(runs)}`);
  for (const gap of verdict.gaps ?? []) lines.push(...gapLines(gap));
  for (const { layer, findings } of verdict.layers) {
    for (const finding of findings.slice(0, SHOWN_PER_LAYER)) {
      lines.push(
        "",
        `${layer}: ${cleanText(finding.where, SHOWN_CHARACTERS)}`,
        `    expected  ${cleanText(finding.expected, SHOWN_CHARACTERS)}`,
        `    found     ${cleanText(finding.found, SHOWN_CHARACTERS)}`,
      );
    }
    if (findings.length > SHOWN_PER_LAYER)
      lines.push("", `${layer}: ${findings.length - SHOWN_PER_LAYER} more findings`);
  }
  const notes = verdict.layers.flatMap(({ layer, notes: told }) =>
    (told ?? []).map((note) => `note  ${layer}: ${cleanText(note, SHOWN_CHARACTERS)}`),
  );
  if (notes.length > 0) lines.push("", ...notes.slice(0, SHOWN_PER_LAYER));
  if (notes.length > SHOWN_PER_LAYER) lines.push(`note  ${notes.length - SHOWN_PER_LAYER} more notes`);
  if (verdict.otherBuilds !== undefined) lines.push("", ...otherBuild(verdict.otherBuilds, verdict.ok));
  if (limits) lines.push("", "Not proven by any layer:", ...NOT_PROVEN.map((text) => `  - ${text}`));
  if (verdict.subject !== undefined) lines.push("", ...subjectLines(verdict.subject));
  lines.push("", conclusion(verdict));
  return `${lines.join("\n")}\n`;
}

/** The verdict is worth what it is about: whoever was handed another site's bundle, or a shorter one, sees it here. */
function subjectLines(subject: AuditSubject): string[] {
  const { siteId, settledDays, headChainHash, headGiven, keyId, keyGiven, givenKeyId } = subject;
  const [first, last] = [settledDays[0], settledDays.at(-1)];
  const days =
    first === undefined
      ? "no day is settled in it"
      : first === last
        ? `settled day ${first}`
        : `${settledDays.length} settled days, ${first} to ${last}`;
  const key = keyId === undefined ? "none, the bundle is not signed" : cleanText(keyId, SHOWN_BUILD);
  return [
    `Site  ${cleanText(siteId, SHOWN_BUILD)}, ${days}`,
    `Head  ${cleanText(headChainHash, SHOWN_BUILD)}${headGiven ? "" : ", not compared with one from elsewhere"}`,
    `Key   ${key}${keyId === undefined || keyGiven ? "" : ", not checked: no public key was given"}` +
      (keyId === undefined || givenKeyId === undefined || givenKeyId === keyId ? "" : `, not the given ${givenKeyId}`),
  ];
}

function conclusion({ ok, gaps, subject }: AuditVerdict): string {
  if (!ok) return "Verdict: this bundle does not hold.";
  const settled = subject?.settledDays.length === 0 ? " No money was settled in it." : "";
  const follows = "Verdict: everything that was checked follows from the inputs";
  if (gaps === undefined) return `${follows}.${settled}`;
  const many = gaps.length === 1 ? "a gap" : `${gaps.length} gaps`;
  return `${follows}; ${many} in the evidence could not be checked.${settled}`;
}

/** Run numbers in rising order as `1 to 3, 5`. */
function spans(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([first, end]) => (first === end ? `${first}` : `${first} to ${end}`)).join(", ");
}

function gapLines({ runId, firstSequence, lastSequence, cause, actor, recordedAt }: GapRecord): string[] {
  const which =
    firstSequence === undefined
      ? `a run after decision ${lastSequence}, without decisions`
      : `decisions ${firstSequence} to ${lastSequence}`;
  return [
    `GAP   ${which}: the history of run ${cleanText(runId)} is lost, nothing in it was checked`,
    `      ${cleanText(cause)}; recorded ${cleanText(recordedAt)} on the word of ${cleanText(actor)}`,
  ];
}

function otherBuild({ recorded, program }: NonNullable<AuditVerdict["otherBuilds"]>, ok: boolean): string[] {
  const builds = recorded.map((build) => cleanText(build, SHOWN_BUILD)).join(", ");
  const what = `Recorded by build ${builds} of rules and workflows; this program is build ${program}.`;
  if (ok) return [`${what} Its rules give the same.`];
  return [
    what,
    `A difference in ${listed(true, "or")} may come from a change of the program's rules, not from a forgery: audit ` +
      `with the program of that build before you judge. ${capitalized(listed(false, "and"))} do not depend on the ` +
      `build.`,
  ];
}

/** The layers that may differ between builds, or those that cannot, as words: `a, b or c`. */
function listed(dependsOnBuild: boolean, and: string): string {
  const names = LAYERS.filter((layer) => layer.dependsOnBuild === dependsOnBuild).map(({ name }) => name);
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${and} ${names.at(-1)}`;
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** The first finding of a verdict that does not hold, as one line for standard error. */
export function firstMismatch({ layers }: AuditVerdict): string {
  const finding = layers.flatMap((layer) => layer.findings)[0];
  if (finding === undefined) return "ballast: the bundle does not hold\n";
  const { layer, where, expected, found } = finding;
  const [place, wanted, got] = [where, expected, found].map((text) => cleanText(text, SHOWN_CHARACTERS));
  return (
    `ballast: the bundle does not hold; first mismatch in layer ${layer}, ${place}: expected ${wanted}, ` +
    `found ${got}\n`
  );
}
