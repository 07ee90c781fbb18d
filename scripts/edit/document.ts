import { basename } from 'node:path';
import { toMicroseconds } from '../../src/base/units.ts';
import type { Project } from '../../src/project/document.ts';
import { CLIP_END } from '../../src/project/sequence.ts';
import type { EditModel } from './model.ts';
import type { EditOptions } from './options.ts';

/** The command line as a project with one clip and one edit: the same document that the page makes. */
export function toProject(options: EditOptions, { manifest }: EditModel): Project {
  const to = Number.isFinite(options.to) ? toMicroseconds(options.to) : Number.MAX_SAFE_INTEGER;
  return {
    version: 2,
    id: 'command-line',
    name: basename(options.input),
    clips: [{ id: 'clip', name: basename(options.input), bytes: 0, fingerprint: '' }],
    pieces: [{ id: 'clip', clipId: 'clip', from: 0, to: CLIP_END }],
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
          model: manifest.id,
          seed: options.seed,
          steps: options.steps ?? manifest.scheduler.steps,
          strength: options.strength,
          size: options.size ?? manifest.defaultSize,
          anchors: options.anchors,
          mode: options.mode,
        },
        amount: [{ time: 0, value: options.amount }],
        mask:
          options.mask === null
            ? null
            : {
                feather: 0,
                grow: 0,
                invert: false,
                layers: [
                  {
                    id: 'mask',
                    combine: 'add',
                    shape: 'rectangle',
                    keyframes: [{ time: 0, easing: 'linear', ...options.mask, rotation: 0 }],
                  },
                ],
              },
      },
    ],
  };
}
