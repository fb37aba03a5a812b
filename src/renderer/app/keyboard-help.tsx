/** Every key this window knows. */
import { useEffect, useRef } from 'react';
import { keyGroups } from './keys.ts';
import { useServices } from './services.ts';
import './keyboard-help.css';

export function KeyboardHelp({ onClose }: { readonly onClose: () => void }) {
  const { bridge } = useServices();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const isMac = /mac/iu.test(bridge?.platform === 'darwin' ? 'mac' : navigator.userAgent);
  return (
    <dialog
      ref={dialog}
      className="sheet help"
      aria-label="Keyboard help"
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <h2>Keys</h2>
      <div className="help-groups">
        {keyGroups(bridge !== undefined, isMac).map(({ title, lines }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {lines.map(({ keys, does }) => (
                <div key={keys}>
                  <dt>
                    <kbd>{keys}</kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <form method="dialog">
        <button type="submit" className="button">
          Close
        </button>
      </form>
    </dialog>
  );
}
