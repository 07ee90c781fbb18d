import { SlidersHorizontal } from 'lucide-react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { applyMaskChange } from '../../../app/commands/mask-commands.ts';
import type { MaskTrack } from '../../../project/document.ts';
import { useApp } from '../../context.ts';
import { Icon } from '../../widgets/icon.tsx';
import { EdgeSettings } from './edge-settings.tsx';

export function EdgePopover({ mask }: { mask: MaskTrack }) {
  const app = useApp();
  return (
    <DialogTrigger>
      <Button className="button button--small" aria-label="Edge of the mask">
        <Icon of={SlidersHorizontal} size={14} /> Edge
      </Button>
      <Popover className="menu-popover mask-popover" placement="bottom">
        <Dialog className="mask-popover__inside" aria-label="Edge of the mask">
          <EdgeSettings
            mask={mask}
            onChange={(change) => {
              applyMaskChange(app, change);
            }}
          />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
