import { AppError } from '../base/error.ts';
import type { Picture } from '../protocol/media.ts';
import { openBlobStore, type BlobStore } from './blob-store.ts';
import { decodePicture, encodePicture } from './picture-codec.ts';

const FOLDER = 'pictures';
const SUFFIX = '.picture';

/**
 * Finished pictures at model size, under the hash of the recipe that made them and their frame number within the clip.
 * Several workers may use it at once: a name always means the same pixels, and files appear whole.
 */
export interface PictureStore {
  put(recipe: string, frame: number, picture: Picture): Promise<void>;
  /** null if missing. A damaged file counts as missing: it is removed, so that a job makes it again, and reported. */
  get(recipe: string, frame: number): Promise<Picture | null>;
  has(recipe: string, frame: number): Promise<boolean>;
  /** Frame numbers that are stored. */
  frames(recipe: string): Promise<Set<number>>;
  /** Hashes that there are pictures under. */
  recipes(): Promise<string[]>;
  /** Removes all pictures of a recipe. */
  remove(recipe: string): Promise<void>;
}

export type PictureStoreOptions = {
  /** Told of each damaged file (`store/damaged`) as it is found. */
  readonly onDamaged?: (error: AppError) => void;
};

/** Opens the store in `root` (the origin's file system by default). */
export async function openPictureStore(
  root?: FileSystemDirectoryHandle,
  options: PictureStoreOptions = {},
): Promise<PictureStore> {
  return createPictureStore(await openBlobStore(root), options);
}

/** The picture store over any blob store. */
export function createPictureStore(
  blobs: BlobStore,
  options: PictureStoreOptions = {},
): PictureStore {
  return {
    async put(recipe, frame, picture) {
      await blobs.put(nameOf(recipe, frame), encodePicture(picture));
    },
    async get(recipe, frame) {
      const name = nameOf(recipe, frame);
      const bytes = await blobs.get(name);
      if (!bytes) {
        return null;
      }
      try {
        return await decodePicture(bytes);
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'store/damaged')) {
          throw error;
        }
        options.onDamaged?.(
          new AppError('store/damaged', `${name}: ${error.detail}`, { cause: error }),
        );
        await blobs.remove(name);
        return null;
      }
    },
    has: (recipe, frame) => blobs.has(nameOf(recipe, frame)),
    async frames(recipe) {
      const names = await blobs.list(`${FOLDER}/${recipe}`);
      return new Set(
        names.filter((name) => name.endsWith(SUFFIX)).map((name) => parseInt(name, 10)),
      );
    },
    recipes: () => blobs.folders(FOLDER),
    remove: (recipe) => blobs.remove(`${FOLDER}/${recipe}`),
  };
}

function nameOf(recipe: string, frame: number): string {
  return `${FOLDER}/${recipe}/${frame}${SUFFIX}`;
}

/** Frames that both pictures are stored of: the edit's and the decoded source's. */
export async function finishedFrames(
  pictures: PictureStore,
  { recipe, base }: { readonly recipe: string; readonly base: string },
): Promise<number[]> {
  const [edits, bases] = await Promise.all([pictures.frames(recipe), pictures.frames(base)]);
  return [...edits].filter((frame) => bases.has(frame));
}
