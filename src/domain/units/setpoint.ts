/**
 * What a machine is told to hold. `profile` is a point of its firmware by name, hashrate targets included; `watts` is
 * its own power at the wall; `percent` is of its own normal power. A fleet knows no other form: what a machine held
 * before is kept in the same one.
 */
export type Setpoint =
  | { readonly kind: "off" }
  | { readonly kind: "profile"; readonly profile: string }
  | { readonly kind: "watts"; readonly watts: number }
  | { readonly kind: "percent"; readonly percent: number };

/** A set-point at which a machine runs. */
export type RunningSetpoint = Exclude<Setpoint, { readonly kind: "off" }>;

const PROFILE_CHARACTERS_MAX = 100;
/** Most watts, and most percent of its normal power, that one machine can be told to hold. */
export const SETPOINT_MAX = { watts: 1_000_000, percent: 200 };

/** A set-point for a person: `off`, `profile 490MHz`, `2100 W`, `60 % of normal power`. */
export function setpointText(setpoint: Setpoint): string {
  switch (setpoint.kind) {
    case "off":
      return "off";
    case "profile":
      return `profile ${setpoint.profile}`;
    case "watts":
      return `${setpoint.watts} W`;
    case "percent":
      return `${setpoint.percent} % of normal power`;
  }
}

/** What no firmware could hold: why, and what was expected; undefined for a set-point that may be sent. */
export function setpointProblem(setpoint: Setpoint): string | undefined {
  switch (setpoint.kind) {
    case "off":
      return undefined;
    case "profile":
      return setpoint.profile.trim() === "" || setpoint.profile.length > PROFILE_CHARACTERS_MAX
        ? `a profile has a name of 1 to ${PROFILE_CHARACTERS_MAX} characters`
        : undefined;
    case "watts":
      return setpoint.watts > 0 && setpoint.watts <= SETPOINT_MAX.watts
        ? undefined
        : `watts of one machine are above 0 and at most ${SETPOINT_MAX.watts}; for none say off`;
    case "percent":
      return setpoint.percent > 0 && setpoint.percent <= SETPOINT_MAX.percent
        ? undefined
        : `percent of normal power are above 0 and at most ${SETPOINT_MAX.percent}; for none say off`;
  }
}

/** Whether two set-points ask for the same. Watts are not compared with percent: only the machine knows its normal. */
export function isSameSetpoint(one: Setpoint, other: Setpoint): boolean {
  switch (one.kind) {
    case "off":
      return other.kind === "off";
    case "profile":
      return other.kind === "profile" && other.profile === one.profile;
    case "watts":
      return other.kind === "watts" && other.watts === one.watts;
    case "percent":
      return other.kind === "percent" && other.percent === one.percent;
  }
}
