/**
 * Key paths as types: which texts are paths of a configuration, and what stands there.
 *
 * @module
 */

/** @ignore A value without paths below it: it is compared and replaced as a whole. */
export type Leaf =
  | string
  | number
  | boolean
  | bigint
  | symbol
  | null
  | undefined
  | ((...args: never[]) => unknown)
  | Date
  | RegExp
  | URL
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | { readonly [Symbol.toStringTag]: string };

/**
 * `Path` itself when it is a path or a pattern of `T`, however deep; otherwise the paths that could
 * have been meant, so that the compiler's message and an editor name them. Any text for an unknown
 * `T`.
 */
export type CheckedPath<T, Path extends string> = Path extends "*" ? Path
  : unknown extends T ? Path
  : [Extract<Found<[T], SegmentsOf<Path>>, readonly [unknown]>] extends [never]
    ? Nearest<[T], SegmentsOf<Path>>
  : Path;

/**
 * Type of the value at `Path` of `T`; `| undefined` when it or an ancestor may be missing, or when
 * only some members of a union have it. For a pattern the type of everything that it matches;
 * `unknown` for `"*"`, which is every value wherever.
 */
export type ValueAt<T, Path extends string> = Path extends "*" ? unknown
  : Found<[T], SegmentsOf<Path>> extends infer Box ? Box extends readonly [infer Value] ? Value
    : undefined
  : never;

/**
 * Every path of `T` as text: `"server"`, `"server.port"`, `"hosts.0.name"`, `services["a.b"].port`.
 * Optional ancestors and all members of a union are followed, to a depth of `Depth` keys; below an
 * object that holds its own type any text is taken. Any text for an unknown `T`.
 */
export type PathOf<T, Depth extends number = 7, Above = never> = unknown extends T ? string
  : [Depth] extends [never] ? never
  : T extends Leaf ? never
  : T extends readonly unknown[]
    ? number extends T["length"]
      ? `${number}` | Joined<`${number}`, PathOf<T[number], OneLess[Depth], Above>>
    : PathThrough<T, keyof T & `${number}`, Depth, Above>
  : Same<T> extends Above ? string
  : PathThrough<T, keyof T & (string | number), Depth, Above | Same<T>>;

type PathThrough<T, Key extends keyof T & (string | number), Depth extends number, Above> = {
  [K in Key]-?: KeyText<K> | Joined<KeyText<K>, PathOf<T[K], OneLess[Depth], Above>>;
}[Key];

type OneLess = [never, 0, 1, 2, 3, 4, 5, 6, 7];

/** Assignable only when the types are the same. */
type Same<T> = (value: T) => T;

// The segments of a path: a key, `null` for a star, `undefined` where there is no key.
type Segment = string | null | undefined;

/** @ignore The segments of a path written as text. */
export type SegmentsOf<Path extends string, Before extends readonly Segment[] = []> = Path extends
  `["${infer Key}"]${infer Rest}` ? Rest extends "" ? [...Before, Unescaped<Key>]
  : Rest extends `.${infer Next}` ? SegmentsOf<Next, [...Before, Unescaped<Key>]>
  : Rest extends `[${string}` ? SegmentsOf<Rest, [...Before, Unescaped<Key>]>
  : [...Before, undefined]
  : Path extends `${infer Plain}["${infer Rest}` ? Plain extends "" ? [...Before, undefined]
    : SegmentsOf<`["${Rest}`, PlainSegments<Plain, Before>>
  : PlainSegments<Path, Before>;

type PlainSegments<Path extends string, Before extends readonly Segment[]> = Path extends
  `${infer Key}.${infer Rest}` ? PlainSegments<Rest, [...Before, PlainSegment<Key>]>
  : [...Before, PlainSegment<Path>];

type PlainSegment<Key extends string> = Key extends "" ? undefined : Key extends "*" ? null : Key;

type Unescaped<Key extends string> = Key extends `${infer Head}\\${infer Tail}`
  ? Tail extends `${infer Mark extends '"' | "\\"}${infer Rest}`
    ? `${Head}${Mark}${Unescaped<Rest>}`
  : Key
  : Key;

type Escaped<Key extends string> = Key extends `${infer Head}${'"' | "\\"}${string}`
  ? Key extends `${Head}${infer Mark}${infer Rest}` ? `${Head}\\${Mark}${Escaped<Rest>}` : Key
  : Key;

type UnusualKey = "" | `${string}${"." | "[" | "]" | '"' | "*" | " " | "\t" | "\n"}${string}`;

/** A key as a path shows it. */
type KeyText<Key extends string | number> = Key extends UnusualKey ? `["${Escaped<Key>}"]`
  : `${Key}`;

type Joined<Path extends string, Rest> = Path extends "" ? Rest
  : Rest extends `[${string}` ? `${Path}${Rest}`
  : Rest extends string ? `${Path}.${Rest}`
  : never;

/** @ignore What stands at the segments, in a box: `[Value]`, or `[]` where nothing can stand. */
export type Found<Box, Segments extends readonly Segment[]> = Segments extends
  readonly [infer Key extends Segment, ...infer Rest extends readonly Segment[]]
  ? Found<Below<Box, Key>, Rest>
  : Box;

type Below<Box, Key extends Segment> = Box extends readonly [infer Value] ? Member<Value, Key> : [];

type Member<T, Key extends Segment> = Key extends undefined ? []
  : unknown extends T ? [unknown]
  : T extends Leaf ? []
  : T extends readonly unknown[] ? Item<T, Key>
  : Property<T, Key>;

type Item<T extends readonly unknown[], Key extends Segment> = Key extends null
  ? [number extends T["length"] ? T[number] | undefined : T[number]]
  : Key extends `${number}` ? Key extends keyof T ? [T[Key]]
    : number extends T["length"] ? [T[number] | undefined]
    : []
  : [];

type Property<T, Key extends Segment> = Key extends null
  ? [T[keyof T & (string | number)] | ([keyof T] extends [NamedKey<T>] ? never : undefined)]
  : Key extends keyof T ? [T[Key] | Unnamed<T, Key>]
  : Key extends `${infer Index extends number}`
    ? Index extends keyof T ? [T[Index] | Unnamed<T, Index>] : []
  : [];

/** `undefined` for a key that is one of any number of keys, of which it may be missing. */
type Unnamed<T, Key> = Key extends NamedKey<T> ? never : undefined;

/** The keys of `T` without those of its index signatures. */
type NamedKey<T> = keyof {
  [Key in keyof T as Record<never, 1> extends Record<Key, 1> ? never : Key]: 1;
};

/** The paths as far as the segments lead, and one key further. */
type Nearest<Box, Segments extends readonly Segment[], Path extends string = ""> = Segments extends
  readonly [infer Key extends Segment, ...infer Rest extends readonly Segment[]]
  ? [Extract<Below<Box, Key>, readonly [unknown]>] extends [never] ? OneFurther<Box, Path>
  : Nearest<
    Below<Box, Key>,
    Rest,
    Joined<Path, Key extends string ? KeyText<Key> : "*">
  >
  : OneFurther<Box, Path>;

type OneFurther<Box, Path extends string> = [KeyIn<Box>] extends [never] ? Path
  : Joined<Path, KeyIn<Box>>;

type KeyIn<Box> = Box extends readonly [infer T] ? T extends Leaf ? never
  : T extends readonly unknown[]
    ? number extends T["length"] ? `${number}` : KeyText<keyof T & `${number}`>
  : KeyText<NamedKey<T> & (string | number)> | ([keyof T] extends [NamedKey<T>] ? never : "*")
  : never;
