/** `array` with room for `length` numbers, zeros behind what it had; itself when it has the room. */
export function grown<T extends Float64Array | Uint8Array | Int32Array>(array: T, length: number): T {
  if (length <= array.length) return array
  const larger = new (array.constructor as new (length: number) => T)(Math.max(length, array.length * 2))
  larger.set(array)
  return larger
}
