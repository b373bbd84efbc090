/**
 * Calls of a conversation that no result has answered yet. A result finds its call by id, by name or by age, at the same cost
 * however many are open: a caller may send tens of thousands.
 */
export interface OpenCalls<Call> {
  add(call: Call): void;
  /** Takes the oldest open call of this id. */
  takeById(id: string): Call | undefined;
  /** Takes the oldest open call of this name. */
  takeByName(name: string): Call | undefined;
  /** Takes the oldest open call. */
  takeOldest(): Call | undefined;
}

interface Identified {
  readonly id: string;
  readonly name: string;
}

export function openCalls<Call extends Identified>(): OpenCalls<Call> {
  const taken = new Set<Call>();
  const all = new Queue<Call>(taken);
  const byId = new Map<string, Queue<Call>>();
  const byName = new Map<string, Queue<Call>>();
  const queueAt = (queues: Map<string, Queue<Call>>, key: string): Queue<Call> => {
    const known = queues.get(key);
    if (known) return known;
    const queue = new Queue<Call>(taken);
    queues.set(key, queue);
    return queue;
  };
  return {
    add(call) {
      all.add(call);
      queueAt(byId, call.id).add(call);
      queueAt(byName, call.name).add(call);
    },
    takeById: (id) => byId.get(id)?.take(),
    takeByName: (name) => byName.get(name)?.take(),
    takeOldest: () => all.take(),
  };
}

/** First in, first out; what was taken out of another queue is passed over. */
class Queue<Call> {
  readonly #calls: Call[] = [];
  readonly #taken: Set<Call>;
  #next = 0;

  constructor(taken: Set<Call>) {
    this.#taken = taken;
  }

  add(call: Call): void {
    this.#calls.push(call);
  }

  take(): Call | undefined {
    for (;;) {
      const call = this.#calls[this.#next];
      if (call === undefined) return undefined;
      this.#next++;
      if (this.#taken.has(call)) continue;
      this.#taken.add(call);
      return call;
    }
  }
}
