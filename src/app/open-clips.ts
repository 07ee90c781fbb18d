import type { PreviewedClip } from '../protocol/preview.ts';
import type { PreviewClient } from './preview-client.ts';

/** Opens files in the viewer in place of all that are open, in order; those of one clip come back as they were asked for. */
export async function openAll(
  preview: Pick<PreviewClient, 'open' | 'add'>,
  clips: readonly { readonly file: File }[],
  signal: AbortSignal,
): Promise<readonly PreviewedClip[]> {
  const opened: PreviewedClip[] = [];
  for (const { file } of clips) {
    const isFirst = opened.length === 0;
    opened.push(await (isFirst ? preview.open(file, signal) : preview.add(file, signal)));
  }
  return opened;
}
