import { describe, expect, it } from 'vitest';
import { createProject } from '../../project/commands.ts';
import { exampleEdit } from '../../project/testing/example-edit.ts';
import { exampleMask } from '../../project/testing/example-mask.ts';
import type { App } from '../app.ts';
import { placeAtTime } from '../playhead.ts';
import { createMaskStore } from '../state/mask-store.ts';
import { createNotices } from '../state/notices-store.ts';
import { createProjectStore } from '../state/project-store.ts';
import { createSession, type OpenClip } from '../state/session-store.ts';
import {
  addKeyframe,
  combineAs,
  copyKeys,
  goToKeyframe,
  invertMask,
  pasteKeys,
  removeMask,
} from './mask-commands.ts';

/** 24 frames a second in whole milliseconds, as WebM has them: no two neighbours are sure to be equally far apart. */
const TIMES = Float64Array.from({ length: 12 }, (_, i) => Math.round((i * 1000) / 24) * 1000);

function createPage() {
  const session = createSession();
  const masks = createMaskStore();
  const project = createProjectStore();
  const clip = { id: 'clip', times: TIMES, info: { duration: 500_000 } } as unknown as OpenClip;
  const paused = { times: 0 };
  const playback = {
    pause: () => {
      paused.times += 1;
    },
  };
  const app = { session, masks, project, playback, notices: createNotices() } as unknown as App;
  const edit = exampleEdit({ mask: exampleMask() });
  const pieces = [{ id: 'p', clipId: 'clip', from: 0, to: 500_000 }];
  session.setState({ clips: [clip], clip, selectedEdit: edit.id });
  project.open({ ...createProject('p', 'P'), pieces, edits: [edit] });
  placeAtTime(app, 0);
  const goTo = (frame: number) => {
    placeAtTime(app, TIMES[frame] ?? 0);
  };
  const keyed = () => {
    const layer = project.current?.edits[0]?.mask?.layers[0];
    return layer?.keyframes.map(({ time }) => time) ?? [];
  };
  return { app, session, masks, goTo, keyed, paused };
}

describe('by keys', () => {
  it('a mask is turned inside out, joined otherwise and taken away', () => {
    const { app, session, masks } = createPage();
    const mask = () => app.project.current?.edits[0]?.mask;
    invertMask(app);
    expect(mask()?.invert).toBe(true);
    combineAs(app, 'subtract');
    expect(mask()?.layers[0]?.combine).toBe('subtract');
    session.setState({ maskTool: { shape: 'ellipse', editId: 'edit' } });
    combineAs(app, 'intersect');
    expect(mask()?.layers[0]?.combine).toBe('subtract');
    expect(masks.getState().combine).toBe('intersect');
    removeMask(app);
    expect(mask()).toBeNull();
  });
});

describe('keyframes of masks', () => {
  it('come to lie on frames where they are pasted', () => {
    const { app, masks, goTo, keyed } = createPage();
    for (const frame of [2, 3]) {
      goTo(frame);
      addKeyframe(app);
    }
    masks.setState({ keys: [2, 3].map((at) => ({ layerId: 'a', time: TIMES[at] ?? 0 })) });
    copyKeys(app);
    goTo(4);
    pasteKeys(app);
    expect(keyed()).toEqual([0, 2, 3, 4, 5].map((frame) => TIMES[frame]));
    expect(masks.getState().keys.map(({ time }) => time)).toEqual([TIMES[4], TIMES[5]]);
  });

  it('are gone to one after the other, and playing stops there', () => {
    const { app, session, goTo, paused } = createPage();
    goTo(3);
    addKeyframe(app);
    goTo(0);
    session.setState({ playing: true });
    goToKeyframe(app, 1);
    expect(session.getState()).toMatchObject({ frame: 3, playing: false });
    expect(paused.times).toBe(1);
    goToKeyframe(app, 1);
    expect(session.getState().frame).toBe(3);
    goToKeyframe(app, -1);
    expect(session.getState().frame).toBe(0);
  });
});
