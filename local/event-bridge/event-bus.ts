import type { VirtualClock } from '../virtual-clock.ts';
import { type BusEvent, busEvent } from './bus-event.ts';
import { matchesEventPattern } from './match-event-pattern.ts';
import { type ReadEntry, readPutEvents } from './read-put-events.ts';
import { type Rule, RuleStore, type RuleTarget } from './rule-store.ts';
import { Scheduler, type Timers } from './scheduler.ts';

/** How many of the last events are kept for whoever wants to look. */
const REMEMBERED = 1_000;

export interface EventBusOptions {
  readonly clock: VirtualClock;
  /** Brings a payload (JSON text) to what an ARN names. */
  readonly deliver: (targetArn: string, payload: string) => Promise<void>;
  /** Told of deliveries that failed: no caller waits for them. */
  readonly onDeliveryFailure: (ruleName: string, targetArn: string, error: unknown) => void;
  /** Timers of the schedules; the machine's when left out. */
  readonly timers?: Timers;
}

/** The default event bus: rules, schedules and the events that went over it. */
export class EventBus {
  readonly rules = new RuleStore();
  readonly #options: EventBusOptions;
  readonly #scheduler: Scheduler;
  readonly #events: BusEvent[] = [];
  #refusals = 0;
  #published = 0;

  constructor(options: EventBusOptions) {
    this.#options = options;
    this.#scheduler = new Scheduler(options.clock, options.timers);
  }

  /** The last events that were accepted, oldest first. */
  get events(): readonly BusEvent[] {
    return this.#events;
  }

  /** How many events callers have put on the bus since the start: what EventBridge is billed by, not the calls. */
  get published(): number {
    return this.#published;
  }

  /** Makes so many of the next PutEvents entries come back as failed with `InternalFailure`. */
  refuseNextEntries(count: number): void {
    this.#refusals = count;
  }

  /** PutEvents: takes what is well-formed, and says per entry what is not. */
  put(input: Readonly<Record<string, unknown>>): ReadEntry[] {
    return readPutEvents(input, this.#options.clock.now()).map((entry) => {
      if ('event' in entry && this.#refusals > 0) {
        this.#refusals -= 1;
        return { ErrorCode: 'InternalFailure', ErrorMessage: 'Refused by a fault that is switched on.' };
      }
      if ('event' in entry) {
        this.#published += 1;
        this.accept(entry.event);
      }
      return entry;
    });
  }

  /** Puts an event on the bus without the checks for callers; services of the cloud publish this way. */
  accept(event: BusEvent): void {
    this.#events.push(event);
    this.#events.splice(0, this.#events.length - REMEMBERED);
    for (const rule of this.rules.all) {
      if (rule.state === 'ENABLED' && rule.pattern !== null && matchesEventPattern(rule.pattern, event)) {
        this.#send(rule, event);
      }
    }
  }

  /** Brings the schedules in line with a rule that was put, enabled or disabled. */
  refresh(rule: Rule): void {
    const { schedule } = rule;
    if (rule.state === 'ENABLED' && schedule !== null) {
      this.#scheduler.set(rule.name, schedule, (due) => this.#fire(rule.name, due));
    } else {
      this.#scheduler.remove(rule.name);
    }
  }

  /** Takes a rule and its schedule away. */
  delete(ruleName: string): void {
    this.rules.delete(ruleName);
    this.#scheduler.remove(ruleName);
  }

  /** No schedule fires afterwards. Idempotent. */
  stop(): void {
    this.#scheduler.stop();
  }

  #fire(ruleName: string, due: Date): void {
    const rule = this.rules.get(ruleName);
    const content = { source: 'aws.events', detailType: 'Scheduled Event', detail: {}, time: due };
    this.#send(rule, busEvent({ ...content, resources: [rule.arn] }));
  }

  #send(rule: Rule, event: BusEvent): void {
    for (const target of rule.targets.values()) {
      this.#options
        .deliver(target.Arn, payloadFor(target, event))
        .catch((error: unknown) => this.#options.onDeliveryFailure(rule.name, target.Arn, error));
    }
  }
}

function payloadFor(target: RuleTarget, event: BusEvent): string {
  return target.Input ?? JSON.stringify(event);
}
