import { ChevronLeft, ChevronRight, Diamond, DiamondPlus, Ellipsis } from 'lucide-react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import {
  addKeyframe,
  applyMaskChange,
  copyKeys,
  deleteOfMask,
  easeKeys,
  goToKeyframe,
  pasteKeys,
} from '../../../app/commands/mask-commands.ts';
import type { App } from '../../../app/app.ts';
import { activeLayer, nextKeyedFrame, type MaskTarget } from '../../../app/mask-target.ts';
import { frameAt } from '../../../project/frames.ts';
import { useApp } from '../../context.ts';
import { IconButton } from '../../widgets/icon-button.tsx';
import { Icon } from '../../widgets/icon.tsx';
import { Keycaps } from '../../widgets/keycaps.tsx';
import { useMasks } from './use-masks.ts';

/** Keyframes of the shape that is worked on: to the next one, one more here, and what is done with selected ones. */
export function KeyframeTools({ target }: { target: MaskTarget }) {
  const app = useApp();
  const selected = useMasks((state) => state.layer);
  const { mask, time, clip } = target;
  const layer = mask === null ? null : activeLayer(mask, { layer: selected });
  if (mask === null || layer === null) {
    return null;
  }
  const isHere = layer.keyframes.some((frame: { readonly time: number }) => frame.time === time);
  const frame = frameAt(clip.times, time);
  const turn = (direction: 1 | -1) => ({
    isDisabled: nextKeyedFrame(mask, clip.times, frame, direction) === null,
    onPress: () => {
      goToKeyframe(app, direction);
    },
  });
  return (
    <>
      <IconButton
        icon={ChevronLeft}
        label="Mask keyframe before"
        keys="Shift+N"
        small
        {...turn(-1)}
      />
      {isHere ? (
        <IconButton
          icon={Diamond}
          label={
            layer.keyframes.length > 1
              ? 'Remove this mask keyframe'
              : 'Move the playhead to add another mask keyframe'
          }
          small
          isDisabled={layer.keyframes.length < 2}
          onPress={() => {
            applyMaskChange(app, { kind: 'remove-keyframes', keys: [{ layerId: layer.id, time }] });
          }}
        />
      ) : (
        <IconButton
          icon={DiamondPlus}
          label="Add a mask keyframe here"
          keys="Alt+N"
          small
          onPress={() => {
            addKeyframe(app);
          }}
        />
      )}
      <IconButton icon={ChevronRight} label="Mask keyframe after" keys="N" small {...turn(1)} />
      <SelectedKeyframes />
    </>
  );
}

type Action = {
  readonly id: string;
  readonly name: string;
  readonly keys: string;
  run(app: App): void;
};

const ACTIONS: readonly Action[] = [
  {
    id: 'linear',
    name: 'Then at an even pace',
    keys: 'M L',
    run: (app) => {
      easeKeys(app, 'linear');
    },
  },
  {
    id: 'ease',
    name: 'Then slow at both ends',
    keys: 'M E',
    run: (app) => {
      easeKeys(app, 'ease');
    },
  },
  {
    id: 'hold',
    name: 'Hold until the next',
    keys: 'M H',
    run: (app) => {
      easeKeys(app, 'hold');
    },
  },
  { id: 'copy', name: 'Copy', keys: 'Ctrl+C', run: copyKeys },
  { id: 'paste', name: 'Paste here', keys: 'Ctrl+V', run: pasteKeys },
  { id: 'delete', name: 'Delete', keys: 'Delete', run: deleteOfMask },
];

/** Diamonds on the timeline are selected by a click, more of them with Shift. */
function SelectedKeyframes() {
  const app = useApp();
  const count = useMasks((state) => state.keys.length);
  const canPaste = useMasks((state) => state.copied !== null);
  const able = (id: string): boolean => (id === 'paste' ? canPaste : count > 0);
  return (
    <MenuTrigger>
      <Button
        className="icon-button icon-button--small"
        aria-label={`Selected mask keyframes: ${count}`}
        isDisabled={count === 0 && !canPaste}
      >
        <Icon of={Ellipsis} size={14} />
      </Button>
      <Popover className="menu-popover" placement="bottom end">
        <Menu
          className="menu"
          aria-label="Selected mask keyframes"
          disabledKeys={ACTIONS.filter(({ id }) => !able(id)).map(({ id }) => id)}
          onAction={(key) => {
            ACTIONS.find(({ id }) => id === key)?.run(app);
          }}
        >
          {ACTIONS.map(({ id, name, keys }) => (
            <MenuItem key={id} id={id} className="menu-item" textValue={name}>
              {name} <Keycaps keys={keys} />
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
