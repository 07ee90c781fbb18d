import { must } from '../../src/base/assert.ts';
import { createHttpSource } from '../../src/engine/package-source.ts';
import { Engine } from '../../src/engine/service.ts';
import { resizePicture } from '../../src/gpu/kernels/resize/resize.cpu.ts';
import type { ClipReader } from '../../src/media/clip-reader.ts';
import { openClip } from '../../src/media/open-clip.ts';
import type { EditSettings, Project } from '../../src/project/document.ts';
import { CLIP_END } from '../../src/project/sequence.ts';
import type { EditSummary } from '../../src/protocol/engine.ts';
import { createRenderer } from '../../src/render/renderer.ts';
import { openPictureStore } from '../../src/store/picture-store.ts';
import { harnessFile } from './files.ts';
import { transferOf, type Transfer } from './picture-transfer.ts';

/* Edits of clips on the cpu runtime, and what is shown of them: for the steadiness and the speed of a package. */

export type ClipEdit = {
  /** A file that was provided to the page. */
  readonly file: string;
  readonly prompt: string;
  /** So many of the clip's first frames. */
  readonly frames: number;
  readonly settings: EditSettings;
};

const EDIT_ID = 'edit';
let engine: Engine | null = null;
let open: { readonly name: string; readonly clip: ClipReader } | null = null;
let last: {
  readonly edit: ClipEdit;
  readonly project: Project;
  readonly summary: EditSummary;
} | null = null;

async function clipOf(name: string): Promise<ClipReader> {
  if (open?.name !== name) {
    open?.clip.dispose();
    open = { name, clip: await openClip(harnessFile(name)) };
  }
  return open.clip;
}

/** Runs the edit; frames stored by an earlier run of the same one are found and not made again. */
export async function editClip(edit: ClipEdit): Promise<EditSummary> {
  engine ??= new Engine({
    findSource: (id) => createHttpSource(id, new URL('/', location.origin)),
  });
  await engine.start({ choice: 'cpu', bankBytes: null });
  const { times } = await clipOf(edit.file);
  const project: Project = {
    version: 2,
    id: 'evaluation',
    name: edit.file,
    clips: [{ id: 'clip', name: edit.file, bytes: 0, fingerprint: '' }],
    pieces: [{ id: 'clip', clipId: 'clip', from: 0, to: CLIP_END }],
    edits: [
      {
        id: EDIT_ID,
        clipId: 'clip',
        enabled: true,
        span: { from: 0, to: times[edit.frames] ?? Number.MAX_SAFE_INTEGER },
        prompt: edit.prompt,
        promptKind: 'delta',
        negative: '',
        settings: edit.settings,
        amount: [{ time: 0, value: 1 }],
        mask: null,
      },
    ],
  };
  const source = harnessFile(edit.file);
  const request = { jobId: 'edit', source, project, editId: EDIT_ID };
  const summary = await engine.edit(request, () => undefined);
  last = { edit, project, summary };
  return summary;
}

/** A frame of the last edit at model size: the source, and what is shown in its place. */
export async function shownFrame(index: number): Promise<{ source: Transfer; edited: Transfer }> {
  const { edit, project, summary } = must(last ?? undefined, 'an edit');
  const clip = await clipOf(edit.file);
  const pictures = await openPictureStore();
  const base = must((await pictures.get(summary.base, index)) ?? undefined, `frame ${index}`);
  const { picture, ...frame } = await clip.frame(index);
  const source = resizePicture(picture, { width: base.width, height: base.height });
  const renderer = createRenderer({ pictures, gpu: null });
  try {
    const { recipe, base: decoded, anchors } = summary;
    const results = [{ editId: EDIT_ID, recipe, base: decoded, anchors }];
    const shown = await renderer.render(project, results, 'clip', { ...frame, picture: source });
    return { source: transferOf(source), edited: transferOf(shown.picture) };
  } finally {
    renderer.dispose();
  }
}

/** Removes what the last edit stored, decoded sources included, so that the next one makes all of it. */
export async function forgetPictures(): Promise<void> {
  const { summary } = must(last ?? undefined, 'an edit');
  const pictures = await openPictureStore();
  await pictures.remove(summary.recipe);
  await pictures.remove(summary.base);
}
