/**
 * Plain objects with names that users choose (layers, options) as keys. `constructor` or `toString` are legal names of
 * layers, and `object[name]` would find what every object inherits.
 */

/** The value that an object itself has under a name; undefined where it has none. */
export function own<T>(object: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}
