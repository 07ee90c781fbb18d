import { afterEach, describe, expect, it, vi } from 'vitest';
import { createProject } from '../project/commands.ts';
import { exampleEdit } from '../project/testing/example-edit.ts';
import { exampleMask } from '../project/testing/example-mask.ts';
import { createApp } from './app.ts';
import { deleteOfMask, hasMaskSelection } from './commands/mask-commands.ts';
import { duplicateEdit } from './commands/stack-commands.ts';
import type { OpenClip } from './state/session-store.ts';

describe('selecting another edit', () => {
  it('lets go of what was selected of the mask before, so that Delete means the edit', () => {
    const app = createApp({ choice: 'cpu', bankBytes: null });
    const first = exampleEdit({ mask: exampleMask() });
    const pieces = [{ id: 'p', clipId: 'clip', from: 0, to: 1 }];
    app.project.open({ ...createProject('p', 'P'), pieces, edits: [first] });
    const clip = { id: 'clip', times: Float64Array.of(0) } as unknown as OpenClip;
    app.session.setState({ phase: { kind: 'editing' }, clip, selectedEdit: first.id });
    app.masks.setState({ layer: 'a', keys: [{ layerId: 'a', time: 0 }] });
    duplicateEdit(app, first.id);
    expect(hasMaskSelection(app)).toBe(false);
    expect(deleteOfMask(app)).toBe(false);
  });
});

describe('the viewer', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('is not started over and over for a clip that ends it each time', async () => {
    let started = 0;
    class DyingWorker extends EventTarget {
      constructor() {
        super();
        started += 1;
        setTimeout(() => this.dispatchEvent(new Event('error')), 1);
      }

      postMessage(): void {
        // Never answered.
      }

      terminate(): void {
        // Dead already.
      }
    }
    vi.stubGlobal('Worker', DyingWorker);
    const app = createApp({ choice: 'cpu', bankBytes: null });
    const clip = { file: new File(['x'], 'a.mp4') } as unknown as OpenClip;
    app.session.setState({ clips: [clip], clip });
    await app.preview.close();
    await app.preview.resize(1, 1).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(started).toBe(4);
    const [notice] = app.notices.store.getState().notices;
    expect(notice).toMatchObject({ kind: 'error', code: 'engine/crashed' });
  });
});
