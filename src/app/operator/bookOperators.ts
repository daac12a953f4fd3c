import type { OperatorKey } from "../../domain/evidence/operatorAdmission.ts";
import type { BookOperator } from "../worker/loadBook.ts";

/** What a list of keys becomes by what a book says of its operators. */
export interface OperatorChanges {
  /** What differs, a line for each operator. */
  readonly lines: readonly string[];
  readonly keys: readonly OperatorKey[];
  /** Named by the book and without a key. */
  readonly withoutKey: readonly string[];
}

/**
 * Each key with the roles and sites that the book gives its operator; the key of one whom the book does not name goes.
 * A key is never made here: `ballast operator add` does that.
 */
export function operatorChanges(keys: readonly OperatorKey[], operators: readonly BookOperator[]): OperatorChanges {
  const changed = keys.map((key) => {
    const { keyId, publicKeyPem, actor, ...may } = key;
    const named = operators.find((one) => one.actor === actor);
    const is = named === undefined ? undefined : rightsText(named);
    const was = rightsText(may);
    const lines = is === was ? [] : [`operator ${actor}: ${was} → ${is ?? "no operator: the key goes"}`];
    return { lines, key: named === undefined ? undefined : { keyId, publicKeyPem, ...written(named) } };
  });
  return {
    lines: changed.flatMap(({ lines }) => lines),
    keys: changed.flatMap(({ key }) => key ?? []),
    withoutKey: operators.flatMap(({ actor }) => (keys.some((key) => key.actor === actor) ? [] : actor)),
  };
}

/** `desk, at salt-fork` */
export function rightsText({ roles, sites, vouches }: Pick<OperatorKey, "roles" | "sites" | "vouches">): string {
  const where = sites === undefined ? "at every site" : `at ${sites.join(", ") || "no site"}`;
  return `${roles.join(", ")} ${where}${vouches === true ? ", vouches" : ""}`;
}

function written({ actor, roles, sites, vouches }: BookOperator): BookOperator {
  return { actor, roles, ...(sites === undefined ? {} : { sites }), ...(vouches === undefined ? {} : { vouches }) };
}
