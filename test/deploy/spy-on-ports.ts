/**
 * The same ports; every call of a method of one of their members is told as `<member>.<method>`, and the members of what
 * a method ending in `Of` gives are told under its name.
 */
export function spyOnPorts<Ports extends object>(ports: Ports, tell: (call: string) => void): Ports {
  const wrap = (target: object, path: string): object =>
    new Proxy(target, {
      get(_, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof name !== 'string' || name === 'config' || name === 'now') {
          return value;
        }
        const where = path === '' ? name : `${path}.${name}`;
        if (typeof value === 'function') {
          return (...args: readonly unknown[]) => {
            tell(where);
            const result: unknown = Reflect.apply(value, target, args);
            return name.endsWith('Of') && isPlain(result) ? wrap(result, name) : result;
          };
        }
        return isPlain(value) ? wrap(value, where) : value;
      },
    });
  return wrap(ports, '') as Ports;
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Promise) && !Array.isArray(value);
