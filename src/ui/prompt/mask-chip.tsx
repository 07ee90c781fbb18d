import { Frame, type LucideIcon } from 'lucide-react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { setMask, startMask } from '../../app/commands/edit-commands.ts';
import { maskWord } from '../../app/mask-shape.ts';
import { useApp, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { maskIcon, SHAPE_ICONS } from '../widgets/mask-icon.ts';
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

const TOOLS = [
  { tool: 'rectangle', label: 'Draw a rectangle', keys: 'M R' },
  { tool: 'ellipse', label: 'Draw an ellipse', keys: 'M O' },
  { tool: 'path', label: 'Draw with the pen', keys: 'M P' },
  { tool: 'brush', label: 'Paint with a brush', keys: 'M B' },
] as const;

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
    const tool = TOOLS.find((one) => one.tool === key);
    if (tool !== undefined) {
      startMask(app, tool.tool, editId);
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
          {TOOLS.map(({ tool, label, keys }) => (
            <MenuItem key={tool} id={tool} className="menu-item" textValue={label}>
              <Icon of={SHAPE_ICONS[tool]} /> {label} <Keycaps keys={keys} />
            </MenuItem>
          ))}
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
