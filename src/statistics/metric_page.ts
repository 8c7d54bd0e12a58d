/**
 * Prometheus' text format, version 0.0.4.
 * https://github.com/prometheus/docs/blob/main/content/docs/instrumenting/exposition_formats.md
 *
 * @module
 */

/** Labels of a sample. */
export type Labels = Readonly<Record<string, string>>;

/** A value, its labels, and what its name has beside that of the metric. */
export type Sample = readonly [labels: Labels, value: number, suffix?: "_sum" | "_count"];

/** Labels that the page gives by itself. */
const OWN_LABELS = ["outcome", "part", "quantile", "source", "stage", "status", "watcher"];

/**
 * Checks what the user chose.
 *
 * @throws {RangeError} When the prefix or a label's name is none, or a label is the page's own.
 */
export function checkNames(prefix: string, labels: Labels): void {
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/u.test(prefix)) {
    throw new RangeError(
      `Cannot use the prefix ${JSON.stringify(prefix)}: letters, digits and _ are allowed`,
    );
  }
  for (const name of Object.keys(labels)) {
    const use = `Cannot use the label ${JSON.stringify(name)}`;
    if (!/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/u.test(name)) {
      throw new RangeError(`${use}: letters, digits and _ are allowed, but no two _ first`);
    }
    if (OWN_LABELS.includes(name)) throw new RangeError(`${use}: the page has one of that name`);
  }
}

/** A page that metrics are added to. */
export class MetricPage {
  readonly #prefix: string;
  readonly #labels: Labels;
  #text = "";

  /** Begins an empty page. */
  constructor(prefix: string, labels: Labels) {
    this.#prefix = prefix;
    this.#labels = labels;
  }

  /** The page so far; each line ends with a newline. */
  get text(): string {
    return this.#text;
  }

  /** Adds a metric with its samples; without any, nothing. */
  add(
    name: string,
    type: "counter" | "gauge" | "summary",
    help: string,
    samples: readonly Sample[],
  ): void {
    if (samples.length === 0) return;
    const metric = `${this.#prefix}_${name}`;
    this.#text += `# HELP ${metric} ${help}\n# TYPE ${metric} ${type}\n`;
    for (const [labels, value, suffix = ""] of samples) {
      const all = formatLabels({ ...this.#labels, ...labels });
      this.#text += `${metric}${suffix}${all} ${formatNumber(value)}\n`;
    }
  }
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(String(value))}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** As Go reads it. */
function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}
