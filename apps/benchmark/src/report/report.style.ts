/** The page's look: light or dark as the reader's system is, one column on a phone. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #1c2430; --muted: #5d6b7c; --line: #dde3ea;
  --own: #0b7285; --other: #9fb0c1; --good: #1f7a4d; --bad: #b42318; --soft: #eef2f6;
  --s1: #c2571a; --s2: #6b4fbb; --s3: #2f7d32; --s4: #ad2a6b; --s5: #7a6a14;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1a2029; --ink: #e6ebf1; --muted: #98a6b6; --line: #303a47;
    --own: #3fb6c9; --other: #57687a; --good: #5cc98f; --bad: #ff8a7a; --soft: #222a35;
    --s1: #f0935a; --s2: #ab95ef; --s3: #7ccb80; --s4: #ee82b4; --s5: #d3c05a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
}
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 64px; }
h1 { font-size: 1.6rem; margin: 0 0 4px; }
h2 { font-size: 1.2rem; margin: 40px 0 12px; }
h3 { font-size: 1rem; margin: 0; }
p { margin: 6px 0 12px; }
.muted, .card > p, small { color: var(--muted); }
.cards { display: grid; gap: 16px; align-items: start; grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; min-width: 0; }
.card svg { display: block; width: 100%; height: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 8px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--muted); font-weight: 500; font-size: 0.85rem; }
th:first-child, td:first-child { text-align: left; }
td.text { text-align: left; white-space: normal; min-width: 12rem; }
tr:last-child td { border-bottom: 0; }
tr.own td { font-weight: 600; }
.good { color: var(--good); } .bad { color: var(--bad); }
.mark { font-weight: 600; }
details { margin-top: 10px; }
summary { cursor: pointer; color: var(--muted); }
pre { background: var(--soft); border-radius: 8px; padding: 12px; overflow-x: auto; font-size: 0.8rem; line-height: 1.45; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
`;
