/** Work begun ahead of its use, in bounded number. */

/**
 * The results of `make` for each request, in order; at most `ahead` of them are in work or wait beside the one in use. The
 * first failure ends the sequence, after what is in work.
 */
export async function* prefetched<Request, Result>(
  requests: Iterable<Request>,
  ahead: number,
  make: (request: Request) => Promise<Result>,
): AsyncGenerator<Result> {
  const source = requests[Symbol.iterator]();
  const queue: Promise<Result>[] = [];
  const begin = (): void => {
    const { done, value } = source.next();
    if (done === true) return;
    const result = make(value);
    // It is waited for in its turn; a failure before that is not lost.
    result.catch(() => undefined);
    queue.push(result);
  };
  try {
    for (let i = 0; i < ahead; i++) begin();
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const result = await next;
      begin();
      yield result;
    }
  } finally {
    await Promise.allSettled(queue);
  }
}
