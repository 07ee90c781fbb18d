import { describe, expect, it } from 'vitest';
import type { AppError } from '../../base/error.ts';
import { checkpointRoot, pickedCheckpoint, pickedSource } from './picked-files.ts';

function file(text: string) {
  return Object.assign(new Blob([text]), { lastModified: 5 });
}

describe('a picked folder', () => {
  it.each([
    [['sd/unet/config.json', 'sd/vae/config.json'], 'sd/'],
    [['unet/config.json', 'vae/config.json'], ''],
    [['all/a/sd/unet/config.json', 'all/readme.md'], 'all/a/sd/'],
    [['m/lora/unet/config.json', 'm/unet/config.json'], 'm/'],
    [['m/model.ckpt', 'm/readme.md'], 'm/'],
    [['model.ckpt', 'm/readme.md'], ''],
    [[], ''],
  ])('with %j begins at “%s”', (paths, root) => {
    expect(checkpointRoot(paths)).toBe(root);
  });

  it('lists the files directly in a folder and reads them in ranges', async () => {
    const source = pickedCheckpoint([
      { path: 'sd/model_index.json', file: file('{}') },
      { path: 'sd/unet/config.json', file: file('0123456789') },
      { path: 'sd/unet/deeper/x.json', file: file('') },
      { path: 'other.txt', file: file('') },
    ]);
    expect(await source.list('unet')).toEqual(['unet/config.json']);
    expect(await source.list('')).toEqual(['model_index.json']);
    const config = await source.open('unet/config.json');
    expect(config).toMatchObject({ name: 'unet/config.json', bytes: 10, version: '5' });
    expect(new TextDecoder().decode(await config?.read(3, 4))).toBe('3456');
    expect(await source.open('other.txt')).toBeUndefined();
  });

  it('says which file the disk no longer gives', async () => {
    const gone = {
      size: 9,
      lastModified: 1,
      slice: () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }),
    };
    const error = await pickedSource('vae/x.safetensors', gone)
      .read(0, 4)
      .catch((thrown: unknown) => thrown as AppError);
    expect(error).toMatchObject({ code: 'model/bad-checkpoint' });
    expect((error as AppError).message).toContain('vae/x.safetensors can’t be read any more');
  });
});
