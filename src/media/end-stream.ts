/** Ends a stream that nobody reads on; a decoder that breaks on its way out is nobody's trouble any more. */
export function endStream(stream: AsyncIterator<unknown>): void {
  void stream.return?.(undefined).catch(() => undefined);
}
