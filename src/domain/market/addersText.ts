/** An adder and what is deployed, decimal text. */
export interface AddersText extends DeployedText {
  /** Reliability deployment price adder for energy, $/MWh. */
  readonly adderUsdPerMwh: string;
}

/** What is deployed, MW, decimal text; what the report does not say, or not readably, is absent. */
export interface DeployedText {
  /** Load resources that are not controllable. */
  readonly loadResourcesMw?: string;
  /** Emergency response service (ERS). */
  readonly ersMw?: string;
  /** Large load. */
  readonly largeLoadMw?: string;
}

/**
 * One value of ERCOT report NP6-323, as it is kept and compared: `RTRDPA=12.34 RTDNCLR=0 RTDERS=500 RTDLL=0`, without
 * zeros that say nothing, and without what is not known.
 */
export function addersText({ adderUsdPerMwh, loadResourcesMw, ersMw, largeLoadMw }: AddersText): string {
  const said = { RTRDPA: adderUsdPerMwh, RTDNCLR: loadResourcesMw, RTDERS: ersMw, RTDLL: largeLoadMw };
  return Object.entries(said)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${Number(value)}`]))
    .join(" ");
}

/** What such a text says. */
export function addersOf(value: string): AddersText {
  const said = new Map(value.split(" ").map((part) => part.split("=") as [string, string]));
  const [loadResourcesMw, ersMw, largeLoadMw] = [said.get("RTDNCLR"), said.get("RTDERS"), said.get("RTDLL")];
  return {
    adderUsdPerMwh: said.get("RTRDPA") as string,
    ...(loadResourcesMw === undefined ? {} : { loadResourcesMw }),
    ...(ersMw === undefined ? {} : { ersMw }),
    ...(largeLoadMw === undefined ? {} : { largeLoadMw }),
  };
}
