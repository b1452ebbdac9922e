/** Light and dark by the system's wish; one column on a phone. Colours meet WCAG AA, which a test computes. */
export const DASHBOARD_STYLES = `
:root {
  color-scheme: light dark;
  --page: #f3f5f8; --card: #ffffff; --line: #d5dce4; --text: #17202b; --soft: #4a5868;
  --accent: #0b5cad; --on-accent: #ffffff; --track: #e4e9ef;
  --healthy: #0a6638; --warning: #7a4a00; --critical: #a3141c;
  --healthy-tint: #e6f5ec; --warning-tint: #fdf2dc; --critical-tint: #fdeaea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f151c; --card: #18212b; --line: #2f3c4a; --text: #e9eff5; --soft: #a9b8c7;
    --accent: #74b9ff; --on-accent: #0c1722; --track: #2a3643;
    --healthy: #6bd99a; --warning: #ffca6b; --critical: #ff9b9b;
    --healthy-tint: #14291e; --warning-tint: #2c2412; --critical-tint: #331a1c;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
header, main { max-width: 78rem; margin: 0 auto; padding: 0 1.25rem; }
header {
  display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center;
  padding-top: 1.25rem; padding-bottom: .75rem;
}
h1 { font-size: 1.35rem; margin: 0; line-height: 1.2; }
h2 { font-size: .95rem; font-weight: 600; margin: 0; }
p { margin: 0; }
.name { color: var(--soft); overflow-wrap: anywhere; }
.actions { margin-left: auto; display: flex; gap: .5rem; }
button, input { font: inherit; color: inherit; border-radius: .5rem; }
button {
  border: 1px solid var(--line); background: var(--card); padding: .4rem .85rem; min-height: 2.5rem; cursor: pointer;
}
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
input { border: 1px solid var(--soft); background: var(--card); padding: .4rem .75rem; width: 100%; min-height: 2.75rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
main { padding-bottom: 3rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.15rem; min-width: 0; }
form.card { max-width: 30rem; margin: 8vh auto 0; display: grid; gap: .75rem; padding: 1.5rem; }
form h2 { font-size: 1.15rem; }
form label { font-weight: 600; }
.hint { color: var(--soft); font-size: .875rem; }
.wrong { color: var(--critical); font-weight: 600; }
.banner { border-left: .4rem solid var(--tone); background: var(--tint); margin-bottom: 1rem; }
.banner:focus { outline: none; }
.banner strong { color: var(--tone); font-size: 1.1rem; }
.banner li { overflow-wrap: anywhere; }
.banner ul { margin: .35rem 0 0; padding-left: 1.2rem; }
.healthy { --tone: var(--healthy); --tint: var(--healthy-tint); }
.warning { --tone: var(--warning); --tint: var(--warning-tint); }
.critical { --tone: var(--critical); --tint: var(--critical-tint); }
.scope { margin-bottom: 1rem; color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
.grid { display: grid; gap: 1rem; grid-template-columns: repeat(12, minmax(0, 1fr)); }
.grid > * { grid-column: span 4; }
.grid > .wide { grid-column: span 6; }
.big { font-size: 2rem; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; margin-top: .25rem; }
.big small { font-size: 1rem; font-weight: 400; color: var(--soft); }
svg.trend { display: block; width: 100%; height: 3.5rem; margin-top: .6rem; overflow: visible; }
svg.trend .line { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
svg.trend .area { fill: var(--accent); opacity: .14; }
svg.trend .base { stroke: var(--line); vector-effect: non-scaling-stroke; }
dl { display: grid; grid-template-columns: minmax(0, 1fr) fit-content(52%); gap: .3rem 1rem; margin: .6rem 0 0; }
dt { color: var(--soft); overflow-wrap: anywhere; }
dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.bad { color: var(--critical); font-weight: 600; }
.scroll { overflow-x: auto; margin-top: .5rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .5rem; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: .875rem; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
tbody th { font-weight: 500; white-space: normal; overflow-wrap: anywhere; }
.bar { display: inline-block; vertical-align: middle; width: 6rem; height: .5rem; border-radius: .25rem; background: var(--track); margin-right: .5rem; overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--accent); border-radius: .25rem; }
.value { display: inline-block; min-width: 3.6rem; }
.none { color: var(--soft); padding-top: .6rem; }
.old { filter: saturate(.2); }
@media (max-width: 62rem) { .grid > *, .grid > .wide { grid-column: span 6; } }
@media (max-width: 40rem) {
  header, main { padding-left: .9rem; padding-right: .9rem; }
  .grid > *, .grid > .wide { grid-column: 1 / -1; }
  .actions { margin-left: 0; width: 100%; }
  .actions button { flex: 1; }
  .bar { display: none; }
  table { font-size: .85rem; }
  th, td { padding: .35rem .25rem; }
  #times th:first-child { min-width: 5rem; overflow-wrap: normal; }
}
@media (prefers-reduced-motion: no-preference) { .bar i { transition: width .3s; } }
`;
