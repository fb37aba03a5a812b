/**
 * Sets of condition ids, interned to small integers so that a print carries one number. The meaning of the ids (may this
 * print set last, high/low, volume?) is in market/update-rules.ts; here is only identity.
 */
export const CONDITION_SET_CAPACITY = 65_535;

export class ConditionSets {
  /** Set 0 is the empty set. */
  readonly sets: (readonly number[])[] = [[]];
  /** A trie over the ids in their given order: node -> id -> node. Lookup allocates nothing. */
  readonly #children: Map<number, number>[] = [new Map()];
  readonly #setOfNode: number[] = [0];

  /** The id of the set holding the first `count` of `ids`, in that order. 0 when the table is full. */
  intern(ids: ArrayLike<number>, count: number = ids.length): number {
    let node = 0;
    for (let i = 0; i < count; i++) {
      const id = ids[i] as number;
      const children = this.#children[node] as Map<number, number>;
      let next = children.get(id);
      if (next === undefined) {
        if (this.#children.length >= CONDITION_SET_CAPACITY * 2) return 0;
        next = this.#children.push(new Map()) - 1;
        this.#setOfNode.push(-1);
        children.set(id, next);
      }
      node = next;
    }
    const known = this.#setOfNode[node] as number;
    if (known >= 0) return known;
    if (this.sets.length >= CONDITION_SET_CAPACITY) return 0;
    const set = this.sets.push(Array.from({ length: count }, (_, i) => ids[i] as number)) - 1;
    this.#setOfNode[node] = set;
    return set;
  }

  get(set: number): readonly number[] {
    return this.sets[set] ?? [];
  }
}
