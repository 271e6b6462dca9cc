import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AdmissionGate, type Admission } from './admission-gate.ts'

describe('AdmissionGate', () => {
  it('refuses over the count, and over the bytes', () => {
    const gate = new AdmissionGate({ maxInFlight: 2, maxInFlightBytes: 100 })
    const first = gate.tryEnter(60)
    expect(gate.tryEnter(41)).toBeUndefined()
    expect(gate.tryEnter(40)).toBeDefined()
    expect(gate.tryEnter()).toBeUndefined()
    first?.release()
    expect(gate.tryEnter(60)).toBeDefined()
    expect(gate.stats()).toEqual({ inFlight: 2, inFlightBytes: 100, admitted: 3, refused: 2 })
  })

  it('gives a place back once, however often it is released', () => {
    const gate = new AdmissionGate({ maxInFlight: 1 })
    const admission = gate.tryEnter(5)
    gate.tryEnter()
    admission?.release()
    admission?.release()
    expect(gate.stats()).toMatchObject({ inFlight: 0, inFlightBytes: 0 })
  })

  it('never has more inside than its limits, and is empty when all have left', () => {
    const steps = fc.array(fc.oneof(fc.nat(40), fc.constant('leave' as const)), { maxLength: 80 })
    fc.assert(
      fc.property(steps, all => {
        const gate = new AdmissionGate({ maxInFlight: 3, maxInFlightBytes: 60 })
        const inside: Admission[] = []
        for (const step of all) {
          if (step === 'leave') inside.shift()?.release()
          else inside.push(...[gate.tryEnter(step)].filter(admission => admission !== undefined))
          const bytes = inside.reduce((sum, admission) => sum + admission.bytes, 0)
          expect(gate.stats()).toMatchObject({ inFlight: inside.length, inFlightBytes: bytes })
          expect(inside.length <= 3 && bytes <= 60).toBe(true)
        }
        for (const admission of inside) admission.release()
        expect(gate.stats()).toMatchObject({ inFlight: 0, inFlightBytes: 0 })
      }),
    )
  })

  it('refuses limits and bytes that make no sense', () => {
    expect(() => new AdmissionGate({ maxInFlight: 0 })).toThrow(RangeError)
    expect(() => new AdmissionGate({ maxInFlight: 1, maxInFlightBytes: 0 })).toThrow(RangeError)
    expect(() => new AdmissionGate({ maxInFlight: 1 }).tryEnter(-1)).toThrow(RangeError)
  })
})
