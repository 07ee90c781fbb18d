import type { Page } from 'playwright-core';

/** Notes every call that the page makes into its engine worker from the next load on; the model runs nowhere else. */
export async function recordEngineCalls(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const calls: string[] = [];
    Object.assign(window, { engineCalls: calls });
    window.Worker = class extends Worker {
      readonly #isEngine: boolean;

      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.#isEngine = options?.name === 'engine';
      }

      override postMessage(
        message: unknown,
        options?: StructuredSerializeOptions | Transferable[],
      ) {
        const path = (message as { path?: unknown } | null)?.path;
        if (this.#isEngine && Array.isArray(path)) {
          calls.push(path.join('.'));
        }
        super.postMessage(message, options as StructuredSerializeOptions);
      }
    };
  });
}

/** How often a method of the engine was called since the page was loaded. */
export async function engineCalls(page: Page, method: string): Promise<number> {
  const calls = await page.evaluate(
    () => (window as unknown as { engineCalls: readonly string[] }).engineCalls,
  );
  return calls.filter((path) => path === method).length;
}

/** All finished pictures on the browser's disk, with the time each was written. */
export async function storedPictures(page: Page): Promise<Record<string, number>> {
  return await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const pictures = await root.getDirectoryHandle('pictures');
    const found: Record<string, number> = {};
    for await (const [recipe, folder] of pictures.entries()) {
      if (folder instanceof FileSystemDirectoryHandle) {
        for await (const [name, file] of folder.entries()) {
          if (file instanceof FileSystemFileHandle) {
            found[`${recipe}/${name}`] = (await file.getFile()).lastModified;
          }
        }
      }
    }
    return found;
  });
}
