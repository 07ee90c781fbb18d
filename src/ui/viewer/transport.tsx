import {
  ChevronLeft,
  ChevronRight,
  Pause,
  Play,
  Repeat,
  SkipBack,
  SquareSplitHorizontal,
  Volume2,
  VolumeX,
} from 'lucide-react';
import { seekIndex, step, toggleMuted, togglePlay } from '../../app/commands/transport-commands.ts';
import { leadingClip, shownSequence } from '../../app/sequence.ts';
import { timecode } from '../../app/time.ts';
import { useApp, useOfProject, useProject, useSession } from '../context.ts';
import { IconButton, IconToggle } from '../widgets/icon-button.tsx';
import { ViewZoomMenu } from './view-zoom-menu.tsx';

export function Transport() {
  const app = useApp();
  const playing = useSession((state) => state.playing);
  const rate = useSession((state) => state.rate);
  const loop = useSession((state) => state.loop);
  return (
    <div className="transport" role="group" aria-label="Playing">
      <Timecode />
      <div className="transport__centre">
        <IconButton
          icon={SkipBack}
          label="To the first frame"
          keys="Home"
          onPress={() => {
            seekIndex(app, 0);
          }}
        />
        <IconButton
          icon={ChevronLeft}
          label="One frame back"
          keys="ArrowLeft"
          onPress={() => {
            step(app, -1);
          }}
        />
        <IconButton
          icon={playing ? Pause : Play}
          label={playing ? 'Pause' : 'Play'}
          keys="Space"
          onPress={() => {
            togglePlay(app);
          }}
        />
        <IconButton
          icon={ChevronRight}
          label="One frame on"
          keys="ArrowRight"
          onPress={() => {
            step(app, 1);
          }}
        />
        <IconToggle
          icon={Repeat}
          label="Loop"
          keys="Ctrl+L"
          isSelected={loop}
          onChange={(isOn) => {
            app.session.setState({ loop: isOn });
          }}
        />
        {playing && rate !== 1 ? <span className="transport__rate">{rate}×</span> : null}
      </div>
      <TransportEnd />
    </div>
  );
}

/** In the leading clip's rate: the sequence has its shape as well. */
function Timecode() {
  const project = useProject();
  const time = useSession((state) => state.time);
  const clips = useSession((state) => state.clips);
  const leading = project === null ? undefined : leadingClip(project, clips);
  const { duration } = shownSequence(project, clips).sequence;
  const frameRate = leading?.info.frameRate ?? 1;
  return (
    <p className="timecode" aria-label="Position">
      {timecode(time, frameRate)}
      <span> / {timecode(duration, frameRate)}</span>
    </p>
  );
}

function TransportEnd() {
  const hasSound = useSession((state) => state.clips.some(({ soundStart }) => soundStart !== null));
  const app = useApp();
  const compare = useSession((state) => state.compare);
  const muted = useSession((state) => state.muted);
  const isTrying = useSession((state) => state.trial !== null);
  const hasEdits = (useOfProject(({ edits }) => edits.length) ?? 0) > 0 || isTrying;
  return (
    <div className="transport__end">
      <ViewZoomMenu />
      {hasEdits ? (
        <IconToggle
          icon={SquareSplitHorizontal}
          label="Split view; hold \ for the source"
          keys="C"
          isSelected={compare}
          onChange={(isOn) => {
            app.session.setState({ compare: isOn });
          }}
        />
      ) : null}
      {!hasSound ? (
        <span className="transport__note">no sound</span>
      ) : (
        <IconButton
          icon={muted ? VolumeX : Volume2}
          label={muted ? 'Sound on' : 'Sound off'}
          keys="Shift+M"
          onPress={() => {
            toggleMuted(app);
          }}
        />
      )}
    </div>
  );
}
