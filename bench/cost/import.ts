// What a program pays for having hotconf in its imports.
import "../../mod.ts";
