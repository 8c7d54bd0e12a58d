/** Schemas of several libraries, for `hotconf schema`. */
import { type } from "arktype";
import * as v from "valibot";
import * as z from "zod";
import * as mini from "zod/mini";
import * as old from "zod/v3";

export const ark = type({
  port: type("number.integer").describe("port to listen on"),
  "timeout?": "string.numeric.parse",
});

export const zod = z.object({
  port: z.int().min(1).max(65535).describe("port to listen on"),
  startsAt: z.date().optional(),
  host: z.string().default("localhost"),
  name: z.string().transform((text) => text.trim()).optional(),
  password: z.string().meta({ writeOnly: true }),
});

export const zodMini = mini.object({ port: mini.number(), at: mini.optional(mini.date()) });

export const zod3 = old.object({ port: old.number() });

export const valibot = v.object({ port: v.number() });

/** As `toStandardJsonSchema()` of @valibot/to-json-schema makes it. */
export const converted = {
  "~standard": {
    ...valibot["~standard"],
    jsonSchema: { input: (options) => ({ type: "object", options }) },
  },
};

/** A converter that refuses. */
export const refusing = {
  "~standard": {
    version: 1,
    vendor: "hand",
    validate: (value) => ({ value }),
    jsonSchema: {
      input: () => {
        throw new Error("nothing can be said\nof it");
      },
    },
  },
};
