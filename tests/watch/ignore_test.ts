import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createIgnore, createMatcher, LITTER } from "../../src/watch/ignore.ts";

const isIgnored = await createIgnore();

describe("editor litter is ignored (S3.3)", () => {
  const litter: Record<string, string[]> = {
    "*.tmp": ["x.tmp", "app.yaml.tmp", ".hidden.tmp"],
    "*.swp": [".app.yaml.swp", ".x.swp"],
    "*.swx": [".app.yaml.swx"],
    "*.bak": ["app.yaml.bak"],
    "*~": ["x~", "app.yaml~", ".hidden~"],
    "~*": ["~app.yaml", "~$settings.yaml"],
    ".#*": [".#app.yaml"],
    "#*#": ["#app.yaml#"],
    "4913": ["4913"],
    ".DS_Store": [".DS_Store"],
  };

  test("every pattern has an example here", () => {
    assert.deepEqual(Object.keys(litter).toSorted(), [...LITTER].toSorted());
  });

  for (const [pattern, names] of Object.entries(litter)) {
    test(`${pattern}: ${names.join(", ")}`, () => {
      for (const name of names) {
        assert.equal(isIgnored(`/etc/app/${name}`), true, name);
        assert.equal(isIgnored(`C:\\app\\${name}`), true, name);
      }
    });
  }

  const kept = ["app.yaml", "tmp", "tmp.yaml", "49130", "14913", "a#b.yaml", "swp", "bak.json"];
  for (const name of kept) {
    test(`${name} is no litter`, () => assert.equal(isIgnored(`/etc/app.tmp/${name}`), false));
  }
});

describe("globs", () => {
  const cases: [glob: string, path: string, matches: boolean][] = [
    ["*.local.yaml", "/etc/a.local.yaml", true],
    ["*.local.yaml", "/etc/a.yaml", false],
    ["*.{json,toml}", "/a/b/c.toml", true],
    ["secret?.yaml", "/etc/secret1.yaml", true],
    ["[ab].yaml", "/etc/a.yaml", true],
    ["drafts/*.yaml", "/etc/app/drafts/a.yaml", true],
    ["drafts/*.yaml", "/etc/app/drafts/deep/a.yaml", false],
    ["drafts/**", "/etc/app/drafts/deep/a.yaml", true],
    ["/etc/*.yaml", "/etc/a.yaml", true],
    ["/etc/*.yaml", "/srv/etc/a.yaml", false],
    ["**/node_modules/**", "/srv/node_modules/x/a.yaml", true],
    ["*.yaml", "/etc/.hidden.yaml", true],
  ];
  for (const [glob, path, matches] of cases) {
    test(`${glob} ${matches ? "matches" : "does not match"} ${path}`, async () => {
      assert.equal((await createMatcher([glob]))(path), matches);
      assert.equal((await createIgnore([glob]))(path), matches);
    });
  }

  test("a text alone is refused, which would match other paths", async () => {
    const matcher = createMatcher("*.yaml" as unknown as string[]);
    const message = 'Cannot use "*.yaml" as globs, it must be an array of texts';
    await assert.rejects(matcher, { name: "TypeError", message });
  });

  test("no glob matches nothing", async () => assert.equal((await createMatcher([]))("/a"), false));
});
