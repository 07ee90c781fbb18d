import type { App } from '../app.ts';
import { leadingClip } from '../sequence.ts';
import { panBy, viewSizes, WHOLE_PICTURE, zoomBy, type ViewSizes } from '../view-zoom.ts';

/** Null while there is no picture, or no room for one. */
function sizesOf(app: App): ViewSizes | null {
  const { stage, clips, clip } = app.session.getState();
  const project = app.project.current;
  const info = (project === null ? undefined : leadingClip(project, clips))?.info ?? clip?.info;
  return stage === null || stage.width <= 0 || stage.height <= 0 || info === undefined
    ? null
    : viewSizes(stage, info.width / info.height);
}

/** Closer (above 1) or farther; `at` stays in place: pixels from the middle of the stage, by default that itself. */
export function zoomView(
  app: App,
  factor: number,
  at?: { readonly x: number; readonly y: number },
): void {
  const sizes = sizesOf(app);
  if (sizes !== null) {
    app.session.setState(({ view }) => ({ view: zoomBy(view, factor, sizes, at) }));
  }
}

/** Moves the picture by pixels of the page. */
export function panView(app: App, x: number, y: number): void {
  const sizes = sizesOf(app);
  if (sizes !== null) {
    app.session.setState(({ view }) => ({ view: panBy(view, { x, y }, sizes) }));
  }
}

/** All of the picture, as large as fits. */
export function showWholePicture(app: App): void {
  app.session.setState({ view: WHOLE_PICTURE });
}

/** The room for the picture has another size. */
export function setStage(app: App, width: number, height: number): void {
  app.session.setState({ stage: { width, height } });
  panView(app, 0, 0);
}
