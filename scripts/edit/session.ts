import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { AppError } from '../../src/base/error.ts';
import type { JobEvent, RuntimeChoice, RuntimeInfo } from '../../src/protocol/engine.ts';
import type {
  HeadlessApi,
  HeadlessDriver,
  HeadlessRequest,
  HeadlessResult,
} from '../../src/protocol/headless.ts';
import { callRemote, type RemoteService } from '../../src/protocol/remote.ts';
import { CHROME_MISSING, findChrome, launchChrome, type GpuChoice } from '../chrome.ts';
import type { ServedPackage } from '../serve-package.ts';
import { serveApp } from '../serve.ts';

type DriverWindow = Window & HeadlessDriver & { deltacut?: RemoteService<HeadlessApi> };

/** File names sort like the frames: `000012.png` is the clip's frame 12. */
export function frameFileName(index: number): string {
  return `${String(index).padStart(6, '0')}.png`;
}

/** The engine in a headless Chrome: one page, one source file. Whoever opens it closes it. */
export class EngineSession {
  readonly runtime: RuntimeInfo;
  readonly #page: Page;
  readonly #close: () => Promise<void>;

  private constructor(page: Page, runtime: RuntimeInfo, close: () => Promise<void>) {
    this.#page = page;
    this.runtime = runtime;
    this.#close = close;
  }

  /**
   * `runtime` 'webgpu' on a machine without a GPU takes the software adapter, as asked; 'auto' never does.
   * Throws `browser/unsupported` without a Chrome, and what the engine's start throws.
   */
  static async open(options: {
    input: string;
    runtime: RuntimeChoice;
    framesDir: string | null;
    /** A package that does not lie beside the app. */
    package?: ServedPackage;
    onEvent: (event: JobEvent) => void;
  }): Promise<EngineSession> {
    if (findChrome() === null) {
      throw new AppError('browser/unsupported', CHROME_MISSING);
    }
    try {
      return await EngineSession.#openWith('native', options);
    } catch (error) {
      const retry = error instanceof AppError && error.code === 'gpu/unavailable';
      if (!retry || options.runtime !== 'webgpu') {
        throw error;
      }
      return await EngineSession.#openWith('software', options);
    }
  }

  static async #openWith(
    gpu: GpuChoice,
    options: Parameters<typeof EngineSession.open>[0],
  ): Promise<EngineSession> {
    const server = await serveApp(0, options.package);
    const browser = await launchChrome({ gpu }).catch(async (error: unknown) => {
      // An open server would keep the process alive.
      await server.close();
      throw error;
    });
    let closing: Promise<void> | null = null;
    const close = (): Promise<void> => {
      closing ??= browser.close().then(() => server.close());
      return closing;
    };
    try {
      const page = await browser.newPage();
      page.on('crash', () => void close());
      await page.exposeFunction('deltacutEvent', options.onEvent);
      await page.exposeFunction('deltacutFrame', async (index: number, png: string) => {
        if (options.framesDir !== null) {
          await writeFile(join(options.framesDir, frameFileName(index)), png, 'base64');
        }
      });
      await page.goto(`${server.origin}/engine.html`);
      await page.waitForFunction(() => (window as unknown as DriverWindow).deltacut !== undefined);
      await page.setInputFiles('#source', options.input);
      const runtime = await callRemote(
        page.evaluate(async (choice) => {
          const api = (window as unknown as DriverWindow).deltacut;
          if (api === undefined) {
            throw new Error('the engine page did not load');
          }
          return await api.start(choice);
        }, options.runtime),
      );
      return new EngineSession(page, runtime, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  async run(request: HeadlessRequest): Promise<HeadlessResult> {
    return await callRemote(
      this.#page.evaluate(async (value) => {
        const api = (window as unknown as DriverWindow).deltacut;
        if (api === undefined) {
          throw new Error('the engine page did not load');
        }
        return await api.run(value);
      }, request),
    );
  }

  /** Writes the last export to `path`. */
  async save(path: string): Promise<void> {
    const download = this.#page.waitForEvent('download');
    await callRemote(
      this.#page.evaluate(async () => {
        const api = (window as unknown as DriverWindow).deltacut;
        if (api === undefined) {
          throw new Error('the engine page did not load');
        }
        return await api.save('export');
      }),
    );
    await (await download).saveAs(path);
  }

  async close(): Promise<void> {
    await this.#close();
  }
}
