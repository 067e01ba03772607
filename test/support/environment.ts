/** Counts and seeds of the long tests (test/README.md). */
export function fromEnvironment(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new Error(`${name} must be an integer that is not negative, got ${text}`);
  return value;
}
