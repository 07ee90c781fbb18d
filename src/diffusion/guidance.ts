import { AppError } from '../base/error.ts';

/** One evaluation of the model per step: which text it reads, and whether it sees the source picture. */
export type Branch = { readonly text: 'prompt' | 'negative' | 'empty'; readonly image: boolean };

export type GuidanceScales = { readonly text: number; readonly image?: number | undefined };

/**
 * The scale of each branch's prediction in the guided one: e.g. e = e(0, 0) + image * (e(0, I) - e(0, 0)) + text *
 * (e(c, I) - e(0, I)) for InstructPix2Pix's three branches (Brooks et al. 2023, eq. 3), and classifier-free guidance for two.
 */
export function guidanceCoefficients(
  branches: readonly Branch[],
  scales: GuidanceScales,
): number[] {
  if (branches.length === 1) {
    return [1];
  }
  const prompt = branches.findIndex((branch) => branch.text === 'prompt');
  if (branches.length === 2 && prompt >= 0) {
    return branches.map((_, i) => (i === prompt ? scales.text : 1 - scales.text));
  }
  const image = scales.image ?? 1;
  const byRole = branches.map((branch) => {
    if (branch.text === 'prompt') {
      return scales.text;
    }
    return branch.image ? image - scales.text : 1 - image;
  });
  if (branches.length !== 3 || prompt < 0) {
    throw new AppError(
      'model/unsupported',
      `It has ${branches.length} guidance branches; known are one, two (with the prompt), and three as in InstructPix2Pix.`,
    );
  }
  return byRole;
}

/**
 * Guidance rescale (Lin et al. 2023, section 3.4): the factor for the guided prediction that pulls its deviation
 * towards that of the text branch by `phi`.
 */
export function rescaleFactor(textStd: number, guidedStd: number, phi: number): number {
  return guidedStd > 0 ? phi * (textStd / guidedStd) + (1 - phi) : 1;
}
