import type { Measures } from './measure.ts';

const number = (value: number, digits: number) =>
  Number.isFinite(value) ? value.toFixed(digits) : 'infinite';

/** One row per measure: its name, its figure, and what it says. */
export type ReportRow = { readonly name: string; readonly value: string; readonly note: string };

export function reportRows(measures: Measures, size: number): ReportRow[] {
  const { warpError, frameConsistency, outsideMask, sharpnessRatio, colourDrift, clip } = measures;
  return [
    {
      name: 'Warp error',
      value: number(warpError.edited, 3),
      note: `source ${number(warpError.source, 3)}, ratio ${number(warpError.ratio, 3)}, excess ${number(warpError.excess, 3)} (0…255, at size ${size})`,
    },
    {
      name: 'Frame consistency',
      value: number(frameConsistency.edited, 4),
      note: `source ${number(frameConsistency.source, 4)} (correlation of successive frames)`,
    },
    ...(outsideMask === null
      ? []
      : [
          {
            name: 'Outside the mask',
            value: outsideMask.identical ? 'identical' : `differs by ${outsideMask.maxDiff}`,
            note: `largest difference ${outsideMask.maxDiff} of 255; ${number(outsideMask.share * 100, 1)} % of the picture lies outside`,
          },
        ]),
    {
      name: 'Sharpness ratio',
      value: number(sharpnessRatio, 3),
      note: 'edit to source (variance of the Laplacian)',
    },
    {
      name: 'Colour drift',
      value: number(colourDrift.total, 3),
      note: 'change of the colour shift from first to last frame (ΔE, CIE 1976)',
    },
    ...clipRows(clip),
  ];
}

function clipRows(clip: Measures['clip']): ReportRow[] {
  const row = (name: string, value: number | null | undefined, digits: number, note: string) =>
    value === null || value === undefined ? [] : [{ name, value: number(value, digits), note }];
  return [
    ...row('CLIP frame', clip?.frame, 4, 'mean cosine of all pairs of frames'),
    ...row('CLIP text', clip?.text, 2, 'mean cosine with the caption, times 100'),
    ...row(
      'CLIP direction',
      clip?.direction,
      4,
      'change of the picture against change of the caption',
    ),
  ];
}

export function reportTable(rows: readonly ReportRow[]): string {
  const [names, values] = [rows.map(({ name }) => name), rows.map(({ value }) => value)];
  const width = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  return rows
    .map(
      ({ name, value, note }) =>
        `${name.padEnd(width(names))}  ${value.padStart(width(values))}  ${note}\n`,
    )
    .join('');
}

/** The fields of the command's JSON. An infinite ratio becomes null. */
export function reportJson(measures: Measures, size: number) {
  const { source, edited, ratio, excess } = measures.warpError;
  return {
    ok: true,
    frames: measures.frames,
    size,
    warpError: { source, edited, ratio, excess },
    frameConsistency: measures.frameConsistency.edited,
    sourceFrameConsistency: measures.frameConsistency.source,
    outsideMask: measures.outsideMask,
    sharpnessRatio: measures.sharpnessRatio,
    colourDrift: measures.colourDrift.total,
    ...(measures.clip === null ? {} : { clip: measures.clip }),
  };
}
