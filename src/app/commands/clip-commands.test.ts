import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../base/error.ts';
import type { App } from '../app.ts';
import { Autosave } from '../autosave.ts';
import { createJobs } from '../state/jobs-store.ts';
import { createNotices } from '../state/notices-store.ts';
import { createProjects } from '../state/projects-store.ts';
import { createSaving } from '../state/saving-store.ts';
import { createProjectStore } from '../state/project-store.ts';
import { createSession } from '../state/session-store.ts';
import { cancelOpening, dropFiles, offerFile, openSample } from './clip-commands.ts';

const ignore = (): void => undefined;

/** The page with a preview worker that opens what `canOpen` allows. */
function createPage(canOpen: (file: File) => boolean = () => true) {
  const open = vi.fn<(file: File) => Promise<unknown>>((file) => {
    const info = {
      name: file.name,
      bytes: 1,
      fingerprint: (file.name.codePointAt(0) ?? 0).toString(16).padStart(64, '0'),
      width: 16,
      height: 9,
      notices: [],
      duration: 1,
    };
    return canOpen(file)
      ? Promise.resolve({ info, times: new Float64Array(1), soundStart: null })
      : Promise.reject(new AppError('media/damaged'));
  });
  const saving = createSaving();
  const disk = {
    append: () => Promise.resolve(),
    close: () => Promise.resolve(),
    list: () => Promise.resolve([]),
    remove: () => Promise.resolve(),
    keepClip: () => Promise.resolve(true),
  };
  const events = { onFailed: ignore, onLost: ignore, onStranded: ignore };
  const app = {
    disk,
    saving,
    projects: createProjects(),
    autosave: new Autosave(disk, saving, events),
    session: createSession(),
    project: createProjectStore(),
    jobs: createJobs(),
    notices: createNotices(),
    preview: { open, add: open },
    thumbnails: { clear: () => undefined },
    waveforms: { clear: () => undefined },
    playback: { unload: () => undefined },
    aborts: new Map(),
    opening: null,
  } as unknown as App;
  return { app, open, name: () => app.session.getState().clip?.info.name };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('opening', () => {
  let answerFetch: (response: Response) => void = () => undefined;

  beforeEach(() => {
    vi.stubGlobal('document', { baseURI: 'http://localhost/' });
    vi.stubGlobal('fetch', (_: URL, { signal }: RequestInit) => {
      return new Promise<Response>((resolve, reject) => {
        answerFetch = resolve;
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      });
    });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('lets a file dropped while the sample loads win', async () => {
    const { app, open, name } = createPage();
    const sample = openSample(app);
    offerFile(app, new File(['x'], 'mine.mp4'));
    await settle();
    answerFetch(new Response('sample'));
    await sample;
    expect(name()).toBe('mine.mp4');
    expect(open).toHaveBeenCalledTimes(1);
    expect(app.notices.store.getState().notices).toEqual([]);
  });

  it('can be cancelled while the sample loads', async () => {
    const { app, open } = createPage();
    const sample = openSample(app);
    cancelOpening(app);
    await sample;
    expect(app.session.getState().phase).toEqual({ kind: 'start' });
    expect(open).not.toHaveBeenCalled();
  });

  it('keeps the open clip when another can’t be opened, and says so if neither can', async () => {
    let readable = ['a.mp4'];
    const { app, name } = createPage((file) => readable.includes(file.name));
    offerFile(app, new File(['x'], 'a.mp4'));
    await settle();
    readable = [];
    offerFile(app, new File(['x'], 'b.mp4'));
    await settle();
    expect(name()).toBe('a.mp4');
    expect(app.session.getState().phase).toEqual({ kind: 'editing' });
    const codes = app.notices.store.getState().notices.map(({ code }) => code);
    expect(codes).toEqual(['media/damaged']);
  });

  it('takes several files: the first opens, the others follow it; one that can’t be read is said and left out', async () => {
    const { app } = createPage((file) => file.name !== 'broken.mp4');
    const file = (name: string) => new File(['x'], name);
    dropFiles(app, [file('a.mp4'), file('broken.mp4'), file('c.mp4')]);
    await settle();
    await settle();
    dropFiles(app, [file('d.mp4'), file('a.mp4')]);
    await settle();
    const project = app.project.current;
    expect(project?.clips.map(({ name }) => name)).toEqual(['a.mp4', 'c.mp4', 'd.mp4']);
    // A file that is there already gets one more piece of the same clip.
    const shown = project?.pieces.map(
      (one) => project.clips.find(({ id }) => id === one.clipId)?.name,
    );
    expect(shown).toEqual(['a.mp4', 'c.mp4', 'd.mp4', 'a.mp4']);
    expect(app.session.getState().clips).toHaveLength(3);
    const codes = app.notices.store.getState().notices.map(({ code }) => code);
    expect(codes.filter((code) => code !== null)).toEqual(['media/damaged']);
  });
});
