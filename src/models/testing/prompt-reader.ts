import { packSafetensors, type TinyFiles } from './tiny-checkpoint.ts';

export type ReaderLabel = {
  readonly id: string;
  readonly title: string;
  readonly known: boolean;
  readonly needs?: 'instruction' | 'inpainting' | 'motion';
  /** Its row of the weight, as wide as the text encoder; missing channels are 0. */
  readonly weight: Readonly<Record<number, number>> | Float32Array;
  readonly bias: number;
};

/** The files of a checkpoint's `prompt_reader` with weights set by hand. */
export function promptReaderFiles(
  width: number,
  labels: readonly ReaderLabel[],
  changes: Readonly<Record<string, unknown>> = {},
): TinyFiles {
  const weight = new Float32Array(labels.length * width);
  labels.forEach((label, row) => {
    for (const [channel, value] of Object.entries(label.weight)) {
      weight[row * width + Number(channel)] = value as number;
    }
  });
  const config = {
    _class_name: 'DeltacutPromptReader',
    width,
    labels: labels.map(({ id, title, known, needs }) => ({ id, title, known, needs })),
    nothing: 'identity',
    least_confidence: 0.5,
    ...changes,
  };
  return new Map([
    ['prompt_reader/config.json', new TextEncoder().encode(JSON.stringify(config))],
    [
      'prompt_reader/model.safetensors',
      packSafetensors({
        weight: { shape: [labels.length, width], values: weight },
        bias: {
          shape: [labels.length],
          values: Float32Array.from(labels, (label) => label.bias),
        },
      }),
    ],
  ]);
}
