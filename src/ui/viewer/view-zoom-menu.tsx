import { Search } from 'lucide-react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { showWholePicture, zoomView } from '../../app/commands/view-commands.ts';
import { useApp, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { Keycaps } from '../widgets/keycaps.tsx';

const FACTORS = [2, 4, 8] as const;

/** How closely the picture is looked at, for those who don't know the wheel yet. */
export function ViewZoomMenu() {
  const app = useApp();
  const zoom = useSession((state) => state.view.zoom);
  const text = zoom === 1 ? 'Fit' : `${Number(zoom.toFixed(1))} ×`;
  return (
    <MenuTrigger>
      <Button
        className="button button--small button--quiet transport__zoom"
        aria-label={`Zoom of the picture: ${text}`}
      >
        <Icon of={Search} size={14} /> {text}
      </Button>
      <Popover className="menu-popover" placement="top end">
        <Menu
          className="menu"
          aria-label="How closely the picture is looked at"
          onAction={(key) => {
            const factor = Number(key);
            if (factor === 1) {
              showWholePicture(app);
            } else {
              zoomView(app, factor / app.session.getState().view.zoom);
            }
          }}
        >
          <MenuItem id="1" className="menu-item" textValue="Fit">
            Fit <Keycaps keys="Alt+0" />
          </MenuItem>
          {FACTORS.map((factor) => (
            <MenuItem
              key={factor}
              id={String(factor)}
              className="menu-item"
              textValue={`${factor} times`}
            >
              {factor} ×
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
