/** What the generated page says before its tables. */
export const INTRODUCTION = `# The matrix

Does a save arrive, once and whole, however it is made? Each row is a way to save, done by the real
tool on real files, or something that happens to files and directories. Each column is a runtime,
with its own events (native) or only looking, here every 50 ms (polling). The program that watches
has no schema, so that only the library keeps halves from it.

\`deno task matrix\` does all of it in about a quarter of an hour and writes this page;
\`deno task matrix --quick\` does each quick row once, \`--help\` tells the rest.

## How to read it

A cell such as \`✓ 1.00 · 3 ms\` says:

- **✓**: in every round what was saved last is what the program was handed last, it was handed
  nothing that nobody saved, and nothing that was right was refused. \`(✓)\`: the same, but not every
  round was handed over exactly as often as is right. **✗**: not so; the note says what happened.
- **1.00**: configurations handed over per round. 1.00 is right, and 0.00 where nothing changes.
- **3 ms**: the slowest round, from the end of the save until another process has read that the
  program has it. The save ends when its last system call returns, or when the tool has ended: an
  editor that takes its time to leave makes that 0.0 ms. About 1000 ms: no runtime reports it, and the
  look that runs beside the events found it; see [limitations](limitations.md).

Every cell must be ✓ or (✓), no round may be handed over more than twice, and 99 of 100 rounds of
a column must be exact.

## How it is measured

- All columns do the same situation at the same time, each with its own directory and its own
  process, so that they meet the same noise of the machine; so the latencies are those of a busy
  machine. For latencies alone see [performance](performance.md).
- The file is about 2 KB of YAML whose first key is the number of the save and whose last key repeats
  it. The program tells first key, last key and number of values of whatever it is handed: a file cut
  anywhere gives itself away, even where it parses.
- Usually ten rounds, with a pause of 80 to 250 ms after each; slow ones are done less often. After the last
  round, and where nothing may happen, 1.3 seconds are waited for what comes late.
- A save of twenty files by git, rsync or tar that the machine stretches to more than a second, for
  which a missing file is waited for, is judged by its end.

## Summary`;
