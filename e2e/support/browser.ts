import { fileURLToPath } from 'node:url';
import type { Browser, ConsoleMessage, Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { launchChrome } from '../../scripts/chrome.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A page of the dev server with no UI, in which the modules of e2e/browser/ run. */
export interface Harness {
  readonly page: Page;
  readonly origin: string;
  /** Imports `module` (path from the repository root) in the page and calls its exported function with JSON arguments. */
  call<T>(module: string, name: string, ...args: unknown[]): Promise<T>;
  /** Gives the page a real file from disk; modules read it with `harnessFile(name)` of e2e/browser/files.ts. */
  provideFile(path: string): Promise<string>;
  /** Console errors and page errors so far. */
  readonly problems: string[];
  close(): Promise<void>;
}

export async function startDevServer(): Promise<{ server: ViteDevServer; origin: string }> {
  const server = await createServer({
    root: ROOT,
    configFile: `${ROOT}/vite.config.ts`,
    logLevel: 'error',
    // One cache per process: two servers that share one invalidate each other's modules.
    cacheDir: `${ROOT}/node_modules/.cache/vite-${process.pid}`,
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (address === null || address === undefined || typeof address === 'string') {
    throw new Error('the dev server has no address');
  }
  return { server, origin: `http://127.0.0.1:${address.port}` };
}

export async function openHarness(): Promise<Harness> {
  const { server, origin } = await startDevServer();
  let browser: Browser | null = null;
  try {
    browser = await launchChrome();
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('console', (message: ConsoleMessage) => {
      if (message.type() === 'error') {
        problems.push(message.text());
      }
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    // The dev server prepares its dependencies first: long on a busy machine.
    await page.goto(`${origin}/e2e/harness.html`, { timeout: 120_000 });
    const opened = browser;
    return {
      page,
      origin,
      problems,
      call: async <T>(module: string, name: string, ...args: unknown[]) =>
        // A string, not a function: the test runner rewrites `import()` in functions to a helper the page lacks.
        (await page.evaluate(
          `import(${JSON.stringify(`/${module}`)}).then((module) => {
            const target = module[${JSON.stringify(name)}];
            if (target === undefined) {
              throw new Error(${JSON.stringify(`${module} exports no ${name}`)});
            }
            return target(...${JSON.stringify(args)});
          })`,
        )) as T,
      provideFile: async (path) => {
        const name = path.split('/').at(-1) ?? path;
        await page.evaluate((id) => {
          if (document.getElementById(`file-${id}`) !== null) {
            return;
          }
          const input = document.createElement('input');
          input.type = 'file';
          input.id = `file-${id}`;
          document.body.append(input);
        }, name);
        await page.setInputFiles(`[id="file-${name}"]`, path);
        return name;
      },
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
