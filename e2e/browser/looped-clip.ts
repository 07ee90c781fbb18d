import {
  BlobSource,
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';
import { must } from '../../src/base/assert.ts';
import { makeClip } from './make-clip.ts';

const LOOP_SECONDS = 2;
const FRAME_RATE = 24;

/** An MP4 of `seconds` (a multiple of 2) at 24 frames per second: two generated seconds, their packets repeated. Base64. */
export async function makeLoopedClip(seconds: number): Promise<string> {
  const frames = LOOP_SECONDS * FRAME_RATE;
  const loop = await makeClip({ width: 192, height: 128, frames, frameRate: FRAME_RATE });
  const input = new Input({ source: new BlobSource(loop), formats: [MP4] });
  const track = must((await input.getPrimaryVideoTrack()) ?? undefined, 'a video track');
  const decoderConfig = must((await track.getDecoderConfig()) ?? undefined, 'a decoder config');
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const source = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(source, { frameRate: FRAME_RATE });
  await output.start();
  for (let from = 0; from < seconds; from += LOOP_SECONDS) {
    for await (const packet of new EncodedPacketSink(track).packets()) {
      const moved = packet.clone({ timestamp: packet.timestamp + from });
      await source.add(moved, { decoderConfig });
    }
  }
  await output.finalize();
  input.dispose();
  return toBase64(new Uint8Array(must(target.buffer ?? undefined, 'a file')));
}

/** In pieces that fit an argument list. */
function toBase64(bytes: Uint8Array): string {
  const PIECE = 0x8000;
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCodePoint(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}
