/** A picture or a map in planes, [channels, height, width], row by row; pictures are RGB in [0, 1]. */
export type Planes = {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
};

export type Rgb = readonly [number, number, number];

export function emptyPlanes(channels: number, { height, width }: Planes): Planes {
  return { channels, height, width, data: new Float32Array(channels * height * width) };
}

/** One value from the values of the same place and channel; a single channel serves all channels of the first. */
export function zip(
  first: Planes,
  [second, third]: readonly [Planes, Planes?],
  make: (value: number, other: number, another: number) => number,
): Planes {
  const area = first.height * first.width;
  const out = emptyPlanes(first.channels, first);
  for (let channel = 0; channel < first.channels; channel++) {
    const start = channel * area;
    const a = first.data.subarray(start, start + area);
    const b = channelData(second, channel);
    const c = third === undefined ? b : channelData(third, channel);
    for (let i = 0; i < area; i++) {
      out.data[start + i] = make(a[i] ?? 0, b[i] ?? 0, c[i] ?? 0);
    }
  }
  return out;
}

function channelData({ channels, height, width, data }: Planes, channel: number): Float32Array {
  const area = height * width;
  return channels === 1 ? data : data.subarray(channel * area, (channel + 1) * area);
}

export function map(image: Planes, make: (value: number) => number): Planes {
  return { ...image, data: image.data.map(make) };
}

/** Three channels from one or three: `make` gets each value and the colour's part of its channel. */
export function withColour(
  image: Planes,
  colour: Rgb,
  make: (value: number, part: number) => number = (value, part) => value * part,
): Planes {
  const area = image.height * image.width;
  const out = emptyPlanes(3, image);
  colour.forEach((part, channel) => {
    const from = image.channels === 1 ? 0 : channel * area;
    for (let i = 0; i < area; i++) {
      out.data[channel * area + i] = make(image.data[from + i] ?? 0, part);
    }
  });
  return out;
}

export function grey(level: Planes): Planes {
  return withColour(level, [1, 1, 1]);
}

export function channelOf(image: Planes, channel: number): Planes {
  return { ...image, channels: 1, data: channelData(image, channel) };
}

export function stack(parts: readonly [Planes, ...Planes[]]): Planes {
  const [first] = parts;
  const out = emptyPlanes(
    parts.reduce((sum, part) => sum + part.channels, 0),
    first,
  );
  let at = 0;
  for (const part of parts) {
    out.data.set(part.data, at);
    at += part.data.length;
  }
  return out;
}

export function clamp(value: number, low = 0, high = 1): number {
  return value < low ? low : value > high ? high : value;
}
