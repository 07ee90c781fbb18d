import { basename } from 'node:path';
import type { Browser } from 'playwright-core';
import { AppError } from '../../src/base/error.ts';
import type { HeadlessApi } from '../../src/protocol/headless.ts';
import { callRemote, type RemoteService } from '../../src/protocol/remote.ts';
import { CHROME_MISSING, findChrome, launchChrome } from '../chrome.ts';
import { serveApp, type AppServer } from '../serve.ts';
import type { FrameSequence } from './sequence.ts';

type DriverWindow = Window & { deltacut?: RemoteService<HeadlessApi> };

/** Reads videos as the app does: one page without controls per file, in one headless Chrome. Whoever makes it closes it. */
export class VideoBrowser {
  #started: Promise<{ browser: Browser; server: AppServer }> | null = null;

  /** Throws `browser/unsupported` without a Chrome, and `media/…`. The first call starts the browser. */
  async open(path: string): Promise<FrameSequence> {
    this.#started ??= start();
    const { browser, server } = await this.#started;
    const page = await browser.newPage();
    await page.goto(`${server.origin}/engine.html`);
    await page.waitForFunction(() => (window as unknown as DriverWindow).deltacut !== undefined);
    await page.setInputFiles('#source', path);
    const info = await callRemote(
      page.evaluate(async () => {
        const api = (window as unknown as DriverWindow).deltacut;
        if (api === undefined) {
          throw new Error('the engine page did not load');
        }
        return await api.openFrames();
      }),
    );
    const { width, height, times } = info;
    return {
      name: basename(path),
      width,
      height,
      count: times.length,
      isFolder: false,
      numbers: times.map((_, i) => i),
      times,
      read: async (at) => {
        const base64 = await callRemote(
          page.evaluate(async (index) => {
            const api = (window as unknown as DriverWindow).deltacut;
            if (api === undefined) {
              throw new Error('the engine page did not load');
            }
            return await api.readFrame(index);
          }, at),
        );
        const data = new Uint8Array(Buffer.from(base64, 'base64'));
        return { width, height, data };
      },
    };
  }

  async close(): Promise<void> {
    const started = await this.#started?.catch(() => null);
    await started?.browser.close();
    await started?.server.close();
  }
}

async function start(): Promise<{ browser: Browser; server: AppServer }> {
  if (findChrome() === null) {
    throw new AppError('browser/unsupported', CHROME_MISSING);
  }
  const server = await serveApp(0);
  try {
    return { browser: await launchChrome({ gpu: 'native' }), server };
  } catch (error) {
    // An open server would keep the process alive.
    await server.close();
    throw error;
  }
}
