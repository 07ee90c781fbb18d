import { CircleAlert, CircleCheck, FolderDown, Trash2, TriangleAlert } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { Button, FileTrigger, Label, Radio, RadioGroup } from 'react-aria-components';
import { useStore } from 'zustand';
import {
  cancelImport,
  chooseModel,
  closeModels,
  importFolder,
  removeModel,
} from '../../app/commands/model-commands.ts';
import { importedInfos } from '../../app/model-choice.ts';
import { loadModelInfo, STARTER_MODEL, type ModelInfo } from '../../app/model-info.ts';
import { folderOfInput } from '../../app/picked-folder.ts';
import { modelsStore, type ImportState, type ModelsState } from '../../app/state/models-store.ts';
import { byteSize, lengthInWords } from '../../app/time.ts';
import type { ImportRequest } from '../../protocol/model-library.ts';
import { useApp, useEngine } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { IconButton } from '../widgets/icon-button.tsx';
import { Progress } from '../widgets/progress.tsx';
import { ModalBox } from './modal.tsx';
import '../inspector/inspector.css';
import './models-dialog.css';

/** Which models there are, which one new edits use, and how to bring another. */
export function ModelsDialog() {
  const state = useStore(modelsStore);
  return (
    <ModalBox title="Models" isOpen={state.isOpen} wide onClose={closeModels}>
      <ModelList state={state} />
      {state.error === null ? null : <Failure code={state.error.code} text={state.error.message} />}
      <ImportPart importing={state.importing} />
    </ModalBox>
  );
}

/** The starter lies beside the app; its facts come with the first badge, or are read here. */
function useStarter(): ModelInfo | null {
  const [info, setInfo] = useState<ModelInfo | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    loadModelInfo(STARTER_MODEL, leaving.signal).then(setInfo, () => {
      // It is missing: the header's badge says so.
    });
    return () => {
      leaving.abort();
    };
  }, []);
  return info;
}

function ModelList({ state }: { state: ModelsState }) {
  const app = useApp();
  const starter = useStarter();
  const chosen = useEngine(({ model }) => (model.kind === 'ready' ? model.info.id : null));
  const imported = state.library?.models ?? [];
  const usable = [...(starter === null ? [] : [starter]), ...importedInfos(imported)];
  const damaged = imported.filter((model) => model.problem !== null);
  const runningName = state.importing.kind === 'running' ? state.importing.name : null;
  const unfinished = (state.library?.unfinished ?? []).filter((one) => one.name !== runningName);
  return (
    <div className="models" aria-busy={state.library === null && state.error === null}>
      <RadioGroup
        className="models__group"
        value={chosen}
        onChange={(id) => {
          const info = usable.find((model) => model.id === id);
          if (info !== undefined) {
            chooseModel(app, info);
          }
        }}
      >
        <Label className="models__label">New edits use</Label>
        {usable.map((model) => (
          <div className="model" key={model.id}>
            <Radio value={model.id} className="model__choice">
              <span className="model__mark" aria-hidden="true" />
              <span className="model__words">
                <strong className="one-line">{model.title}</strong>
                <span className="one-line">{factsOf(model)}</span>
              </span>
            </Radio>
            {model.id === STARTER_MODEL ? null : (
              <Remove
                id={model.id}
                name={`${model.title} (${model.id})`}
                bytes={model.bytes}
                isRemoving={state.removing.includes(model.id)}
                consequence="Finished frames stay. Edits that use it can’t be run again until it is imported again."
              />
            )}
          </div>
        ))}
      </RadioGroup>
      {damaged.map((model) => (
        <Rest key={model.id} state={state} id={model.id} name={model.id} bytes={model.bytes}>
          <strong className="one-line">{model.id}</strong>
          <span>{model.problem}</span>
        </Rest>
      ))}
      {unfinished.map((one) => (
        <Rest key={one.id} state={state} id={one.id} name={one.name} bytes={one.bytes}>
          <strong className="one-line">{one.name}</strong>
          <span>
            Not finished: {count(one.files, 'file')}, {byteSize(one.bytes)}. Import the same folder
            again to go on from there.
          </span>
        </Rest>
      ))}
    </div>
  );
}

type RestProps = {
  readonly state: ModelsState;
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly children: ReactNode;
};

/** What takes space and can't be chosen. */
function Rest({ state, id, name, bytes, children }: RestProps) {
  return (
    <div className="model model--rest">
      <Icon of={TriangleAlert} />
      <span className="model__words">{children}</span>
      <Remove
        id={id}
        name={name}
        bytes={bytes}
        isRemoving={state.removing.includes(id)}
        consequence="It can be imported again from its folder."
      />
    </div>
  );
}

type RemoveProps = {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly consequence: string;
  readonly isRemoving: boolean;
};

function Remove({ id, name, bytes, consequence, isRemoving }: RemoveProps) {
  const app = useApp();
  const [isAsking, setAsking] = useState(false);
  const keep = (): void => {
    setAsking(false);
  };
  return (
    <>
      <IconButton
        icon={Trash2}
        label={isRemoving ? `Removing ${name} once no job needs it` : `Remove ${name}`}
        small
        isDisabled={isRemoving}
        onPress={() => {
          setAsking(true);
        }}
      />
      <ModalBox title={`Remove “${name}”?`} isOpen={isAsking} isAlert onClose={keep}>
        <p className="dialog__text">
          It frees {byteSize(bytes)}. {consequence}
        </p>
        <div className="dialog__buttons">
          <Button className="button" onPress={keep}>
            Keep
          </Button>
          <Button
            className="button button--danger"
            onPress={() => {
              keep();
              void removeModel(app, id);
            }}
          >
            Remove
          </Button>
        </div>
      </ModalBox>
    </>
  );
}

const WEIGHTS: Record<ImportRequest['quantisation'], string> = {
  auto: 'Automatic: what fits this machine',
  q8: '8 bits',
  q4: '4 bits, smallest',
  f16: 'Half precision',
  f32: 'Full precision, largest',
};

function ImportPart({ importing }: { importing: ImportState }) {
  const app = useApp();
  const [quantisation, setQuantisation] = useState<ImportRequest['quantisation']>('auto');
  // The button that was pressed goes when the import begins, and its Cancel when it ends: the focus moves along.
  const [hasBegun, setBegun] = useState(false);
  if (importing.kind === 'running') {
    return <Running importing={importing} />;
  }
  return (
    <section className="import" aria-label="Import">
      {importing.kind === 'failed' ? (
        <Failure code={importing.error.code} text={importing.error.message} />
      ) : null}
      {importing.kind === 'done' ? <Done summary={importing.summary} /> : null}
      <p className="dialog__text">
        Bring a checkpoint in diffusers layout with safetensors (Stable Diffusion 1 or 2, their
        relatives, or the starter’s own kind): choose its folder or drop it here. It is compiled in
        this browser; nothing is uploaded.
      </p>
      <div className="import__line">
        <label className="import__weights">
          Weights
          <select
            value={quantisation}
            onChange={(event) => {
              setQuantisation(event.target.value as ImportRequest['quantisation']);
            }}
          >
            {Object.entries(WEIGHTS).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <FileTrigger
          acceptDirectory
          onSelect={(list) => {
            const folder = folderOfInput(list);
            if (folder !== null) {
              setBegun(true);
              void importFolder(app, folder, quantisation);
            }
          }}
        >
          {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- only where the focus was on Cancel */}
          <Button className="button button--primary" autoFocus={hasBegun}>
            <Icon of={FolderDown} /> Import folder…
          </Button>
        </FileTrigger>
      </div>
    </section>
  );
}

function Running({ importing }: { importing: Extract<ImportState, { kind: 'running' }> }) {
  const { name, progress, isStopping } = importing;
  const title = isStopping
    ? 'Stopping after this file'
    : progress === null
      ? 'Reading the folder'
      : `Compiling “${name}”`;
  const reused = progress?.reused ?? 0;
  return (
    <section className="card" role="status" aria-label={title}>
      <div className="card__line">
        <strong className="one-line">{title}</strong>
        <span className="card__dim">
          {progress === null
            ? ''
            : `${progress.done} of ${count(progress.total, 'file')} · ${byteSize(progress.bytes)}`}
        </span>
      </div>
      <Progress label={title} done={progress?.done ?? 0} total={progress?.total ?? 0} />
      <div className="card__line">
        <span className="card__dim">
          {reused > 0 ? `${count(reused, 'file')} were finished before and kept. ` : ''}
          {progress === null ? 'Edits that run go first.' : 'Edits wait until it is done.'}
        </span>
        {/* oxlint-disable jsx-a11y/no-autofocus -- it takes the place of the button that was pressed */}
        <Button
          className="button button--small button--quiet"
          isDisabled={isStopping}
          autoFocus
          onPress={cancelImport}
        >
          Cancel
        </Button>
      </div>
    </section>
  );
}

function Done({ summary }: { summary: Extract<ImportState, { kind: 'done' }>['summary'] }) {
  const { title, bytes, quantisation, reason, seconds, unknownLoraKeys } = summary;
  return (
    <p className="dialog__message dialog__message--ok" role="status">
      <Icon of={CircleCheck} />
      <span>
        “{title}” was imported: {byteSize(bytes)} ({quantisation}) in {lengthInWords(seconds)}.{' '}
        {reason}
        {unknownLoraKeys.length > 0
          ? ` ${count(unknownLoraKeys.length, 'LoRA tensor')} fit no layer.`
          : ''}
      </span>
    </p>
  );
}

function Failure({ code, text }: { code: string; text: string }) {
  return (
    <p className="dialog__message dialog__message--error" role="alert">
      <Icon of={CircleAlert} />
      <span>
        {text}
        <small className="code">{code}</small>
      </span>
    </p>
  );
}

function factsOf({ id, bytes, quantisation, licence, defaultSize }: ModelInfo): string {
  const origin = id === STARTER_MODEL ? 'comes with the app' : id;
  return [
    byteSize(bytes),
    quantisation,
    `about ${defaultSize} × ${defaultSize}`,
    `licence: ${licence}`,
    origin,
  ].join(' · ');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
