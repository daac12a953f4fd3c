/** An adder and what is deployed, decimal text. */
export interface AddersText {
  /** Reliability deployment price adder for energy, $/MWh. */
  readonly adderUsdPerMwh: string;
  /** Load resources that are not controllable, deployed, MW. */
  readonly loadResourcesMw: string;
  /** Emergency response service (ERS) deployed, MW. */
  readonly ersMw: string;
  /** Large load deployed, MW; absent where the report does not say. */
  readonly largeLoadMw?: string;
}

/**
 * One value of ERCOT report NP6-323, as it is kept and compared: `RTRDPA=12.34 RTDNCLR=0 RTDERS=500 RTDLL=0`, without
 * zeros that say nothing.
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
  const largeLoadMw = said.get("RTDLL");
  return {
    adderUsdPerMwh: said.get("RTRDPA") as string,
    loadResourcesMw: said.get("RTDNCLR") as string,
    ersMw: said.get("RTDERS") as string,
    ...(largeLoadMw === undefined ? {} : { largeLoadMw }),
  };
}
