/** A symbol in a row: a click turns every linked panel to it. */
import { useServices } from '../app/services.ts';

export function SymbolLink({ symbol }: { readonly symbol: string }) {
  const { symbols } = useServices();
  return (
    <button
      type="button"
      className="symbol-link"
      tabIndex={-1}
      title={`Show ${symbol} in the linked panels`}
      onClick={(event) => {
        event.stopPropagation();
        symbols.pick(symbol);
      }}
    >
      {symbol}
    </button>
  );
}
