/** Keeps a fault of one panel from taking the window: says what happened and offers to draw it again. */
import { Component, type ReactNode } from 'react';

interface ErrorBoundaryProps {
  readonly what: string;
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly message: string | null }> {
  override state = { message: null as string | null };

  static getDerivedStateFromError(error: unknown): { readonly message: string } {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override componentDidCatch(error: unknown): void {
    reportError(error);
  }

  override render(): ReactNode {
    if (this.state.message === null) return this.props.children;
    return (
      <div className="empty" role="alert">
        <h2>{this.props.what} failed</h2>
        <p>{this.state.message}. The engine is not affected: open positions are watched and exits fire as before.</p>
        <button type="button" className="button" onClick={() => this.setState({ message: null })}>
          Draw it again
        </button>
      </div>
    );
  }
}
