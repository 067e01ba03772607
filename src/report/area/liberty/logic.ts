/** Boolean functions of Liberty cells: an expression → its truth table. */

/**
 * Value of an expression for every assignment of the inputs: bit i is the value where input j is bit j of i. Null where
 * the text is no such expression or names something else (a state, a constant of the tool).
 */
export function truthTable(expression: string, inputs: readonly string[]): number | null {
  const tokens = expression.match(/[A-Za-z_][\w[\]]*|[01]|[!'&*|+^()]/g) ?? [];
  let table = 0;
  for (let i = 0; i < 2 ** inputs.length; i++) {
    const values = new Map(inputs.map((name, j) => [name, ((i >> j) & 1) === 1]));
    const value = new Evaluation(tokens, values).result();
    if (value === null) return null;
    if (value) table |= 1 << i;
  }
  return table;
}

/** One assignment: or (`+`, `|`) binds weaker than xor (`^`), than and (`*`, `&`, nothing), than not (`!`, `'` behind). */
class Evaluation {
  private at = 0;
  private broken = false;

  constructor(
    private readonly tokens: readonly string[],
    private readonly values: ReadonlyMap<string, boolean>,
  ) {}

  result(): boolean | null {
    const value = this.or();
    return this.broken || this.at < this.tokens.length ? null : value;
  }

  private or(): boolean {
    let value = this.xor();
    while (this.take('|', '+')) value = this.xor() || value;
    return value;
  }

  private xor(): boolean {
    let value = this.and();
    while (this.take('^')) value = this.and() !== value;
    return value;
  }

  private and(): boolean {
    let value = this.not();
    while (this.take('&', '*') || /^[\w!(]/.test(this.tokens[this.at] ?? '')) value = this.not() && value;
    return value;
  }

  private not(): boolean {
    if (this.take('!')) return !this.not();
    let value = this.primary();
    while (this.take("'")) value = !value;
    return value;
  }

  private primary(): boolean {
    if (this.take('(')) {
      const value = this.or();
      if (!this.take(')')) this.broken = true;
      return value;
    }
    const name = this.tokens[this.at++] ?? '';
    const value = /^[01]$/.test(name) ? name === '1' : this.values.get(name);
    if (value === undefined) this.broken = true;
    return value ?? false;
  }

  private take(...symbols: string[]): boolean {
    const found = symbols.includes(this.tokens[this.at] ?? '');
    if (found) this.at++;
    return found;
  }
}
