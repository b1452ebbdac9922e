import { FleetActions } from './fleet-actions.js';
import { FleetCalls } from './fleet-calls.js';
import { FleetLedger, LawBroken } from './fleet-ledger.js';
import { BOUNDS, FleetProcess } from './fleet-process.js';
import type { ActionStep, FleetPlan, FleetStep, Loss } from './fleet-steps.js';
import { KEYS } from './fleet-subjects.js';
import { SimulatedStore } from './simulated-store.js';
import { seededRandom } from './seeded-random.js';
import { VirtualClock } from './virtual-clock.js';

/** How long any call may take after the last loader has ended, whatever the store does. */
const PATIENCE_MS = 40_000;
/** How long a process may take to be well again once the store is: its timeouts and its pauses between attempts. */
const RECOVERY_MS = 8_000;
const LANES = ['commands', 'tail'] as const;

/** Several simulated processes over one simulated store: carries out a plan and holds what happens against the laws. */
export class Fleet {
  readonly #clock = new VirtualClock();
  readonly #random: () => number;
  readonly #store: SimulatedStore;
  readonly #ledger: FleetLedger;
  readonly #plan: FleetPlan;
  readonly #processes: FleetProcess[] = [];
  readonly #calls: FleetCalls;
  readonly #actions: FleetActions;
  #generations = 0;
  #copy: (() => void) | null = null;

  constructor(plan: FleetPlan) {
    this.#plan = plan;
    this.#random = seededRandom(plan.seed);
    this.#store = new SimulatedStore(this.#clock, this.#random);
    this.#ledger = new FleetLedger(this.#clock.now, BOUNDS);
    this.#calls = new FleetCalls(this.#clock);
    this.#actions = new FleetActions(this.#ledger, this.#calls, plan.isCalm);
    this.#store.journal.listeners.add((record) => this.#ledger.observe(record));
  }

  /** @throws LawBroken, or what a call rejected with that it must not reject with */
  async run(): Promise<void> {
    const { processes, steps } = this.#plan;
    for (let i = 0; i < processes; i++) this.#processes.push(this.#spawn(i));
    for (const step of steps) {
      await this.#take(step);
      this.#calls.assertUnbroken();
    }
    await this.#settle();
    await this.#heal();
    await this.#end();
  }

  #spawn(slot: number, before?: FleetProcess): FleetProcess {
    const id = slot + this.#plan.processes * this.#generations;
    const process = new FleetProcess(id, this.#store, this.#clock, this.#random, this.#plan);
    if (before) process.link.takeOver(before.link);
    this.#calls.make(process, 'start', () => process.cache.start());
    return process;
  }

  #at(index: number): FleetProcess {
    return this.#processes[index % this.#processes.length] as FleetProcess;
  }

  async #take(step: FleetStep): Promise<void> {
    switch (step.do) {
      case 'pass':
        return this.#clock.pass(step.ms);
      case 'store':
        this.#store.isDown = step.isDown;
        return;
      case 'move store clock':
        return this.#store.journal.moveClock(step.ms);
      case 'remember':
        this.#copy = this.#store.snapshot();
        return;
      case 'loss':
        return this.#lose(step.loss);
      case 'crash':
        return this.#crash(step.process % this.#processes.length);
      case 'pause':
        return this.#at(step.process).pause();
      case 'resume':
        return this.#at(step.process).time.resume();
      case 'link':
        return this.#at(step.process).link.setState(step.lane, step.to);
      case 'delay':
        return this.#at(step.process).link.setDelays(step.lane, step.delays);
      default: {
        const process = this.#at(step.process);
        if (process.time.isRunning) await this.#act(process, step);
      }
    }
  }

  async #act(process: FleetProcess, step: ActionStep): Promise<void> {
    const actions = this.#actions;
    switch (step.do) {
      case 'read':
        return actions.read(process, step);
      case 'change':
        return actions.change(process, step);
      case 'set':
      case 'del':
      case 'update':
        return actions.write(process, step);
      case 'fill':
        return actions.fill(process, step);
      case 'read all':
      case 'get all':
        return actions.readAll(process, step);
      case 'set all':
      case 'delete all':
        return actions.writeAll(process, step);
      case 'wait':
        return actions.wait(process);
    }
  }

  /** Its work ends in the middle; another process takes its place. What it had sent may still arrive. */
  #crash(slot: number): void {
    const process = this.#processes[slot] as FleetProcess;
    process.time.end();
    process.link.drop();
    this.#calls.forget(process);
    this.#generations++;
    this.#processes[slot] = this.#spawn(slot, process);
  }

  #lose(loss: Loss): void | Promise<void> {
    const { journal } = this.#store;
    this.#ledger.hasLost ||= loss !== 'trim';
    switch (loss) {
      case 'restart':
        return journal.restart();
      case 'lose newest record':
      case 'lose newest three':
        journal.loseNewest(loss === 'lose newest record' ? 1 : 3);
        return journal.restart();
      case 'lose journal':
        return journal.wipe();
      case 'lose everything':
        this.#store.wipe();
        return journal.wipe();
      case 'go back':
        this.#copy?.();
        return journal.restart();
      case 'fall back':
        return this.#fallBack();
      case 'trim':
        return journal.trim(2);
    }
  }

  /** What is lost then, only those know who had applied it before. */
  async #fallBack(): Promise<void> {
    for (const process of this.#processes) {
      const status = await process.status();
      for (const one of this.#ledger.recorded) {
        if (this.#ledger.hasApplied(status, one)) process.seen.add(one);
      }
    }
    this.#copy?.();
    this.#ledger.forget((record) => !this.#store.journal.holds(record));
  }

  /** Nobody helps: every call must end by itself. */
  async #settle(): Promise<void> {
    for (const { time } of this.#processes) time.resume();
    await this.#calls.ended(PATIENCE_MS);
  }

  /** With the store back everything is recorded, and everybody sees it. */
  async #heal(): Promise<void> {
    this.#store.isDown = false;
    for (const { link } of this.#processes) {
      for (const lane of LANES) {
        link.setState(lane, 'up');
        link.setDelays(lane, [0]);
      }
    }
    for (const process of this.#processes) await this.#recovered(process);
    const strong = { do: 'read', how: 'strong', loadMs: 0, fails: false, isForced: false } as const;
    const alone = { ttlMs: 60_000, callers: 1, patience: 'endless' } as const;
    for (const key of KEYS.keys()) {
      await this.#actions.read(this.#at(key), { ...strong, ...alone, process: key, key });
    }
    await this.#calls.ended(RECOVERY_MS); // leases of those who crashed, or whose answer was lost, must run out
  }

  async #recovered(process: FleetProcess): Promise<void> {
    for (let ms = 0; ; ms += 500) {
      const { queued, isBlind } = await process.status();
      if (queued === 0 && !isBlind) return;
      if (ms >= RECOVERY_MS) {
        throw new LawBroken('recovery', `p${process.id} has ${queued} queued, blind: ${isBlind}`);
      }
      await this.#clock.pass(500);
    }
  }

  async #end(): Promise<void> {
    for (const process of this.#processes) {
      this.#calls.make(process, 'close', () => process.cache.close());
    }
    await this.#calls.ended(PATIENCE_MS);
    await this.#clock.pass(1_500); // what those who crashed had sent arrives
    const left = {
      timers: this.#clock.size,
      requests: this.#processes.reduce((sum, { link }) => sum + link.pending, 0),
      watchers: this.#store.journal.listeners.size - 1,
    };
    if (Object.values(left).some((count) => count !== 0)) {
      throw new LawBroken('nothing is left behind', JSON.stringify(left));
    }
    await this.#clock.pass(10_000); // leases of those who crashed
    const leases = this.#store.keys().filter((key) => /^vc:[^:]*:l:/.test(key)).length;
    if (leases > 0) throw new LawBroken('nothing is left behind', `${leases} leases`);
  }
}
