import { Info } from 'lucide-react';
import { memo } from 'react';
import { Button } from 'react-aria-components';
import { findClip } from '../../app/sequence.ts';
import type { OpenClip } from '../../app/state/session-store.ts';
import { byteSize, clipLength, type FrameTimes } from '../../app/time.ts';
import type { Edit } from '../../project/document.ts';
import { useApp, useProject, useSession } from '../context.ts';
import { useEditStatus } from '../use-edit-status.ts';
import { Icon } from '../widgets/icon.tsx';

export function ClipPanel({ clip }: { clip: OpenClip }) {
  const { info, attribution } = clip;
  const rate = `${Number(info.frameRate.toFixed(2))} frames/s${info.variableRate ? ', varying' : ''}`;
  const sound =
    info.audio === null
      ? 'none'
      : `${info.audio.codec}, ${info.audio.channels === 1 ? 'mono' : `${info.audio.channels} channels`}`;
  return (
    <>
      <section className="panel">
        <h2 className="panel__title">Clip</h2>
        <p className="panel__name">{info.name}</p>
        <dl className="facts">
          <dt>Picture</dt>
          <dd>
            {info.width} × {info.height}
            {info.hdr ? ', HDR shown as SDR' : ''}
          </dd>
          <dt>Length</dt>
          <dd>
            {clipLength(info.duration)}, {info.frameCount} frames
          </dd>
          <dt>Rate</dt>
          <dd>{rate}</dd>
          <dt>Codec</dt>
          <dd>
            {info.videoCodec} in {info.container}
          </dd>
          <dt>Sound</dt>
          <dd>{sound}</dd>
          <dt>Size</dt>
          <dd>{byteSize(info.bytes)}</dd>
          <dt>Read by</dt>
          <dd>{info.path === 'browser' ? 'the browser' : 'ffmpeg (slower)'}</dd>
        </dl>
        {info.notices.map((text) => (
          <p className="panel__note" key={text}>
            <Icon of={Info} size={14} /> {text}
          </p>
        ))}
        {attribution === null ? null : <p className="panel__credit">{attribution}</p>}
      </section>
      <EditList />
    </>
  );
}

function EditList() {
  const project = useProject();
  if (project === null || project.edits.length === 0) {
    return (
      <section className="panel">
        <h2 className="panel__title">Edits</h2>
        <p className="panel__empty">
          None yet. Say what should change under the picture and press Enter.
        </p>
      </section>
    );
  }
  return (
    <section className="panel">
      <h2 className="panel__title">Edits</h2>
      <ul className="edit-list">
        {project.edits.map((edit, index) => (
          <EditItem key={edit.id} edit={edit} colour={index % 6} />
        ))}
      </ul>
    </section>
  );
}

const NO_TIMES: FrameTimes = [];

/** By itself, and drawn again only where it changes: progress arrives ten times a second, for one of hundreds. */
const EditItem = memo(function EditItem({ edit, colour }: { edit: Edit; colour: number }) {
  const app = useApp();
  const times = useSession((state) => findClip(state.clips, edit.clipId)?.times ?? NO_TIMES);
  const status = useEditStatus(edit, times);
  return (
    <li style={{ '--edit': `var(--edit-${colour})` }}>
      <Button
        className="edit-list__item"
        onPress={() => {
          app.session.setState({ selectedEdit: edit.id });
        }}
      >
        <span className="swatch" />
        <span className="one-line">{edit.prompt}</span>
        {status === null ? null : (
          <span className="edit-list__count">
            {status.done}/{status.frames}
          </span>
        )}
      </Button>
    </li>
  );
});
