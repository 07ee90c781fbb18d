import { openBlobStore } from '../../src/store/blob-store.ts';

/** Writes a package to the origin's storage, as an import leaves it. `files`: path and base64, the manifest last. */
export async function storePackage(
  id: string,
  files: readonly (readonly [path: string, base64: string])[],
): Promise<void> {
  const blobs = await openBlobStore();
  for (const [path, base64] of files) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
    await blobs.put(`models/${id}/${path}`, bytes);
  }
}
