/** A schema of arktype with a secret whose name does not tell. */
import { type } from "arktype";

const pin = type("number > 5000").configure({ writeOnly: true }, "references");

export default type({ pin, "port?": "number" });
