/** In a browser: the windows of the last time, which only a click may open again. */
import { useEffect, useState } from 'react';
import { useServices } from '../app/services.ts';

export function MissingWindows() {
  const { windows } = useServices();
  const [count, setCount] = useState(0);
  useEffect(() => {
    const look = (): void => setCount(windows.missing().length);
    look();
    return windows.onMissing(look);
  }, [windows]);
  if (count === 0) return null;
  const many = count === 1 ? 'A window of this layout is' : `${count} windows of this layout are`;
  return (
    <div className="missing-windows" role="status" data-testid="missing-windows">
      <span>
        {many} not open. A browser opens them on a click only, and more than one only where pop-ups are allowed.
      </span>
      <button type="button" className="button" onClick={() => windows.openMissing()}>
        Open {count === 1 ? 'it' : 'them'}
      </button>
      <button type="button" className="button" onClick={() => windows.forgetMissing()}>
        Forget
      </button>
    </div>
  );
}
