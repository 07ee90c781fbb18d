/** The file that the test gave the page with `provideFile`: a real one from disk, not copied into memory. */
export function harnessFile(name: string): File {
  const input = document.getElementById(`file-${name}`);
  const file = input instanceof HTMLInputElement ? input.files?.[0] : undefined;
  if (file === undefined) {
    throw new Error(`the test provided no file ${name}`);
  }
  return file;
}
