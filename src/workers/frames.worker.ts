import { expose } from 'comlink';
import { AppError } from '../base/error.ts';
import type { ClipReader } from '../media/clip-reader.ts';
import { openClip } from '../media/open-clip.ts';
import type { FramesService } from '../protocol/frames.ts';
import { toRemote } from '../protocol/remote.ts';

let clip: ClipReader | null = null;

const service: FramesService = {
  open: async (file) => {
    clip?.dispose();
    clip = null;
    clip = await openClip(file);
    const { width, height } = clip.info;
    return { width, height, times: [...clip.times] };
  },
  read: async (index) => {
    if (clip === null) {
      throw new AppError('internal/assert', 'no clip is open');
    }
    return (await clip.frame(index)).picture;
  },
};
expose(toRemote(service));
