import { EncodedPacketSink, type InputVideoTrack } from 'mediabunny';
import { checkAborted } from '../base/abort.ts';
import { firstNotBefore } from '../base/sorted.ts';
import { toMicroseconds, type Microseconds } from '../base/units.ts';
import { isShownPacket } from './shown-packet.ts';

/** Every shown frame of a track, read from its packets and not from its headers, which lie. */
export type FrameTable = {
  /** Microseconds from the first shown frame, strictly ascending. */
  readonly times: Float64Array<ArrayBuffer>;
  /** The same frames on the file's own clock, in seconds. */
  readonly stamps: Float64Array<ArrayBuffer>;
  /** Duration of the last frame. */
  readonly lastDuration: Microseconds;
  /** Stamps of key packets in ascending order; those before the first shown frame are included. */
  readonly keyStamps: readonly number[];
  /** The time stamps that a decoder is given with them, in whole microseconds, ascending. */
  readonly chunkTimes: Float64Array<ArrayBuffer>;
  /** Whether several frames claim one and the same time, so that a time doesn't name a frame. */
  readonly hasEqualStamps: boolean;
  readonly packetBytes: number;
  /** Packets that are decoded and never shown: alternate reference frames, frames before an edit list's start. */
  readonly hiddenPackets: number;
};

/** What one packet adds to the table. `shown` is false for packets that only other frames refer to. */
export type PacketFact = {
  readonly stamp: number;
  readonly duration: number;
  readonly chunkTime: number;
  readonly key: boolean;
  readonly shown: boolean;
  readonly bytes: number;
};

/** For files that say nothing about time. */
const UNKNOWN_FRAME_DURATION: Microseconds = 40_000;

export async function scanFrames(
  track: InputVideoTrack,
  options: { signal?: AbortSignal | undefined; onFrames?: ((count: number) => void) | undefined },
): Promise<FrameTable> {
  const codec = await track.getCodec();
  // Only VP8 and VP9 keep hidden frames in packets of their own, and only the packet's first bytes tell.
  const readsData = codec === 'vp8' || codec === 'vp9';
  const facts: PacketFact[] = [];
  const sink = new EncodedPacketSink(track);
  for await (const packet of sink.packets(undefined, undefined, { metadataOnly: !readsData })) {
    facts.push({
      stamp: packet.timestamp,
      duration: packet.duration,
      chunkTime: packet.microsecondTimestamp,
      key: packet.type === 'key',
      shown: !readsData || isShownPacket(codec, packet.data),
      bytes: packet.byteLength,
    });
    if ((facts.length & 255) === 0) {
      checkAborted(options.signal);
      options.onFrames?.(facts.length);
    }
  }
  return buildFrameTable(facts, await track.getTimeResolution());
}

/** Sorts packets into shown frames. `ticksPerSecond` is the track's clock. */
export function buildFrameTable(facts: readonly PacketFact[], ticksPerSecond: number): FrameTable {
  const halfTick = 0.5 / ticksPerSecond;
  const candidates = facts.filter((fact) => fact.shown);
  // A negative stamp lies before the start of the edit list: decoded, because others refer to it, but not shown.
  const inEdit = candidates.filter((fact) => fact.stamp >= -halfTick);
  const sorted = (inEdit.length > 0 ? inEdit : candidates).toSorted((a, b) => a.stamp - b.stamp);
  const origin = sorted[0]?.stamp ?? 0;
  const stamps = sorted.map((fact) => fact.stamp);
  const stated = sorted[sorted.length - 1]?.duration ?? 0;
  const times = spreadEqualTimes(
    stamps.map((stamp) => toMicroseconds(stamp - origin)),
    stated,
  );
  return {
    times: Float64Array.from(times),
    stamps: Float64Array.from(stamps),
    lastDuration: lastDuration(times, stated),
    keyStamps: facts
      .filter((fact) => fact.key)
      .map((fact) => fact.stamp)
      .sort((a, b) => a - b),
    chunkTimes: Float64Array.from(sorted, (fact) => fact.chunkTime),
    hasEqualStamps: stamps.some((stamp, index) => index > 0 && stamp === stamps[index - 1]),
    packetBytes: facts.reduce((sum, fact) => sum + fact.bytes, 0),
    hiddenPackets: facts.length - times.length,
  };
}

/** Frames that claim one and the same time share the stretch until the next time, so that times ascend. */
function spreadEqualTimes(sorted: readonly Microseconds[], lastStated: number): Microseconds[] {
  const times = [...sorted];
  const count = times.length;
  for (let from = 0; from < count;) {
    const start = sorted[from] ?? 0;
    let to = from + 1;
    while (to < count && (sorted[to] ?? 0) <= start) {
      to++;
    }
    if (to - from > 1) {
      const frameLength = lastStated > 0 ? toMicroseconds(lastStated) : UNKNOWN_FRAME_DURATION;
      const stretch = to < count ? (sorted[to] ?? 0) - start : frameLength * (to - from);
      for (let i = from + 1; i < to; i++) {
        times[i] = start + Math.round((stretch * (i - from)) / (to - from));
      }
    }
    from = to;
  }
  // Stretches of less than a microsecond per frame leave no room: the last word is that times ascend.
  for (let i = 1; i < count; i++) {
    times[i] = Math.max(times[i] ?? 0, (times[i - 1] ?? 0) + 1);
  }
  return times;
}

/** What the file says if it says something, else the mean gap, else 1/25 s. */
function lastDuration(times: readonly number[], stated: number): Microseconds {
  if (stated > 0) {
    return Math.max(1, toMicroseconds(stated));
  }
  const end = times[times.length - 1] ?? 0;
  return times.length > 1
    ? Math.max(1, Math.round(end / (times.length - 1)))
    : UNKNOWN_FRAME_DURATION;
}

/** The last key stamp at or before `stamp`, or the first one of all. */
export function keyStampBefore(table: FrameTable, stamp: number): number {
  return table.keyStamps.findLast((key) => key <= stamp + 1e-9) ?? table.keyStamps[0] ?? stamp;
}

/** The frame of a decoder's time stamp, the last one of several; undefined where it is none that is shown. */
export function frameOfChunkTime({ chunkTimes }: FrameTable, time: number): number | undefined {
  const index = firstNotBefore(chunkTimes, time + 1) - 1;
  return chunkTimes[index] === time ? index : undefined;
}

/** The frames of `table` whose number is in `kept`, renumbered; times start at 0 again. */
export function keepFrames(table: FrameTable, kept: ReadonlySet<number>): FrameTable {
  const old = [...table.times.keys()].filter((index) => kept.has(index));
  const origin = table.times[old[0] ?? 0] ?? 0;
  return {
    ...table,
    times: Float64Array.from(old, (index) => (table.times[index] ?? 0) - origin),
    stamps: Float64Array.from(old, (index) => table.stamps[index] ?? 0),
    chunkTimes: Float64Array.from(old, (index) => table.chunkTimes[index] ?? 0),
    hiddenPackets: table.hiddenPackets + table.times.length - old.length,
  };
}

/** Mean frames per second, and whether gaps differ by more than a rounding of the container's clock explains. */
export function describeRate(
  times: Float64Array,
  lastFrameDuration: Microseconds,
  ticksPerSecond: number,
): { frameRate: number; variableRate: boolean } {
  const count = times.length;
  const end = times[count - 1] ?? 0;
  const span = count > 1 ? (end * count) / (count - 1) : lastFrameDuration;
  let shortest = Infinity;
  let longest = 0;
  for (let i = 1; i < count; i++) {
    const gap = (times[i] ?? 0) - (times[i - 1] ?? 0);
    shortest = Math.min(shortest, gap);
    longest = Math.max(longest, gap);
  }
  // Files that were made from WebM carry times in whole milliseconds, whatever their own clock.
  const slack = 2 + Math.max(1010, 1.01e6 / ticksPerSecond);
  return { frameRate: (count * 1e6) / Math.max(1, span), variableRate: longest - shortest > slack };
}
