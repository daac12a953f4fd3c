/** A published value told apart from any other: what, where, when and its unit are in the key. */
export interface Fact {
  readonly key: string;
  /** Canonical decimal text, or text. */
  readonly value: string;
}

/** Whether two values of a key are one: loads are cut to the kilowatt, figures of a page are binary numbers. */
export function isSame(key: string, one: string, other: string): boolean {
  if (one === other) return true;
  if (/^(?:grid-condition|supply-demand|as-capacity)\|/.test(key)) return Number(one) === Number(other);
  const isLoad = /^(?:load-forecast|actual-load|system-demand)\|/.test(key);
  return isLoad && toKilowatts(one) === toKilowatts(other);
}

function toKilowatts(decimal: string): string {
  const [whole = "", fraction = ""] = decimal.split(".");
  return `${whole}.${fraction.slice(0, 3).padEnd(3, "0")}`;
}

/**
 * Exact value of a number's text as canonical decimal text, read as a person would: blanks around it, thousands apart,
 * an exponent, a sign. Undefined for anything else. `-0` is `0`.
 */
export function decimalOf(text: string): string | undefined {
  const found = /^([+-]?)(\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text.trim());
  if (found === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = found;
  const digits = whole.replaceAll(",", "") + fraction;
  if (digits === "") return undefined;
  const places = fraction.length - Number(exponent);
  const padded = places >= 0 ? digits.padStart(places + 1, "0") : digits + "0".repeat(-places);
  const split = padded.length - Math.max(0, places);
  const units = padded.slice(0, split).replace(/^0+(?=\d)/, "");
  const rest = padded.slice(split).replace(/0+$/, "");
  const plain = rest === "" ? units : `${units}.${rest}`;
  return sign === "-" && plain !== "0" ? `-${plain}` : plain;
}

/** A day as `MM/DD/YYYY`, `M/D/YYYY` or `YYYY-MM-DD`, as `YYYY-MM-DD`. */
export function dayOf(text: string): string | undefined {
  const us = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim());
  const day =
    us === null ? text.trim() : `${us[3]}-${(us[1] as string).padStart(2, "0")}-${(us[2] as string).padStart(2, "0")}`;
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return undefined;
  const ms = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day ? undefined : day;
}

/** A flag: Y, N, true or false in any case. */
export function flagOf(text: string): boolean | undefined {
  const flag = text.trim().toLowerCase();
  return flag === "y" || flag === "true" ? true : flag === "n" || flag === "false" ? false : undefined;
}

/** Hour ending 1 to 24, `1`, `01` or `01:00`; `02:00 DST` is the repeated one. */
export function hourOf(text: string): { readonly hour: number; readonly isMarked: boolean } | undefined {
  const found = /^(\d{1,2})(?::00)?(\s*DST)?$/i.exec(text.trim());
  const hour = Number(found?.[1]);
  return hour >= 1 && hour <= 24 ? { hour, isMarked: found?.[2] !== undefined } : undefined;
}

/** A wall stamp `MM/DD/YYYY HH:MM:SS` or `YYYY-MM-DDTHH:MM:SS`: day and ms of its clock. */
export function stampOf(text: string): { readonly day: string; readonly clockMs: number } | undefined {
  const found = /^(\S+?)(?:T|\s+)(\d{1,2}):(\d\d):(\d\d)$/.exec(text.trim());
  const day = dayOf(found?.[1] ?? "");
  const [hours, minutes, seconds] = [Number(found?.[2]), Number(found?.[3]), Number(found?.[4])];
  if (day === undefined || !(hours < 24 && minutes < 60 && seconds < 60)) return undefined;
  return { day, clockMs: ((hours * 60 + minutes) * 60 + seconds) * 1_000 };
}

/** Records of a CSV text (RFC 4180): any line end, quotes doubled in quotes; undefined where a quote never ends. */
export function csvRecords(text: string): readonly (readonly string[])[] | undefined {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = "";
  let isQuoted = false;
  const endRecord = (): void => {
    record.push(cell);
    if (record.length > 1 || cell.trim() !== "") records.push(record);
    record = [];
    cell = "";
  };
  for (let at = text.startsWith("\ufeff") ? 1 : 0; at < text.length; at += 1) {
    const unit = text[at] as string;
    if (isQuoted) {
      if (unit !== '"') cell += unit;
      else if (text[at + 1] === '"') cell += text[(at += 1)] as string;
      else isQuoted = false;
    } else if (unit === '"' && cell.trim() === "") {
      isQuoted = true;
      cell = "";
    } else if (unit === ",") {
      record.push(cell);
      cell = "";
    } else if (unit === "\n" || unit === "\r") endRecord();
    else cell += unit;
  }
  if (isQuoted) return undefined;
  endRecord();
  return records;
}

/** Name of a column without what ERCOT has changed in it between reports: case, blanks, underscores. */
export function bareName(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[\s_]/g, "");
}
