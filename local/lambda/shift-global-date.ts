/**
 * Makes this thread's `Date` follow the embedded cloud's clock, so that product code that calls `new Date()` lives in
 * the cloud's time. Dates made from a value are what they are; only "now" moves.
 *
 * @returns a function that sets by how many milliseconds "now" runs ahead of the machine
 */
export function shiftGlobalDate(): (offsetMs: number) => void {
  const MachineDate = Date;
  let offset = 0;
  const now = () => MachineDate.now() + offset;
  const CloudDate = new Proxy(MachineDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new MachineDate(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
  Object.defineProperty(MachineDate.prototype, 'constructor', { value: CloudDate, configurable: true, writable: true });
  globalThis.Date = CloudDate;
  return (offsetMs) => {
    offset = offsetMs;
  };
}
