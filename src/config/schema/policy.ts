import { z } from "zod";
import { coincidentPeakSchema } from "./coincidentPeak.ts";
import { number, seconds, whole } from "./common.ts";

const eeaAction = z.enum(["curtail", "no-restart", "none"]).meta({
  description: "curtail: everything off; no-restart: nothing moves up; none: left to the price",
});
const silenceAction = z.enum(["hold", "curtail", "run"]).meta({
  description:
    "hold: keep the modes (grid condition: keep the level, start nothing); curtail: everything off; run: carry on " +
    "without the input",
});

/** How the site decides. Every key is required: a policy is a decision of its owner, not of a default. */
export const policySchema = z
  .strictObject({
    economic: z
      .strictObject({
        offFactor: number(
          "Off above strike + (factor − 1) × gross value, which is strike + avoidable adders; must be above 1",
          0,
          10,
        ),
        onFactor: number("On below strike − (1 − factor) × gross value; must be below 1", 0, 10),
        adderShare: number(
          "Share 0..1 of the last settled adder expected in the running interval; 0.5, or 0 for none",
          0,
          1,
        ),
      })
      .meta({ description: "Hysteresis around each marginal strike" }),
    onEea: z
      .strictObject({ watch: eeaAction, conservation: eeaAction, eea1: eeaAction, eea2: eeaAction, eea3: eeaAction })
      .meta({
        description:
          "What the site does by itself at a grid level seen on public feeds; an instruction through the QSE ranks " +
          "above it",
      }),
    onPrcPreAlert: z.enum(["no-restart", "none"]).meta({
      description:
        "What the site does while ERCOT's PRC is below the Watch figure of prcThresholdsMw, or falls as a feed's " +
        "prcFall says, and nothing is declared; " +
        "no-restart: nothing moves up; none: left to the price. Never booked as a grid rule",
    }),
    onSilence: z
      .strictObject({
        scedPrice: silenceAction,
        hashprice: silenceAction,
        gridCondition: silenceAction,
        meter: silenceAction,
      })
      .meta({ description: "What the site does when an input is silent; no value is ever guessed" }),
    staleness: z
      .strictObject({
        scedPriceSeconds: seconds("Age of the SCED price at which onSilence.scedPrice applies"),
        gridConditionSeconds: seconds(
          "Age of the last successful grid condition poll at which the feed counts as silent",
        ),
        hashpriceSeconds: seconds("Age of the hashprice at which onSilence.hashprice applies", 1, 8_640_000),
      })
      .meta({ description: "Age limits of the inputs" }),
    hashprice: z
      .strictObject({
        payout: z.enum(["fpps", "pps-plus", "pplns", "pps"]).meta({
          description:
            "How the pool pays. fpps: subsidy and mean fees; pps-plus, pplns: the same in the mean, with luck on the " +
            "fees or on all; pps: the subsidy alone",
        }),
        maxDifferenceShare: number("Two sources agree within this share, e.g. 0.01", 0.0001, 0.5),
        maxMoveShare: number("One source alone may move a value by this share, e.g. 0.05", 0.001, 1),
        moveStandsAfterSeconds: seconds("A greater move of one source counts once it has lasted so long", 0, 86_400),
      })
      .meta({
        description:
          "How the hashprice is made of the network and the price of a bitcoin, at a site whose feeds bring those; " +
          "the lowest believed source of each stands",
      })
      .optional(),
    coincidentPeak: coincidentPeakSchema.optional(),
    singleSourceMwMax: number(
      "MW that the price may move while one SCED run alone says so; not below the largest cohort",
      0.001,
      10_000,
    ),
    dispatch: z
      .strictObject({
        batchSize: whole("Machines in one batch", 1, 5000),
        deadlineSeconds: seconds("From the order until the meter must show the change"),
        settleDownSeconds: seconds("Between a wave of commands that sheds load and its read-back", 0),
        settleUpSeconds: seconds("Between a wave of commands that brings load back and its read-back", 0),
        redrivesMax: whole("Times stragglers are driven again before a person is asked", 0, 20),
      })
      .meta({ description: "How the fleet is driven to its targets" }),
  })
  .meta({ description: "How the site decides" });
