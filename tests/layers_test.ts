import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checksumOf } from "../src/checksum.ts";
import { ParseError } from "../src/errors.ts";
import type { Format } from "../src/format/format.ts";
import { issueAt, type Layer, LayerParser, placeOf } from "../src/layers.ts";
import type { SourceDocument } from "../src/source/source.ts";

const LIMITS = { maxDepth: 100, maxNodes: 100_000 };

describe("a LayerParser", () => {
  test("parses a document by its extension", async () => {
    const parser = new LayerParser(LIMITS);
    for (
      const [path, text] of [["/a.yaml", "a: 1"], ["/a.YML", "a: 1"], ["/a.json", '{"a":1}'], [
        "/a.jsonc",
        '{"a":1,} // one',
      ], ["/a.toml", "a = 1"]] as const
    ) {
      const { file, checksum, parsed } = await parser.parse(document(path, text));
      assert.equal(file, path);
      assert.equal(checksum, checksumOf(text));
      assert.deepEqual(parsed.value, { a: 1 });
    }
  });

  test("gives the same layer for the same content, and parses it once", async () => {
    let parses = 0;
    const counting: Format = { parse: (text) => ({ text, parses: ++parses }) };
    const parser = new LayerParser(LIMITS, { ".ini": counting });
    const first = (await parser.parse(document("/a.ini", "x"))).parsed;
    assert.equal((await parser.parse(document("/a.ini", "x"))).parsed, first);
    assert.notEqual((await parser.parse(document("/a.ini", "y"))).parsed, first);
    await parser.parse(document("/b.ini", "y"));
    assert.equal(parses, 3);
  });

  test("parses a text that is not well-formed once", async () => {
    let parses = 0;
    const refusing: Format = {
      parse: () => {
        parses++;
        throw new Error("bad");
      },
    };
    const parser = new LayerParser(LIMITS, { ".ini": refusing });
    for (let count = 0; count < 3; count++) {
      await assert.rejects(parser.parse(document("/a.ini", "x")), ParseError);
    }
    assert.equal(parses, 1);
    await assert.rejects(parser.parse(document("/a.ini", "y")), ParseError);
    assert.equal(parses, 2);
  });

  test("forgets documents that are not kept (G10)", async () => {
    const parser = new LayerParser(LIMITS);
    const [a, b] = [document("/a.json", "1"), document("/b.json", "1")];
    const parsedOf = async (one: SourceDocument) => (await parser.parse(one)).parsed;
    const [parsedA, parsedB] = [await parsedOf(a), await parsedOf(b)];
    parser.keepOnly([b.path]);
    assert.notEqual(await parsedOf(a), parsedA);
    assert.equal(await parsedOf(b), parsedB);
  });

  test("prefers the format of the document, then the user's, then the built-in one", async () => {
    const users = { parse: () => "user's" };
    const parser = new LayerParser(LIMITS, { ".json": users });
    const own = { ...document("/a.json", "{}"), format: { parse: () => "own" } };
    assert.equal((await parser.parse(own)).parsed.value, "own");
    assert.equal((await parser.parse(document("/b.json", "{}"))).parsed.value, "user's");
    assert.deepEqual((await parser.parse(document("/c.yaml", "{}"))).parsed.value, {});
  });

  test("refuses an extension it does not know, and says what to do", async () => {
    const parser = new LayerParser(LIMITS);
    await assert.rejects(parser.parse(document("/app.conf", "x")), (error) => {
      assert.ok(error instanceof ParseError);
      assert.equal(error.file, "/app.conf");
      assert.match(error.message, /no known format; use \.yaml, .*, or give a format/);
      return true;
    });
  });

  test("refuses invalid UTF-8 with its place (G12)", async () => {
    const parser = new LayerParser(LIMITS);
    const bytes = new Uint8Array([...new TextEncoder().encode("a: 1\nb: "), 0xc3, 0x28]);
    await assert.rejects(parser.parse({ ...document("/a.yaml", ""), bytes, checksum: "1" }), {
      name: "ParseError",
      message: "Cannot parse /a.yaml:2:4: the file is not valid UTF-8",
    });
  });
});

describe("the place of a value", () => {
  test("is in the last layer that has it", async () => {
    const layers = await parseAll([
      ["/base.yaml", "server:\n  host: a\n  port: 1\n"],
      ["/local.toml", "[server]\nport = 2\n"],
    ]);
    assert.deepEqual(placeOf(layers, ["server", "host"]), {
      file: "/base.yaml",
      line: 2,
      column: 3,
    });
    assert.deepEqual(placeOf(layers, ["server", "port"]), {
      file: "/local.toml",
      line: 2,
      column: 1,
    });
  });

  test("is that of the nearest ancestor when the value is missing", async () => {
    const layers = await parseAll([["/a.yaml", "x: 1\nserver:\n  host: a\n"]]);
    assert.deepEqual(placeOf(layers, ["server", "tls", "key"]), {
      file: "/a.yaml",
      line: 2,
      column: 1,
    });
  });

  test("is the file, for something missing at the top of the only file", async () => {
    const layers = await parseAll([["/a.yaml", "# comment\nx: 1\n"]]);
    assert.equal(placeOf(layers, ["server"]).file, "/a.yaml");
    assert.equal(placeOf(layers, []).file, "/a.yaml");
    assert.equal(placeOf(await parseAll([["/a.yaml", ""]]), ["server"]).file, "/a.yaml");
  });

  test("is nowhere for something missing at the top of several files", async () => {
    const layers = await parseAll([["/a.yaml", "x: 1"], ["/b.yaml", "y: 1"]]);
    assert.deepEqual(placeOf(layers, ["server"]), {});
    assert.deepEqual(placeOf([], ["server"]), {});
  });

  test("is that of an item of an array, and of a value that is null", async () => {
    const layers = await parseAll([["/a.yaml", "hosts:\n  - a\n  - b\nnone: null\n"]]);
    assert.deepEqual(placeOf(layers, ["hosts", 1]), { file: "/a.yaml", line: 3, column: 5 });
    assert.deepEqual(placeOf(layers, ["none"]), { file: "/a.yaml", line: 4, column: 1 });
  });

  test("is the file alone when the format knows no positions", async () => {
    const parser = new LayerParser(LIMITS, { ".ini": { parse: () => ({ a: 1 }) } });
    const layers = [await parser.parse(document("/a.ini", "a=1"))];
    assert.deepEqual(placeOf(layers, ["a"]), { file: "/a.ini" });
  });

  test("makes an issue of a path and a message", async () => {
    const layers = await parseAll([["/a.yaml", "server:\n  port: 0\n"]]);
    assert.deepEqual(issueAt(layers, ["server", "port"], "must be positive"), {
      path: "server.port",
      message: "must be positive",
      file: "/a.yaml",
      line: 2,
      column: 3,
      checksum: checksumOf("server:\n  port: 0\n"),
    });
  });

  test("tells the checksum of the text that has it, and none where there is no text", async () => {
    const [a, b] = ["a: 1\n", "b: 2\n"];
    const layers = await parseAll([["/a.yaml", a], ["/b.yaml", b]]);
    assert.equal(issueAt(layers, ["a"], "no").checksum, checksumOf(a));
    assert.equal(issueAt(layers, ["b", "c"], "no").checksum, checksumOf(b));
    assert.ok(!("checksum" in issueAt(layers, ["c"], "no")), "in which of both, nobody knows");
    const values = layers.map((layer) => ({ ...layer, hasText: false }));
    assert.ok(!("checksum" in issueAt(values, ["a"], "no")));
  });
});

test("an error of a parser tells which text it is about", async () => {
  for (const text of ["a: [", "password: x\nb: [", "a: \0"]) {
    await assert.rejects(parseAll([["/a.yaml", text]]), {
      name: "ParseError",
      file: "/a.yaml",
      checksum: checksumOf(text),
    });
  }
});

function document(path: string, text: string): SourceDocument {
  const bytes = new TextEncoder().encode(text);
  return { path, bytes, checksum: checksumOf(bytes), inode: "1" };
}

function parseAll(files: readonly (readonly [path: string, text: string])[]): Promise<Layer[]> {
  const parser = new LayerParser(LIMITS);
  return Promise.all(files.map(([path, text]) => parser.parse(document(path, text))));
}
