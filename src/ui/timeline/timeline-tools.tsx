import { Magnet, Maximize2, Plus, Scissors, Trash2, ZoomIn, ZoomOut } from 'lucide-react';
import { memo } from 'react';
import { addPicked } from '../../app/commands/clip-commands.ts';
import { deletePiece, splitHere } from '../../app/commands/cut-commands.ts';
import { setSnapping } from '../../app/commands/snap-commands.ts';
import { setZoom } from '../../app/commands/transport-commands.ts';
import { useApp, useSession } from '../context.ts';
import { IconButton, IconToggle } from '../widgets/icon-button.tsx';

/**
 * What is done to the cut most often, for those who don't know the keys yet. Not drawn again with each zoom and scroll
 * of what is beside it.
 */
export const TimelineTools = memo(function TimelineTools() {
  const app = useApp();
  const hasPiece = useSession((state) => state.selectedPiece !== null);
  return (
    <div className="tools" role="toolbar" aria-label="Cut and zoom">
      <AddClips />
      <IconButton
        icon={Scissors}
        label="Split at the playhead"
        keys="S"
        small
        onPress={() => {
          splitHere(app);
        }}
      />
      <IconButton
        icon={Trash2}
        label="Delete the selected piece; what follows closes up"
        keys="Delete"
        small
        isDisabled={!hasPiece}
        onPress={() => {
          deletePiece(app);
        }}
      />
      <SnapToggle />
      <span className="tools__gap" />
      <IconButton
        icon={ZoomOut}
        label="Zoom out"
        keys="-"
        small
        onPress={() => {
          setZoom(app, (zoom) => zoom / 1.5);
        }}
      />
      <IconButton
        icon={ZoomIn}
        label="Zoom in"
        keys="+"
        small
        onPress={() => {
          setZoom(app, (zoom) => zoom * 1.5);
        }}
      />
      <IconButton
        icon={Maximize2}
        label="Show everything"
        keys="Shift+Z"
        small
        onPress={() => {
          setZoom(app, () => 1);
        }}
      />
    </div>
  );
});

function SnapToggle() {
  const app = useApp();
  const snaps = useSession((state) => state.snaps);
  return (
    <IconToggle
      icon={Magnet}
      label="Snap while dragging; Alt turns it off for one drag"
      keys="Shift+S"
      small
      isSelected={snaps}
      onChange={(isSelected) => {
        setSnapping(app, isSelected);
      }}
    />
  );
}

/** More files at the end of the cut; the same as dropping them on the page. */
function AddClips() {
  const app = useApp();
  return (
    <IconButton
      icon={Plus}
      label="Add clips at the end"
      keys="Ctrl+I"
      small
      onPress={() => void addPicked(app)}
    />
  );
}
