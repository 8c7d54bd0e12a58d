/** The server of the test, as a program of this folder. */

// What nothing is imported from would be left out of the bundle.
await import("../../tests/real/hammer_child.ts");
