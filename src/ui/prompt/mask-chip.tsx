import { Circle, Frame, SquareDashed, type LucideIcon } from 'lucide-react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { setMask, startMask } from '../../app/commands/edit-commands.ts';
import { maskWord } from '../../app/mask-shape.ts';
import { useApp, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { maskIcon } from '../widgets/mask-icon.ts';
import { Keycaps } from '../widgets/keycaps.tsx';

/** Where the next edit applies. */
export function MaskChip() {
  const mask = useSession((state) => state.draft.mask);
  const text = mask === null ? 'whole frame' : maskWord(mask);
  return (
    <MaskMenu
      editId={null}
      hasMask={mask !== null}
      className={mask === null ? 'chip' : 'chip chip--mask'}
      label={`Mask: ${text}`}
      text={text}
      icon={mask === null ? Frame : maskIcon(mask)}
    />
  );
}

type MaskMenuProps = {
  /** The edit that gets the mask; null is the next one. */
  readonly editId: string | null;
  readonly hasMask: boolean;
  readonly className: string;
  readonly label: string;
  readonly text: string;
  readonly icon: LucideIcon;
};

export function MaskMenu({ editId, hasMask, className, label, text, icon }: MaskMenuProps) {
  const app = useApp();
  const act = (key: string): void => {
    if (key === 'rectangle' || key === 'ellipse') {
      startMask(app, key, editId);
    } else {
      setMask(app, editId, null);
    }
  };
  return (
    <MenuTrigger>
      <Button className={className} aria-label={label}>
        <Icon of={icon} size={14} /> <span className="chip__text">{text}</span>
      </Button>
      <Popover className="menu-popover" placement="top">
        <Menu
          className="menu"
          aria-label="Where the edit applies"
          onAction={(key) => {
            act(String(key));
          }}
        >
          <MenuItem id="rectangle" className="menu-item" textValue="Draw a rectangle">
            <Icon of={SquareDashed} /> Draw a rectangle <Keycaps keys="M R" />
          </MenuItem>
          <MenuItem id="ellipse" className="menu-item" textValue="Draw an ellipse">
            <Icon of={Circle} /> Draw an ellipse <Keycaps keys="M O" />
          </MenuItem>
          {hasMask ? (
            <MenuItem id="none" className="menu-item" textValue="Whole frame">
              <Icon of={Frame} /> Whole frame
            </MenuItem>
          ) : null}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
