import { Command, Download, FolderOpen, LayoutGrid, Redo2, Settings, Undo2 } from 'lucide-react';
import { Button, Tooltip, TooltipTrigger } from 'react-aria-components';
import { useStore } from 'zustand';
import { leaveClip, openAnother } from '../../app/commands/clip-commands.ts';
import { historyLabels, redo, undo } from '../../app/commands/history-commands.ts';
import { showProjects } from '../../app/commands/project-commands.ts';
import { openSettings } from '../../app/commands/settings-commands.ts';
import { useApp, useHistory, useSession } from '../context.ts';
import { HistoryBadge } from '../history/history-badge.tsx';
import { IconButton } from '../widgets/icon-button.tsx';
import { Icon } from '../widgets/icon.tsx';
import { ImportBadge, ModelBadge, RuntimeBadge } from './badges.tsx';
import { JobsBadge } from './jobs-badge.tsx';
import { ProjectName } from './project-name.tsx';
import { SavingBadge } from './saving-badge.tsx';
import './header.css';

export function Header() {
  const app = useApp();
  const isEditing = useSession((state) => state.clip !== null && state.phase.kind !== 'start');
  return (
    <header className="header">
      <Logo isEditing={isEditing} />
      {isEditing ? (
        <>
          <ProjectName />
          <SavingBadge />
          <OpenAnother />
          <UndoRedo />
        </>
      ) : null}
      <div className="header__end">
        {isEditing ? <JobsBadge /> : null}
        <ImportBadge />
        <RuntimeBadge />
        <ModelBadge />
        <IconButton
          icon={LayoutGrid}
          label="Projects"
          onPress={() => {
            showProjects(app);
          }}
        />
        <IconButton
          icon={Command}
          label="Commands by name"
          keys="Ctrl+K"
          onPress={() => {
            app.session.setState({ dialog: 'palette' });
          }}
        />
        <IconButton
          icon={Settings}
          label="Settings"
          keys="Ctrl+,"
          onPress={() => {
            openSettings(app);
          }}
        />
        {isEditing ? (
          <Button
            className="button button--primary"
            onPress={() => {
              app.session.setState({ dialog: 'export' });
            }}
          >
            <Icon of={Download} /> Export
          </Button>
        ) : null}
      </div>
    </header>
  );
}

function Logo({ isEditing }: { isEditing: boolean }) {
  const app = useApp();
  const mark = (
    <svg width="18" height="18" viewBox="0 0 24 24" aria-hidden="true">
      <path
        d="M12 4 21 20H3Z"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinejoin="round"
      />
    </svg>
  );
  return isEditing ? (
    <TooltipTrigger delay={400} closeDelay={0}>
      <Button
        className="logo logo--button"
        aria-label="Close this clip"
        onPress={() => {
          leaveClip(app);
        }}
      >
        {mark}
      </Button>
      <Tooltip className="tooltip" offset={6}>
        Close this clip
      </Tooltip>
    </TooltipTrigger>
  ) : (
    <span className="logo">
      {mark}
      <strong>Deltacut</strong>
    </span>
  );
}

function OpenAnother() {
  const app = useApp();
  return (
    <IconButton
      icon={FolderOpen}
      label="Open another clip"
      keys="Ctrl+O"
      onPress={() => void openAnother(app)}
    />
  );
}

function UndoRedo() {
  const app = useApp();
  const history = useHistory();
  const isReadOnly = useStore(app.project.store, (state) => state.isReadOnly);
  const trail = useSession((state) => state.draftTrail);
  const { undo: undone, redo: redone } = historyLabels(history, isReadOnly, trail);
  return (
    <div className="header__group" role="group" aria-label="History">
      <IconButton
        icon={Undo2}
        label={undone === null ? 'Undo' : `Undo: ${undone}`}
        keys="Ctrl+Z"
        isDisabled={undone === null}
        onPress={() => {
          undo(app);
        }}
      />
      <IconButton
        icon={Redo2}
        label={redone === null ? 'Redo' : `Redo: ${redone}`}
        keys="Ctrl+Shift+Z"
        isDisabled={redone === null}
        onPress={() => {
          redo(app);
        }}
      />
      <HistoryBadge />
    </div>
  );
}
