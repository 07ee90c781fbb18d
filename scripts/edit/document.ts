import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../src/base/error.ts';
import { toMicroseconds } from '../../src/base/units.ts';
import { parseManifest } from '../../src/models/manifest.ts';
import type { Project } from '../../src/project/document.ts';
import { ROOT } from '../steps.ts';
import type { EditOptions } from './options.ts';

async function modelDefaults(model: string): Promise<{ steps: number; size: number }> {
  const path = `${ROOT}/public/models/${model}/manifest.json`;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('model/not-found', `There is no package “${model}” in public/models.`, {
      cause,
    });
  });
  const manifest = parseManifest(JSON.parse(text));
  return { steps: manifest.scheduler.steps, size: manifest.defaultSize };
}

/** The command line as a project with one clip and one edit: the same document that the page makes. */
export async function toProject(options: EditOptions): Promise<Project> {
  if (options.prompt.trim() === '') {
    throw new AppError('prompt/empty');
  }
  const defaults = await modelDefaults(options.model);
  const to = Number.isFinite(options.to) ? toMicroseconds(options.to) : Number.MAX_SAFE_INTEGER;
  return {
    version: 1,
    id: 'command-line',
    name: basename(options.input),
    clips: [{ id: 'clip', name: basename(options.input), bytes: 0, fingerprint: '' }],
    edits: [
      {
        id: 'edit',
        clipId: 'clip',
        enabled: true,
        span: { from: toMicroseconds(options.from), to },
        prompt: options.prompt,
        promptKind: options.fullCaption ? 'caption' : 'delta',
        negative: options.negative,
        settings: {
          model: options.model,
          seed: options.seed,
          steps: options.steps ?? defaults.steps,
          strength: options.strength,
          size: options.size ?? defaults.size,
          anchors: options.anchors,
          mode: options.mode,
        },
        amount: [{ time: 0, value: options.amount }],
        mask:
          options.mask === null
            ? null
            : {
                shape: 'rectangle',
                feather: 0,
                invert: false,
                keyframes: [{ time: 0, ...options.mask }],
              },
      },
    ],
  };
}
