import { describe, expect, it, vi } from 'vitest';
import { openClip } from './open-clip.ts';
import { openInBrowser, type BrowserOpenResult } from './open-in-browser.ts';

vi.mock('./open-in-browser.ts');

describe('openClip', () => {
  it('disposes what the browser opened with doubt when it is cancelled before the fallback', async () => {
    const controller = new AbortController();
    const dispose = vi.fn<() => void>();
    // Node has no decoders: a stand-in for the clip that the browser would have opened.
    vi.mocked(openInBrowser).mockImplementation(() => {
      controller.abort();
      const opened = { reader: { dispose }, doubt: 'its header promises more' };
      return Promise.resolve(opened as unknown as BrowserOpenResult);
    });
    const file = new File([Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3, 0)], 'clip.webm');
    await expect(openClip(file, { signal: controller.signal })).rejects.toMatchObject({
      code: 'job/cancelled',
    });
    expect(dispose).toHaveBeenCalledOnce();
  });
});
