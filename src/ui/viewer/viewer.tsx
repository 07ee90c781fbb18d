import { useEffect, useRef } from 'react';
import { leadingClip } from '../../app/sequence.ts';
import { shownSplit } from '../../app/viewer-link.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { useApp, useOfProject, useProject, useSession } from '../context.ts';
import { MaskBar } from './masks/mask-bar.tsx';
import { MaskOverlay } from './masks/mask-overlay.tsx';
import { SplitHandle } from './split-handle.tsx';
import { useLookCloser } from './use-look-closer.ts';
import './viewer.css';

/**
 * The picture, as large as fits: drawn by the preview worker, with split and mask laid over it. It has the sequence's
 * shape; a clip of another shape stands in its middle, as in the export.
 */
export function Viewer({ clip }: { clip: OpenClip }) {
  const clips = useSession((state) => state.clips);
  const leading = useOfProject((project) => leadingClip(project, clips)) ?? clip;
  const aspect = leading.info.width / leading.info.height;
  const isEmpty = useSession((state) => state.shown === null);
  const view = useSession((state) => state.view);
  const stage = useRef<HTMLDivElement>(null);
  const byHand = useLookCloser(stage);
  return (
    <>
      <MaskBar />
      <div ref={stage} className="stage" {...byHand}>
        <div
          className="picture"
          data-empty={isEmpty || undefined}
          data-closer={view.zoom > 1 || undefined}
          style={{ '--aspect': aspect, '--zoom': view.zoom, '--pan-x': view.x, '--pan-y': view.y }}
        >
          <ViewerCanvas sourceWidth={leading.info.width} />
          <Overlays place={placeWithin(clip.info.width / clip.info.height, aspect)} />
        </div>
      </div>
    </>
  );
}

/** Where the clip's picture is seen, in parts of the whole; null: everywhere. */
function placeWithin(own: number, whole: number): { width: string; height: string } | null {
  const ratio = own / whole;
  if (Math.abs(ratio - 1) < 0.01) {
    return null;
  }
  return {
    width: `${Math.min(1, ratio) * 100}%`,
    height: `${Math.min(1, 1 / ratio) * 100}%`,
  };
}

/** `sourceWidth`: pixels of the sequence's picture. */
function ViewerCanvas({ sourceWidth }: { sourceWidth: number }) {
  const app = useApp();
  const generation = useSession((state) => state.viewerGeneration);
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parent = host.current;
    if (parent === null) {
      return undefined;
    }
    // Made by hand: a canvas goes to the worker for good, so each mounting needs a fresh one.
    const canvas = document.createElement('canvas');
    canvas.className = 'picture__canvas';
    canvas.setAttribute('aria-hidden', 'true');
    parent.append(canvas);
    const attached = app.viewer.attach(canvas);
    const observer = new ResizeObserver(([entry]) => {
      const box = entry?.contentRect;
      if (box !== undefined) {
        const { zoom } = app.session.getState().view;
        const fit = (box.width / zoom) * window.devicePixelRatio;
        // Whoever looks closer gets the pixels that there are, at once: no size in between is drawn.
        const width = zoom === 1 ? fit : Math.max(fit, sourceWidth);
        const height = (width * box.height) / box.width;
        void attached.then(() => app.viewer.resize(Math.round(width), Math.round(height)));
      }
    });
    observer.observe(parent);
    return () => {
      observer.disconnect();
      canvas.remove();
    };
  }, [app, generation, sourceWidth]);
  return <div ref={host} className="picture__host" />;
}

function Overlays({ place }: { place: { width: string; height: string } | null }) {
  const project = useProject();
  const split = useSession((state) => (project === null ? 1 : shownSplit(project, state)));
  const canSplit = useSession((state) => state.compare && !state.sourceOnly);
  const sourceOnly = useSession((state) => state.sourceOnly);
  const shown = useSession((state) => state.shown);
  const isTrial = useSession((state) => state.trial !== null);
  const hasEdits = (project?.edits.some((edit) => edit.enabled) ?? false) || isTrial;
  return (
    <>
      <div className="picture__seen">
        {hasEdits && split > 0.12 ? <span className="tag tag--left">Source</span> : null}
        {hasEdits && split < 0.88 ? (
          <span className="tag tag--right">{isTrial ? 'Preview of this frame' : 'Edit'}</span>
        ) : null}
        {shown === null ? (
          <span className="tag tag--missing tag--late" role="status">
            {hasEdits ? 'Drawing the edit' : 'Loading the picture'}
          </span>
        ) : null}
        {shown?.state === 'missing' && !sourceOnly ? (
          <span className="tag tag--missing" role="status">
            This frame isn’t edited yet
          </span>
        ) : null}
      </div>
      {hasEdits && canSplit ? <SplitHandle /> : null}
      {place === null ? (
        <MaskOverlay />
      ) : (
        <div className="picture__place" style={place}>
          <MaskOverlay />
        </div>
      )}
    </>
  );
}
