// What a program pays for having hotconf in its imports.
import { watchConfig } from "../../mod.ts";

// Used, or a bundler would leave it out.
if (typeof watchConfig !== "function") {
  throw new Error("mod.ts gives no watchConfig");
}
