import { chartSvg, escapeHtml, type Chart } from './chart.ts';
import type { Measures } from './measure.ts';
import type { ReportRow } from './report.ts';

/** The app's colours (src/ui/styles/tokens.css), written out: the page stands alone. */
const STYLE = `
:root { color-scheme: dark; }
body { margin: 0; padding: 32px 24px; background: #0f1113; color: #e8eaed;
  font: 13px/1.4 'Inter Variable', Inter, system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1008px; margin: 0 auto; }
h1 { font-size: 26px; font-weight: 600; letter-spacing: -0.01em; margin: 0 0 4px; }
h2 { font-size: 14px; font-weight: 600; margin: 0; }
p { margin: 0; color: #9aa3ad; }
section { background: #16191c; border: 1px solid #2a2f35; border-radius: 12px; padding: 16px 20px; margin-top: 16px; }
.head { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; margin-bottom: 8px; }
.head p { flex: 1; }
.key { display: inline-flex; align-items: center; gap: 6px; color: #c3c9d0; }
.key::before { content: ''; width: 14px; height: 3px; border-radius: 2px; background: currentcolor; }
.key.source::before { background: #9aa3ad; } .key.edited::before { background: #7aa7ff; }
table { border-collapse: collapse; width: 100%; }
td { padding: 5px 0; border-top: 1px solid #2a2f35; } tr:first-child td { border-top: 0; }
td:nth-child(2) { text-align: right; padding: 0 20px; font-weight: 600; white-space: nowrap; }
td:nth-child(3) { color: #9aa3ad; }
svg { display: block; width: 100%; height: auto; }
.grid { stroke: #2a2f35; } .tick { fill: #9aa3ad; font-size: 11px; }
path { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
path.source { stroke: #9aa3ad; } path.edited { stroke: #7aa7ff; }
circle.source { fill: #9aa3ad; } circle.edited { fill: #7aa7ff; }
`;

function chartsOf({ warpError, sharpness, colourDrift }: Measures): Chart[] {
  return [
    {
      title: 'Warp error',
      unit: 'mean difference, 0…255',
      note: 'each frame and its successor, along the source’s flow',
      curves: [
        { name: 'source', kind: 'source', values: warpError.perPair.map((pair) => pair.source) },
        { name: 'edited', kind: 'edited', values: warpError.perPair.map((pair) => pair.edited) },
      ],
    },
    {
      title: 'Colour drift',
      unit: 'ΔE, CIE 1976',
      note: 'between each frame’s colour shift and the first frame’s',
      curves: [{ name: 'edited', kind: 'edited', values: colourDrift.perFrame }],
    },
    {
      title: 'Sharpness',
      unit: 'variance of the Laplacian',
      note: 'of each frame at its own size',
      curves: [
        { name: 'source', kind: 'source', values: sharpness.source },
        { name: 'edited', kind: 'edited', values: sharpness.edited },
      ],
    },
  ];
}

function section(chart: Chart): string {
  const keys = chart.curves
    .map(({ name, kind }) => `<span class="key ${kind}">${escapeHtml(name)}</span>`)
    .join(' ');
  const note = escapeHtml(`${chart.unit}; ${chart.note}`);
  return `<section><div class="head"><h2>${escapeHtml(chart.title)}</h2><p>${note}</p>${keys}</div>${chartSvg(chart)}</section>`;
}

/** One page that needs nothing from elsewhere: no script, no font, no picture. */
export function plotPage(
  names: { readonly source: string; readonly edited: string },
  measures: Measures,
  rows: readonly ReportRow[],
): string {
  const title = `${names.edited} against ${names.source}`;
  const cells = rows
    .map(
      ({ name, value, note }) =>
        `<tr>${[name, value, note].map((text) => `<td>${escapeHtml(text)}</td>`).join('')}</tr>`,
    )
    .join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Measures of an edit</h1>
<p>${escapeHtml(title)}, ${measures.frames} frames</p>
<section><table>${cells}</table></section>
${chartsOf(measures).map(section).join('\n')}
</main>
</body>
</html>
`;
}
