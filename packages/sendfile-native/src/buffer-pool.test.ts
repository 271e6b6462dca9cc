import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUFFER_SIZES, BufferPool } from './buffer-pool.ts'

describe('BufferPool', () => {
  it('never holds more than its limit, and everybody gets a buffer in the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...BUFFER_SIZES), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 0, max: 700_000 }),
        async (sizes, limit) => {
          const pool = new BufferPool(limit)
          const bound = Math.max(limit, BUFFER_SIZES.at(-1) as number)
          let given = 0
          await Promise.all(
            sizes.map(async size => {
              const buffer = await pool.take(size)
              expect(buffer.length).toBe(size)
              expect(pool.heldBytes).toBeLessThanOrEqual(bound)
              given++
              await Promise.resolve()
              pool.release(buffer)
            }),
          )
          expect(given).toBe(sizes.length)
        },
      ),
    )
  })

  it('serves who waits in the order they came', async () => {
    const pool = new BufferPool(0)
    const [largest, smallest] = [BUFFER_SIZES.at(-1) as number, BUFFER_SIZES[0] as number]
    const held = await pool.take(largest)
    const order: number[] = []
    const waiting = [largest, smallest].map(size =>
      pool.take(size).then(buffer => {
        order.push(buffer.length)
        pool.release(buffer)
      }),
    )
    pool.release(held)
    await Promise.all(waiting)
    expect(order).toEqual([largest, smallest])
  })
})
