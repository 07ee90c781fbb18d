import { describe, expect, it } from 'vitest';
import { parsePacket, parseProbe } from './probe.ts';

function probeOf(stream: Record<string, unknown>) {
  const video = { index: 0, codec_type: 'video', codec_name: 'hevc', width: 64, height: 32 };
  return parseProbe(JSON.stringify({ streams: [{ ...video, ...stream }], format: {} }));
}

function matrix(...rows: string[]): Record<string, unknown> {
  const text = rows.map((row, i) => `0000000${i}: ${row}`).join('\n');
  return { side_data_list: [{ displaymatrix: `\n${text}\n` }] };
}

describe('parseProbe', () => {
  it('turns and mirrors by the display matrix', () => {
    const cases: [string, string, 0 | 90 | 180 | 270, boolean][] = [
      ['65536 0 0', '0 65536 0', 0, false],
      ['0 65536 0', '-65536 0 0', 90, false],
      ['-65536 0 0', '0 -65536 0', 180, false],
      ['0 -65536 0', '65536 0 0', 270, false],
      ['0 65536 0', '65536 0 0', 90, true],
      ['-65536 0 0', '0 65536 0', 0, true],
      ['46341 46341 0', '-46341 46341 0', 0, false],
    ];
    for (const [first, second, rotation, flip] of cases) {
      const probe = probeOf(matrix(first, second, '0 0 1073741824'));
      expect(probe.video?.orientation).toEqual({ rotation, flip });
      expect(probe.video?.width).toBe(rotation % 180 === 0 ? 64 : 32);
    }
  });

  it('applies the pixel aspect to the width', () => {
    expect(probeOf({ sample_aspect_ratio: '2:1' }).video).toMatchObject({ width: 128, height: 32 });
    expect(probeOf({ sample_aspect_ratio: '0:1' }).video).toMatchObject({ width: 64, height: 32 });
  });

  it('does not take a cover picture for a video, nor an unknown codec for a known one', () => {
    expect(probeOf({ disposition: { attached_pic: 1 } })).toMatchObject({
      video: null,
      streamCount: 1,
    });
    expect(probeOf({ codec_name: 'none' }).video?.codec).toBeNull();
    expect(parseProbe('nothing useful')).toMatchObject({ video: null, streamCount: 0 });
  });
});

describe('parsePacket', () => {
  it('reads times and flags, and knows missing ones', () => {
    expect(parsePacket('pts_time=1.5,dts_time=1.4,duration_time=0.04,flags=K_')).toEqual({
      pts: 1.5,
      duration: 0.04,
      key: true,
      discarded: false,
    });
    const bare = parsePacket('pts_time=N/A,dts_time=0.1,duration_time=N/A,flags=_D');
    expect(bare).toMatchObject({ pts: Number.NaN, duration: 0, key: false, discarded: true });
    expect(parsePacket('')).toBeNull();
  });
});
