import { createRequire } from 'node:module';
import type opencv from '@techstark/opencv-js';

export type OpenCv = typeof opencv;

type Loading = OpenCv & {
  /** There until the library is ready, and it resolves to the library itself: to await that would never end. */
  then?: unknown;
  onRuntimeInitialized?: () => void;
};

let library: OpenCv | null = null;

/** OpenCV, ready to use: for tests and benchmarks, never in the app. Loaded once per process (about 0.2 s). */
export async function withOpenCv<T>(use: (opencv: OpenCv) => T): Promise<T> {
  if (library === null) {
    // `import` hands a module that is a promise of itself to code that awaits it; `require` does not.
    const loading = createRequire(import.meta.url)('@techstark/opencv-js') as Loading;
    await new Promise<void>((resolve) => {
      if (typeof loading.Mat === 'function') {
        resolve();
      } else {
        loading.onRuntimeInitialized = resolve;
      }
    });
    delete loading.then;
    library = loading;
  }
  return use(library);
}
