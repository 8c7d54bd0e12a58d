import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { scope, type } from "arktype";
import { type ArkType, secret, secretPaths } from "../../arktype.ts";
import { openLive } from "../live.ts";

const Password = secret(type("string >= 8"));

describe("secretPaths()", () => {
  const found: [name: string, schema: ArkType, paths: string[]][] = [
    ["nothing where nothing is secret", type({ a: { b: "string >= 8" } }), []],
    ["a value in an object", type({ db: { password: Password, host: "string" } }), ["db.password"]],
    ["an optional one", type({ "password?": Password }), ["password"]],
    ["one with a default", type({ password: secret(type("string")).default("x") }), ["password"]],
    ["one that may be left out, by method", type({ password: Password.optional() }), ["password"]],
    ["a value of any key", type({ services: { "[string]": { token: Password } } }), [
      "services.*.token",
    ]],
    ["every value of a record", type({ tokens: { "[string]": Password } }), ["tokens.*"]],
    ["a key that matches a pattern", type({ "[/^x-/]": Password }), ["*"]],
    ["a value in a list", type({ users: type({ password: Password }).array() }), [
      "users.*.password",
    ]],
    ["an item of a tuple", type({ login: ["string", Password] }), ["login.1"]],
    ["unusual keys", type({ "a.b": { "*": Password } }), ['["a.b"]["*"]']],
    ["a key that begins like an exception", type({ "!a": Password }), ['["!a"]']],
    ["an object that is secret as a whole, once", type({ db: secret(type({ user: "string" })) }), [
      "db",
    ]],
    ["a list that is secret as a whole", type({ keys: secret(type("string[]")) }), ["keys"]],
    ["one alternative of a union", type({ auth: Password.or("boolean") }), ["auth"]],
    [
      "a member of one alternative of a union",
      type({ auth: type({ kind: "'basic'", password: Password }).or({ kind: "'none'" }) }),
      ["auth.password"],
    ],
    ["a union", type({ auth: secret(type("'a' | 'b' | number")) }), ["auth"]],
    ["a morph", type({ pin: secret(type("string.numeric.parse")) }), ["pin"]],
    ["what is piped on", type({ pin: Password.pipe((text) => text.length) }), ["pin"]],
    ["what is narrowed", type({ pin: Password.narrow((text) => text !== "password") }), ["pin"]],
    ["all of it", Password, ["*"]],
    ["what is inside of an extended type", type({ a: Password }).and({ b: "string" }), ["a"]],
    ["what is inside of a merged type", type({ b: "string" }).merge({ a: Password }), ["a"]],
    ["what is picked", type({ a: Password, b: "string" }).pick("a"), ["a"]],
    ["what is made optional", type({ a: Password, b: "string" }).partial(), ["a"]],
    [
      "what refuses unknown keys",
      type({ db: { password: Password } }).onDeepUndeclaredKey("reject"),
      ["db.password"],
    ],
  ];
  for (const [name, schema, paths] of found) {
    test(`finds ${name} (G11)`, () => assert.deepEqual(secretPaths(schema), paths));
  }

  test("finds secrets in types of a scope (G11)", () => {
    const { settings } = scope({
      settings: { db: "login", "mail?": "login" },
      login: { user: "string", password: "text" },
      text: secret(type("string")),
    }).export();
    assert.deepEqual(secretPaths(settings), ["db.password", "mail.password"]);
  });

  test("follows a type that contains itself for a while, and takes the rest for secret (G11)", () => {
    const { node } = scope({
      node: { "next?": "node", password: "text" },
      text: secret(type("string")),
    }).export();
    assert.deepEqual(secretPaths(node), [
      "next.next.next.next",
      "next.next.next.password",
      "next.next.password",
      "next.password",
      "password",
    ]);
  });

  test("gives the paths that a configuration hides: no event shows such a value (G11)", async () => {
    const Settings = type({
      users: type({ name: "string", "login?": secret(type("string >= 8")) }).array(),
      services: { "[string]": { "a.b": secret(type({ pin: "number" })) } },
    });
    const text = (login: string, pin: string) =>
      `users:\n  - {name: a, login: ${login}}\nservices:\n  mail: {a.b: {pin: ${pin}}}\n`;
    await using live = await openLive({ "/app.yaml": text("wordpass-1", "471100") }, {
      schema: Settings,
    });
    await live.save("/app.yaml", text("wordpass-2", "471102"));
    await live.save("/app.yaml", text("passwor", "471103x"));
    const shown = JSON.stringify(live.events);
    assert.equal(live.config.current.users[0]?.login, "wordpass-2");
    assert.match(shown, /\[secret\]/u);
    assert.match(shown, /must be at least length 8/u);
    assert.doesNotMatch(shown, /wordpass|passwor|4711/u);
  });

  test("ends with types that contain themselves and no secret", () => {
    const { node } = scope({ node: { "next?": "node | other" }, other: { a: "node[]" } }).export();
    assert.deepEqual(secretPaths(node), []);
  });
});

describe("secret()", () => {
  const Wrong = type({
    text: Password,
    choice: secret(type("'red' | 'green'")),
    number: secret(type("number > 5000")),
    pattern: secret(type("/^a+$/")),
    whole: secret(type({ inner: "string >= 8" })),
    list: secret(type("(string >= 8)[]")),
  });

  test("keeps the value out of arktype's messages (G11)", () => {
    const outcome = Wrong({
      text: "hunter2",
      choice: "hunter2",
      number: 4711,
      pattern: "hunter2",
      whole: { inner: "hunter2" },
      list: ["hunter2"],
    });
    assert.ok(outcome instanceof type.errors);
    assert.equal(outcome.count, 6, outcome.summary);
    assert.doesNotMatch(outcome.summary, /hunter2|4711|\(was/u);
  });

  test("changes neither what is accepted nor the type", () => {
    const Settings = type({ password: Password });
    const settings: typeof Settings.infer = { password: "correct horse" };
    assert.deepEqual(Settings(settings), settings);
    // @ts-expect-error -- a secret text is a text
    const wrong: typeof Settings.infer = { password: 5 };
    assert.ok(Settings(wrong) instanceof type.errors);
  });

  test("leaves the type it is given unmarked", () => {
    const Text = type("string");
    secret(Text);
    assert.deepEqual(secretPaths(type({ text: Text })), []);
  });

  test("refuses a definition, and says what comes first", () => {
    const definition = type("string").default("x") as unknown as ArkType;
    assert.throws(() => secret(definition), {
      name: "TypeError",
      message: "Cannot mark it as secret: it is no type of arktype; " +
        ".default() and .optional() give a definition, call them last",
    });
    assert.throws(() => secretPaths({} as ArkType), {
      name: "TypeError",
      message: "Cannot find secrets in it: it is no type of arktype",
    });
  });
});
