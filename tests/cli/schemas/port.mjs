/** A schema written by hand, with further rules and a function in place of a schema. */
export default {
  "~standard": {
    version: 1,
    vendor: "hand",
    validate: (value) =>
      typeof value?.port === "number"
        ? { value }
        : { issues: [{ message: "must be a number", path: ["port"] }] },
  },
};

export const validators = [
  ({ port }) => port > 9000 ? [{ path: "port", message: "must be at most 9000" }] : [],
];

export const evenPort = ({ port }) =>
  port % 2 === 1 ? [{ path: "port", message: "must be even" }] : undefined;

export const notASchema = 7;
