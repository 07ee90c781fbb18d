/**
 * Focuses the dialog when what had the focus is gone or disabled with its next state: Escape and Tab would reach nothing.
 * What is removed loses it at once, a disabled button at the end of the frame.
 */
export function keepFocus(dialog: HTMLElement | null): (() => void) | undefined {
  if (dialog === null) {
    return undefined;
  }
  const check = () => {
    if (document.activeElement === document.body && dialog.isConnected) {
      dialog.focus();
    }
  };
  const observer = new MutationObserver(() => {
    check();
    requestAnimationFrame(() => setTimeout(check));
  });
  observer.observe(dialog, { childList: true, subtree: true, attributeFilter: ['disabled'] });
  return () => {
    observer.disconnect();
  };
}
