/**
 * What a function of `node:fs` answers. `node:fs/promises` leaves more behind, until all of the heap is looked through;
 * `promisify` does the same, but to load all of `node:util` takes 2 ms of every start.
 */
export function answered<T>(ask: (answer: (error: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => ask((error, value) => (error ? reject(error) : resolve(value))))
}
