/** A line over frame numbers; null is a gap. */
export type Curve = {
  readonly name: string;
  readonly kind: 'source' | 'edited';
  readonly values: readonly (number | null)[];
};

export type Chart = {
  readonly title: string;
  readonly unit: string;
  readonly note: string;
  readonly curves: readonly Curve[];
};

const WIDTH = 960;
const HEIGHT = 220;
const LEFT = 56;
const RIGHT = 16;
const TOP = 12;
const BOTTOM = 28;

/** 1, 2 or 5 times a power of ten: about `parts` steps up to `top`. */
export function tickStep(top: number, parts: number): number {
  const rough = top / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

/** Up to a half of a step above the largest value, from 0. */
function topOf(curves: readonly Curve[]): number {
  const values = curves.flatMap(({ values }) => values.filter((value) => value !== null));
  const top = values.reduce((largest, value) => Math.max(largest, value), 0);
  return top > 0 ? top * 1.08 : 1;
}

function points(
  values: readonly (number | null)[],
  x: (i: number) => number,
  y: (v: number) => number,
) {
  let path = '';
  let isDrawing = false;
  values.forEach((value, i) => {
    if (value !== null) {
      path += `${isDrawing ? 'L' : 'M'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    }
    isDrawing = value !== null;
  });
  return path;
}

/** A chart as SVG that needs nothing from elsewhere: axes, ticks, curves and a mark where one value stands alone. */
export function chartSvg({ title, unit, curves }: Chart): string {
  const count = Math.max(1, ...curves.map(({ values }) => values.length));
  const top = topOf(curves);
  const x = (i: number) => LEFT + (WIDTH - LEFT - RIGHT) * (count === 1 ? 0.5 : i / (count - 1));
  const y = (value: number) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value / top);
  const parts: string[] = [];
  const step = tickStep(top, 4);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  for (let i = 0; i * step <= top; i++) {
    const at = y(i * step).toFixed(1);
    parts.push(
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>`,
      `<text class="tick" x="${LEFT - 8}" y="${at}" text-anchor="end" dominant-baseline="middle">${(i * step).toFixed(digits)}</text>`,
    );
  }
  const frameStep = Math.max(1, tickStep(Math.max(1, count - 1), 10));
  for (let frame = 0; frame < count; frame += frameStep) {
    parts.push(
      `<text class="tick" x="${x(frame).toFixed(1)}" y="${HEIGHT - 8}" text-anchor="middle">${frame}</text>`,
    );
  }
  for (const { kind, values } of curves) {
    parts.push(`<path class="${kind}" d="${points(values, x, y)}"/>`);
    values.forEach((value, i) => {
      const isAlone = (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null;
      if (value !== null && isAlone) {
        parts.push(
          `<circle class="${kind}" cx="${x(i).toFixed(1)}" cy="${y(value).toFixed(1)}" r="2.5"/>`,
        );
      }
    });
  }
  const label = escapeHtml(`${title} (${unit}) for each of ${count} frames`);
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${parts.join('')}</svg>`;
}
