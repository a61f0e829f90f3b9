/** The style of report.html. Colours meet WCAG AA on their backgrounds in both schemes. */
export const STYLE = `
:root { --text: #1c2127; --muted: #57606a; --page: #ffffff; --panel: #f5f6f8; --line: #d3d8de; --link: #0b57b0;
  --pass: #17692f; --fail: #a8261a; --unknown: #7a5200; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e7eb; --muted: #a3abb5; --page: #15181c; --panel: #1f242a; --line: #3a424c; --link: #7ab7ff;
    --pass: #63c584; --fail: #ff8a7d; --unknown: #e5b454; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 1rem; line-height: 1.2; }
h2 { margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { margin: 1.75rem 0 .5rem; }
header p { margin: 0; color: var(--muted); }
a { color: var(--link); }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem; background: var(--page); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
.outcome { padding: .75rem 1rem; border-left: .35rem solid; background: var(--panel); font-size: 1.1rem; }
.outcome strong { margin-right: .25rem; }
.pass { border-color: var(--pass); } .pass strong { color: var(--pass); }
.fail { border-color: var(--fail); } .fail strong { color: var(--fail); }
.unknown { border-color: var(--unknown); } .unknown strong { color: var(--unknown); }
.table { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; }
caption { padding: .25rem 0; color: var(--muted); text-align: left; }
caption span { display: block; position: sticky; left: 0; width: min(100%, calc(100vw - 2.5rem)); }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { background: var(--panel); }
tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { padding: .75rem; overflow-x: auto; background: var(--panel); font-size: .85rem; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
pre code { overflow-wrap: normal; }
figure { margin: 1rem 0; overflow-x: auto; }
figure svg { display: block; width: 100%; min-width: 34rem; height: auto; }
figcaption, footer { color: var(--muted); font-size: .9rem; }
@media print {
  body { max-width: none; font-size: 10pt; } nav, .skip { display: none; }
  h2, h3 { break-after: avoid; } figure, tr, .outcome { break-inside: avoid; } .table, pre { overflow: visible; }
  pre { white-space: pre-wrap; } figure svg { min-width: 0; }
}`;
