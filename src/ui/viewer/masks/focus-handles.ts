/** After a shape was drawn with keys: they go on with its handles, which are there with the next frame. */
export function focusHandles(): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>('.mask-body')?.focus({ preventScroll: true });
  });
}
