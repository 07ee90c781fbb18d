import { isCancelled } from '../../base/error.ts';
import { addClip } from '../../project/commands.ts';
import type { Clip } from '../../project/document.ts';
import { appendPiece } from '../../project/piece-commands.ts';
import type { App } from '../app.ts';
import { placeAtTime } from '../playhead.ts';
import { letterboxedClips, sequenceOf } from '../sequence.ts';
import type { OpenClip } from '../state/session-store.ts';
import { dispatch } from './edit-commands.ts';
import { keepClip } from './saving-commands.ts';

/** What the document says of a clip. */
export function clipOf({ id, info }: OpenClip): Clip {
  const { name, bytes, fingerprint } = info;
  return { id, name, bytes, fingerprint };
}

const adding = new WeakMap<App, Promise<void>>();

/**
 * Puts files at the end of the sequence, one after the other; one that can't be opened is said and left out. Files that
 * come while others are being opened wait for them.
 */
export function addFiles(app: App, files: readonly File[]): Promise<void> {
  const projectId = app.project.current?.id;
  const last = adding.get(app) ?? Promise.resolve();
  const next = last.then(async () => {
    for (const file of files) {
      const goesOn = await addFile(app, projectId, file);
      if (!goesOn) {
        return;
      }
    }
  });
  adding.set(app, next);
  return next;
}

/** Returns whether the files behind it are wanted still. */
async function addFile(app: App, projectId: string | undefined, file: File): Promise<boolean> {
  if (projectId === undefined || app.project.current?.id !== projectId) {
    return false;
  }
  const abort = new AbortController();
  app.opening = abort;
  app.session.setState({ phase: { kind: 'opening', name: file.name, sample: false } });
  try {
    app.project.checkWritable();
    const opened = await app.preview.add(file, abort.signal);
    if (app.project.current?.id !== projectId) {
      return false;
    }
    showAtEnd(app, { ...opened, id: crypto.randomUUID(), file, attribution: null });
    return true;
  } catch (error) {
    if (!isCancelled(error)) {
      app.notices.fail(error);
    }
    return !isCancelled(error);
  } finally {
    if (app.opening === abort) {
      app.opening = null;
      app.session.setState({ phase: { kind: 'editing' } });
    }
  }
}

function showAtEnd(app: App, opened: OpenClip): void {
  const { clips } = app.session.getState();
  const { duration: end } = sequenceOf(app).sequence;
  const { duration, fingerprint, notices } = opened.info;
  const known = app.project.current?.clips.find((clip) => clip.fingerprint === fingerprint);
  const clip = known === undefined ? opened : { ...opened, id: known.id };
  // The worker opened the file anew, so what is known of the clip is new as well.
  const others = clips.filter(({ id }) => id !== clip.id);
  const isLeading = clips[0]?.id === clip.id;
  app.session.setState({ clips: isLeading ? [clip, ...others] : [...others, clip] });
  const isAdded = dispatch(app, (project) =>
    known === undefined
      ? addClip(project, { clip: clipOf(clip), duration })
      : appendPiece(project, {
          piece: { id: crypto.randomUUID(), clipId: clip.id, from: 0, to: duration },
        }),
  );
  if (!isAdded) {
    return;
  }
  placeAtTime(app, end);
  void keepClip(app, clip);
  for (const text of notices) {
    app.notices.say('info', text);
  }
  const project = app.project.current;
  const { clips: now } = app.session.getState();
  if (project !== null && letterboxedClips(project, now).some(({ id }) => id === clip.id)) {
    app.notices.say(
      'info',
      `“${clip.info.name}” has another shape than the first clip: it is shown whole, with black beside it.`,
    );
  }
}
