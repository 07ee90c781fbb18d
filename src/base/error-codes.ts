/**
 * Every failure a person can meet, with the sentence they read. `{detail}` is replaced by the numbers of the case.
 * Codes are stable: scripts and saved logs may depend on them, so a code is never renamed or reused.
 */
export const ERROR_SENTENCES = {
  'media/not-a-video': 'This file is not a video that can be read. {detail}',
  'media/empty-file': 'This file is empty (0 bytes). Choose another file.',
  'media/no-video-track': 'This file has no picture, only other tracks. Choose a file with video.',
  'media/unsupported-codec': 'This video uses a codec that can’t be decoded here. {detail}',
  'media/damaged': 'This video is damaged and no complete frame could be read. {detail}',
  'media/other-file': 'This is another file than the one that this project was made with. {detail}',
  'media/missing-clip': 'The file of a clip is missing. {detail}',
  'media/encrypted': 'This video is encrypted (DRM) and can’t be opened.',
  'media/no-encoder': 'This browser can’t encode video at this size. {detail}',
  'media/decode-failed': 'A frame could not be decoded. {detail}',
  'media/encode-failed': 'The export could not be encoded. {detail}',
  'media/fallback-failed': 'The slower decoder could not read this file either. {detail}',
  'model/not-found':
    'The model package is missing or incomplete: choose another one, or import it again. {detail}',
  'model/bad-manifest': 'The model package can’t be read: import the model again. {detail}',
  'model/hash-mismatch':
    'A model file is damaged: its checksum is wrong. Reload the page, or import the model again. {detail}',
  'model/unsupported': 'This model’s layout is not supported. {detail}',
  'model/bad-checkpoint': 'The checkpoint can’t be read. {detail}',
  'model/pickle-refused':
    'Pickle files (.bin, .ckpt, .pt) can run code and are never opened. Use safetensors. {detail}',
  'model/too-large-for-runtime': 'This model does not fit the memory of this runtime. {detail}',
  'model/unknown-edit': '{detail}',
  'gpu/unavailable': 'No usable GPU was found. {detail}',
  'gpu/device-lost':
    'The GPU stopped working (driver reset or too little memory). Try again, with a smaller size if it stops once more. {detail}',
  'gpu/out-of-memory': 'The GPU ran out of memory. Try a smaller size. {detail}',
  'gpu/validation':
    'A GPU command was rejected, by a fault of Deltacut or of the driver: the processor as runtime may do. {detail}',
  'engine/bad-output':
    'The model produced an invalid picture, which was not kept: try another seed or size. {detail}',
  'engine/crashed':
    'The engine stopped unexpectedly. Finished frames are kept; run the edit again to continue. {detail}',
  'engine/run-failed':
    'The model could not be run. Try again, with a smaller size if it fails once more. {detail}',
  'job/cancelled': 'Cancelled. Finished frames are kept.',
  'prompt/empty': 'The prompt is empty. Say what should change, for example “make it night”.',
  'edit/empty-span': 'The chosen span holds no frame: choose a longer one. {detail}',
  'edit/bad-setting': 'A setting is out of range. {detail}',
  'edit/below-missing': 'An edit below this one is not finished. {detail}',
  'sequence/last-piece': 'A project needs at least one piece: the last one can’t be deleted.',
  'sequence/empty-piece': 'A piece must keep at least one frame. {detail}',
  'store/quota':
    'The disk space the browser allows is used up. Free some space and try again. {detail}',
  'store/damaged': 'A stored file is damaged and was left out. {detail}',
  'store/locked': 'This project is open in another tab. {detail}',
  'store/failed': 'The browser’s storage failed. Reload the page and try again. {detail}',
  'project/invalid': 'The project file can’t be read. {detail}',
  'project/foreign': 'This is not a Deltacut project. Choose a file that ends in .deltacut.',
  'project/damaged':
    'This project file is damaged, and nothing of it was imported. Copy it again from where it came from. {detail}',
  'project/newer':
    'This project was made with a newer Deltacut. Reload this page to get the newest one, then try again. {detail}',
  'browser/unsupported': 'This browser can’t run Deltacut. {detail}',
  'evaluate/mismatch': 'The two can’t be compared frame by frame. {detail}',
  'evaluate/no-motion':
    'The source’s motion can’t be followed, so there is no warp error. {detail}',
  'cli/usage': '{detail}',
  'cli/output': 'The output can’t be written. {detail}',
  'internal/assert':
    'Something went wrong inside Deltacut, and that is its own fault. Reload the page to go on. {detail}',
} as const;

export type ErrorCode = keyof typeof ERROR_SENTENCES;
