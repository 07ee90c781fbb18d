import { RECIPES, type Group } from './edits/registry.ts';
import { mean } from './pixels.ts';
import type { SteadyReport } from './run-clips.ts';
import type { Outcome, PicturesReport } from './run-pictures.ts';

export type EditFigures = {
  /** Share of plain held-out wordings whose result is closest to the edit's own target. */
  readonly rate: number;
  readonly oblique: number | null;
  readonly oracle: number;
  /** To the target, dB, by number of steps. */
  readonly psnr: Readonly<Record<number, number>>;
  /** What its results were taken for instead, most frequent first: `{sunset: 2}`. */
  readonly mistaken: Readonly<Record<string, number>>;
};

export type PictureFigures = {
  readonly edits: number;
  readonly identification: {
    readonly overall: number;
    readonly oblique: number | null;
    readonly oracle: number;
    readonly worst: { readonly edit: string; readonly rate: number };
    readonly perEdit: Readonly<Record<string, EditFigures>>;
    /** Overall, by number of steps. */
    readonly bySteps: Readonly<Record<number, number>>;
  };
  /** Share of colour edits that came out in the colour asked for, by names known from training and by others. */
  readonly colourNames: { readonly trained: number | null; readonly heldout: number | null };
  readonly psnr: Psnr;
  readonly psnrBySteps: Readonly<Record<number, Psnr>>;
  readonly vae: { readonly psnr256: number };
};

/** Means in dB, null where nothing of the kind was run. */
type Psnr = {
  readonly colour: number | null;
  readonly style: number | null;
  /** Edits of the object or its surroundings; most of such a picture is the source. */
  readonly object: number | null;
  readonly identity: number | null;
  readonly unknown: number | null;
};

export type Figures = Partial<PictureFigures> & {
  readonly gflops: number;
  readonly steady?: {
    readonly colour: number;
    readonly style: number;
    readonly reductionVsIndependent: number | null;
    readonly rows: SteadyReport['rows'];
  };
  readonly fps?: Speed;
  /** At the speed that all figures are stated at. */
  readonly fpsScaled?: Speed;
  readonly bytes: number;
};

type Speed = { readonly steps4: number; readonly steps2: number };

function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : mean(values);
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number | null {
  return meanOrNull(items.map((item) => (holds(item) ? 1 : 0)));
}

function isRight({ identified, edit }: { identified: string; edit: string }): boolean {
  return identified === edit;
}

/** `steps`: the package's own number first. */
export function summarise(
  report: PicturesReport,
  edits: readonly string[],
  steps: readonly number[],
): PictureFigures {
  const [own = 0] = steps;
  const plain = report.outcomes.filter(({ kind }) => kind === 'plain');
  const judged = plain.filter((outcome) => outcome.steps === own);
  const perEdit = Object.fromEntries(
    edits.map((edit) => [edit, figuresOf(edit, report, plain, own, steps)]),
  );
  const worst = Object.entries(perEdit).toSorted(([, a], [, b]) => a.rate - b.rate)[0];
  const oblique = report.outcomes.filter(({ kind }) => kind === 'oblique');
  const colours = (trained: boolean) =>
    share(
      report.colours.filter(({ isTrained }) => isTrained === trained),
      ({ identified, colour }) => identified === colour,
    );
  const at = (count: number) => (outcome: Outcome) => outcome.steps === count;
  return {
    edits: edits.length,
    identification: {
      overall: share(judged, isRight) ?? 0,
      oblique: share(oblique, isRight),
      oracle: share(report.oracle, isRight) ?? 0,
      worst: { edit: worst?.[0] ?? '', rate: worst?.[1].rate ?? 0 },
      perEdit,
      bySteps: Object.fromEntries(
        steps.map((count) => [count, share(plain.filter(at(count)), isRight) ?? 0]),
      ),
    },
    colourNames: { trained: colours(true), heldout: colours(false) },
    psnr: psnrOf(report.outcomes.filter(at(own))),
    psnrBySteps: Object.fromEntries(
      steps.map((count) => [count, psnrOf(report.outcomes.filter(at(count)))]),
    ),
    vae: { psnr256: mean(report.vae) },
  };
}

function figuresOf(
  edit: string,
  report: PicturesReport,
  plain: readonly Outcome[],
  own: number,
  steps: readonly number[],
): EditFigures {
  const of = (outcomes: readonly Outcome[], count: number) =>
    outcomes.filter((outcome) => outcome.edit === edit && outcome.steps === count);
  const oblique = report.outcomes.filter((outcome) => outcome.kind === 'oblique');
  const mistaken = new Map<string, number>();
  for (const { identified } of of(plain, own).filter((outcome) => !isRight(outcome))) {
    mistaken.set(identified, (mistaken.get(identified) ?? 0) + 1);
  }
  return {
    rate: share(of(plain, own), isRight) ?? 0,
    oblique: share(of(oblique, own), isRight),
    oracle:
      share(
        report.oracle.filter((one) => one.edit === edit),
        isRight,
      ) ?? 0,
    psnr: Object.fromEntries(
      steps.map((count) => [count, mean(of(plain, count).map(({ psnr }) => psnr))]),
    ),
    mistaken: Object.fromEntries([...mistaken].toSorted(([, a], [, b]) => b - a)),
  };
}

function psnrOf(outcomes: readonly Outcome[]): Psnr {
  const group = (name: Group) =>
    outcomes.filter(({ kind, edit }) => kind === 'plain' && RECIPES[edit]?.group === name);
  const toTarget = (name: Group) => meanOrNull(group(name).map(({ psnr }) => psnr));
  const unknown = outcomes.filter(({ kind }) => kind === 'unsupported' || kind === 'nonsense');
  return {
    colour: toTarget('colour'),
    style: toTarget('style'),
    object: toTarget('object'),
    identity: meanOrNull(group('identity').map(({ psnrToBase }) => psnrToBase)),
    unknown: meanOrNull(unknown.map(({ psnrToBase }) => psnrToBase)),
  };
}

type Bar = {
  readonly name: string;
  readonly value: number | null | undefined;
  readonly least?: number;
  readonly most?: number;
  readonly digits: number;
};

/** What the shipped package has to reach. */
function barsOf(figures: Figures): Bar[] {
  const { identification, psnr, vae, steady, fpsScaled } = figures;
  return [
    { name: 'oracle', value: identification?.oracle, least: 0.98, digits: 3 },
    { name: 'identification', value: identification?.overall, least: 0.9, digits: 3 },
    {
      name: `worst edit (${identification?.worst.edit ?? ''})`,
      value: identification?.worst.rate,
      least: 0.7,
      digits: 3,
    },
    { name: 'PSNR colour and weather, dB', value: psnr?.colour, least: 22, digits: 2 },
    { name: 'PSNR styles, dB', value: psnr?.style, least: 18, digits: 2 },
    { name: 'PSNR identity prompts, dB', value: psnr?.identity, least: 33, digits: 2 },
    { name: 'PSNR unknown prompts, dB', value: psnr?.unknown, least: 26, digits: 2 },
    { name: 'PSNR autoencoder, dB', value: vae?.psnr256, least: 32, digits: 2 },
    { name: 'warp error colour, of the source’s', value: steady?.colour, most: 1.25, digits: 3 },
    { name: 'warp error styles, of the source’s', value: steady?.style, most: 1.6, digits: 3 },
    {
      name: 'excess below independent',
      value: steady?.reductionVsIndependent,
      least: 0.4,
      digits: 3,
    },
    { name: 'frames/s, 4 steps, scaled', value: fpsScaled?.steps4, least: 1, digits: 2 },
    { name: 'frames/s, 2 steps, scaled', value: fpsScaled?.steps2, least: 1.3, digits: 2 },
    { name: 'package, bytes', value: figures.bytes, most: 40e6, digits: 0 },
  ];
}

/** Names of the bars that were missed; what was not run is no miss. */
export function missedBars(figures: Figures): string[] {
  return barsOf(figures)
    .filter(({ value, least = -Infinity, most = Infinity }) => {
      return typeof value === 'number' && !(value >= least && value <= most);
    })
    .map(({ name }) => name);
}

function cell(value: number | null | undefined, digits: number): string {
  return typeof value === 'number' ? value.toFixed(digits) : '–';
}

/** One line per edit. */
export function editTable({ identification }: PictureFigures, steps: readonly number[]): string[] {
  const columns = steps.map((count) => `dB ${count} st.`.padStart(9)).join('');
  const header = `${'edit'.padEnd(14)}${'right'.padStart(6)}${'oblique'.padStart(9)}${'oracle'.padStart(8)}${columns}  taken for`;
  const rows = Object.entries(identification.perEdit).map(([edit, figures]) => {
    const psnr = steps.map((count) => cell(figures.psnr[count], 1).padStart(9)).join('');
    const mistaken = Object.entries(figures.mistaken).map(([name, count]) => `${name} ${count}`);
    return (
      edit.padEnd(14) +
      cell(figures.rate, 2).padStart(6) +
      cell(figures.oblique, 2).padStart(9) +
      cell(figures.oracle, 2).padStart(8) +
      `${psnr}  ${mistaken.join(', ')}`
    );
  });
  return [header, ...rows];
}

/** The figures that a bar stands for, and the others below them. */
export function summaryTable(figures: Figures): string[] {
  const missed = missedBars(figures);
  const bars = barsOf(figures).map(({ name, value, least, most, digits }) => {
    const bar =
      least === undefined ? `at most ${cell(most, digits)}` : `at least ${cell(least, digits)}`;
    const verdict = typeof value !== 'number' ? 'not run' : missed.includes(name) ? 'MISSED' : 'ok';
    return `${name.padEnd(36)}${cell(value, digits).padStart(10)}   ${bar.padEnd(20)}${verdict}`;
  });
  return [...bars, ...otherFigures(figures)];
}

function otherFigures(figures: Figures): string[] {
  const { identification, colourNames, psnrBySteps, fps, gflops } = figures;
  const bySteps = Object.entries(identification?.bySteps ?? {}).map(([steps, rate]) => {
    const psnr = psnrBySteps?.[Number(steps)];
    return (
      `at ${steps} steps: identification ${cell(rate, 3)}, PSNR colour ${cell(psnr?.colour, 2)}, ` +
      `styles ${cell(psnr?.style, 2)}, objects and backgrounds ${cell(psnr?.object, 2)}, identity ${cell(psnr?.identity, 2)} dB`
    );
  });
  return [
    ...bySteps,
    ...(identification === undefined
      ? []
      : [`oblique wordings: ${cell(identification.oblique, 3)}`]),
    ...(colourNames === undefined
      ? []
      : [
          `colour names known from training: ${cell(colourNames.trained, 3)}, others: ${cell(colourNames.heldout, 3)}`,
        ]),
    ...(figures.steady?.rows ?? []).map(
      ({ clip, prompt, swap, independent }) =>
        `${clip}, “${prompt}”: warp error ${cell(swap.edited, 2)} of ${cell(swap.source, 2)} (${cell(swap.ratio, 2)}), independent ${cell(independent.edited, 2)} (${cell(independent.ratio, 2)})`,
    ),
    ...(fps === undefined
      ? []
      : [
          `measured at ${gflops.toFixed(1)} GFLOP/s: ${cell(fps.steps4, 2)} frames/s with 4 steps, ${cell(fps.steps2, 2)} with 2`,
        ]),
  ];
}
