import type * as Zip from '@zip.js/zip.js';

/** The zip library, fetched when it is first needed. Everything happens in this thread: entries are not compressed. */
export async function loadZip(): Promise<typeof Zip> {
  const zip: typeof Zip = await import('@zip.js/zip.js/lib/zip-core-native.js');
  zip.configure({ useWebWorkers: false });
  return zip;
}
