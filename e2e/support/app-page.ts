import type { Browser, Download, Page } from 'playwright-core';
import { launchChrome } from '../../scripts/chrome.ts';
import { serveApp } from '../../scripts/serve.ts';

/** The production build in a browser of its own; everything a person would see, and what went wrong behind it. */
export interface AppPage {
  readonly page: Page;
  readonly origin: string;
  /** Console errors and uncaught ones so far. */
  readonly problems: string[];
  /** Requests to any other origin: all were refused. */
  readonly foreignRequests: string[];
  close(): Promise<void>;
}

export async function openApp(options: { width?: number; height?: number } = {}): Promise<AppPage> {
  const server = await serveApp(0);
  const { origin } = server;
  let browser: Browser | null = null;
  try {
    browser = await launchChrome();
    const opened = browser;
    const context = await opened.newContext({
      viewport: { width: options.width ?? 1440, height: options.height ?? 900 },
      acceptDownloads: true,
    });
    // A system's file dialog can't be driven: without it the page offers a download, as in browsers that lack it.
    await context.addInitScript(() => {
      delete (window as { showSaveFilePicker?: unknown }).showSaveFilePicker;
    });
    const foreignRequests: string[] = [];
    await context.route(
      (url) => url.origin !== origin && /^(https?|wss?):$/.test(url.protocol),
      async (route) => {
        foreignRequests.push(route.request().url());
        await route.abort();
      },
    );
    // The first listener switches the browser's own chooser off, which may come later than the key that asks for it.
    context.on('page', (opening) => {
      opening.on('filechooser', () => {});
    });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') {
        problems.push(message.text());
      }
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(origin);
    return {
      page,
      origin,
      problems,
      foreignRequests,
      close: async () => {
        await opened.close();
        await server.close();
      },
    };
  } catch (error) {
    await browser?.close();
    await server.close();
    throw error;
  }
}

/** Opens the page on its start screen: by itself it would reopen what was open last. */
export async function openStart({ page, origin }: AppPage): Promise<void> {
  await page.evaluate(() => {
    sessionStorage.setItem('deltacut.project', '');
  });
  await page.goto(origin);
}

/** Drops a file of the app's own origin on the page, as a person would from a file manager. */
export async function dropFile(page: Page, url: string, name: string, type: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    async ([address, fileName, mime]) => {
      const blob = await (await fetch(address)).blob();
      const data = new DataTransfer();
      data.items.add(new File([blob], fileName, { type: mime }));
      return data;
    },
    [url, name, type] as const,
  );
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('body', kind, { dataTransfer: transfer });
  }
}

export type DroppedFile = { readonly name: string; readonly type: string; readonly base64: string };

/** The same, for files that a test has made. */
export async function dropBytes(page: Page, files: readonly DroppedFile[]): Promise<void> {
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const { name, type, base64 } of list) {
      const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([content], name, { type }));
    }
    return data;
  }, files);
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('body', kind, { dataTransfer: transfer });
  }
}

/** Exports through the dialog and waits for the file; `container` is the label of the format. */
export async function exportAs(page: Page, container: 'MP4' | 'WebM'): Promise<Download> {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('radio', { name: container }).click({ force: true });
  await page.getByRole('button', { name: 'Export and download' }).click();
  return await page.waitForEvent('download', { timeout: 170_000 });
}
