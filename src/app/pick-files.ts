/** Asks the browser for files; none where the person thought better of it. Needs a click or a key a moment before. */
export function pickFiles(
  accept: readonly string[],
  { several }: { readonly several: boolean },
): Promise<readonly File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = accept.join();
  input.multiple = several;
  return new Promise((resolve) => {
    input.addEventListener('change', () => {
      resolve([...(input.files ?? [])]);
    });
    input.addEventListener('cancel', () => {
      resolve([]);
    });
    input.click();
  });
}
