import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApp } from './app.ts';
import type { OpenClip } from './state/session-store.ts';

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
