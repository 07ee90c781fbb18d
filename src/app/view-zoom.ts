import type { Size } from '../base/units.ts';

/** How closely the picture is looked at. */
export type ViewZoom = {
  /** 1: as large as fits. */
  readonly zoom: number;
  /** How far its middle lies right of and below the middle of the stage, in parts of its own width and height. */
  readonly x: number;
  readonly y: number;
};

export const WHOLE_PICTURE: ViewZoom = { zoom: 1, x: 0, y: 0 };

export const MOST_VIEW_ZOOM = 16;

/** The room for the picture and the size that fits it, in pixels of the page. */
export type ViewSizes = { readonly stage: Size; readonly fit: Size };

/** A place on the stage, in pixels from its middle. */
type Place = { readonly x: number; readonly y: number };

const MIDDLE: Place = { x: 0, y: 0 };

/** The largest size of this shape that the stage has room for. */
export function viewSizes(stage: Size, aspect: number): ViewSizes {
  const width = Math.min(stage.width, stage.height * aspect);
  return { stage, fit: { width, height: width / aspect } };
}

/** Closer or farther by a factor; what lies at `at` stays there as far as the picture's edges allow. */
export function zoomBy(view: ViewZoom, factor: number, sizes: ViewSizes, at = MIDDLE): ViewZoom {
  const zoom = Math.min(MOST_VIEW_ZOOM, Math.max(1, view.zoom * factor));
  const along = (offset: number, fit: number, place: number): number => {
    const part = (place - offset * fit * view.zoom) / (fit * view.zoom);
    return (place - part * fit * zoom) / (fit * zoom);
  };
  return held(
    {
      zoom,
      x: along(view.x, sizes.fit.width, at.x),
      y: along(view.y, sizes.fit.height, at.y),
    },
    sizes,
  );
}

/** The picture moved by pixels of the page. */
export function panBy(view: ViewZoom, by: Place, sizes: ViewSizes): ViewZoom {
  const { width, height } = sizes.fit;
  const x = view.x + by.x / (width * view.zoom);
  const y = view.y + by.y / (height * view.zoom);
  return held({ ...view, x, y }, sizes);
}

/** Edges of the picture come no farther in than those of the stage; where it is smaller it stands in the middle. */
function held({ zoom, x, y }: ViewZoom, { stage, fit }: ViewSizes): ViewZoom {
  const hold = (offset: number, room: number, size: number): number => {
    const most = Math.max(0, (1 - room / (size * zoom)) / 2);
    return Math.min(most, Math.max(-most, offset)) + 0;
  };
  return { zoom, x: hold(x, stage.width, fit.width), y: hold(y, stage.height, fit.height) };
}
