/** What the Energy Emergency Alert is called, as parts of a regular expression. */
export const NAME = String.raw`(?:EEA|energy emergency(?: alert)?)(?:\s*\(EEA\))?`;
/** What may stand before the number of a level. */
export const RANK = String.raw`(?:(?:level|lvl|stage|step|phase|no)s?\b\.?|#)`;
/** The number of a level. */
export const ANY = "(?:[1-3][a-c]?|I{1,3}|one|two|three)";
/** What may stand behind a number that is a level: no unit, no time of the day, no digit. */
const BEHIND =
  "is are was were has have had declared issued in at on due for as and or but so which by effective will may " +
  "now remains? terminated cancell?ed ended rescinded lifted expired shall today from following because until";
/** Nothing behind a number speaks against its being a level. */
export const ALONE = String.raw`(?!\w|[:.,]?\d|\s*%|\s+(?!(?:${BEHIND.replaceAll(" ", "|")}|${NAME})\b)[\w])`;
