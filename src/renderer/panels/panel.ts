/** What a panel of the dock is. A new panel is one folder with one of these, and a line in registry.ts. */
import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';

export interface PanelProps {
  /** Id of this instance in the dock. */
  readonly panelId: string;
}

export interface PanelDefinition {
  /** Stable name: saved layouts hold it. */
  readonly kind: string;
  readonly title: string;
  /** One sentence for the palette: what the panel shows. */
  readonly explain: string;
  readonly icon: LucideIcon;
  readonly component: ComponentType<PanelProps>;
  /** What it shows while the window looks back: the market of then, or what is now whatever is looked at. Absent: 'now'. */
  readonly whileLookingBack?: 'past' | 'timeless';
  /** Opens beside what one looks at instead of over it: a list and what is picked in it are seen together. */
  readonly opensBeside?: boolean;
}
