/** What the kill switch is doing, step by step, until it is flat and confirmed; and the way back, which takes typed words. */
import { useEffect, useRef, useState } from 'react';
import type { RiskValue } from '#protocol';
import { timeText } from '../format/time.ts';
import { useDeskActions } from '../parts/use-desk-actions.ts';
import { useSeenTopic } from '../parts/seen-topic.ts';
import { KILL_STAGES, killStage, killWords, RESUME_WORDS } from './kill-words.ts';

const STAGE_TITLES: Readonly<Record<(typeof KILL_STAGES)[number], string>> = {
  cancelling: 'cancel',
  flattening: 'sell',
  verifying: 'verify',
  'flat-confirmed': 'flat',
};

export function KillOverlay({ onClose }: { readonly onClose: () => void }) {
  const risk = useSeenTopic<RiskValue>('risk', true);
  const dialog = useRef<HTMLDialogElement>(null);
  const wasOn = useRef(false);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const isOff = risk?.kill.state === 'off';
  useEffect(() => {
    if (risk !== undefined && !isOff) wasOn.current = true;
    // Resumed, here or elsewhere.
    if (isOff && wasOn.current) onClose();
  }, [risk, isOff, onClose]);
  const kill = risk?.kill;
  const words = killWords(kill === undefined || isOff ? 'cancelling' : kill.state);
  const stage = kill === undefined ? 0 : killStage(kill);
  return (
    <dialog
      ref={dialog}
      className="sheet kill-overlay"
      data-testid="kill-overlay"
      data-tone={words.tone}
      aria-labelledby="kill-title"
      onClose={onClose}
    >
      <h2 id="kill-title" aria-live="polite">
        {words.title}
      </h2>
      <p>{words.text}</p>
      <ol className="kill-stages" aria-label="Stages">
        {KILL_STAGES.map((name, at) => (
          <li
            key={name}
            data-done={at < stage || words.tone === 'done' || undefined}
            data-now={at === stage || undefined}
          >
            {STAGE_TITLES[name]}
          </li>
        ))}
      </ol>
      {kill && kill.left.length > 0 && words.tone !== 'done' && (
        <section className="kill-left" aria-label="What is left">
          <h3>Still there</h3>
          <ul>
            {kill.left.map((left) => (
              <li key={left}>{left}</li>
            ))}
          </ul>
        </section>
      )}
      <ol className="kill-steps" aria-label="Steps so far">
        {(kill?.steps ?? []).toReversed().map((step, at) => (
          // Steps are only ever added, so the place from the end names one.
          <li key={(kill?.steps.length ?? 0) - at}>
            <time>{timeText(step.atUs)}</time> {step.text}
          </li>
        ))}
      </ol>
      <ResumeForm isDone={words.tone === 'done'} />
      <div className="kill-foot">
        <span className="quiet">It goes on when this is closed. KILL in the strip shows it again.</span>
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}

function ResumeForm({ isDone }: { readonly isDone: boolean }) {
  const actions = useDeskActions();
  const [text, setText] = useState('');
  return (
    <form
      className="kill-resume"
      onSubmit={(event) => {
        event.preventDefault();
        if (text === RESUME_WORDS) void actions.unkill(text);
      }}
    >
      <label htmlFor="kill-words">
        To let strategies trade again type <b>{RESUME_WORDS}</b>
        {!isDone && '. It is not flat yet: resuming now stops the selling'}
      </label>
      <span>
        <input
          id="kill-words"
          className="text-input"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button" disabled={text !== RESUME_WORDS}>
          Resume
        </button>
      </span>
    </form>
  );
}
