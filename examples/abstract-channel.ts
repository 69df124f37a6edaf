/**
 * What the alternating bit protocol implements (after Lamport, "Specifying Systems", 2002, the module ABCorrectness): one
 * value at a time goes from the sender to the receiver, who acknowledges it before the next is sent. Nothing is lost here.
 */
import { choose, forAll, leadsTo, model, range, when, withConstants } from '../checker/index.ts'

export const spec = withConstants({ values: 2 }, ({ values }) => {
  const bit = range(0, 1)
  const value = range(1, values)
  return model(
    'AbstractChannel',
    // The three bits differ where something is on its way: a value, or its acknowledgement.
    { state: { sendBit: bit, ackBit: bit, receiveBit: bit, sent: value, received: value } },
    {
      init: (s) => {
        s.sendBit = choose(s, bit)
        s.ackBit = s.sendBit
        s.receiveBit = s.sendBit
        s.sent = choose(s, value)
        s.received = choose(s, value)
      },
      actions: {
        Send: forAll({ v: value }, (s, { v }) => {
          when(s.ackBit === s.sendBit)
          s.sent = v
          s.sendBit = 1 - s.sendBit
        }),
        Receive: (s) => {
          when(s.receiveBit !== s.sendBit)
          s.receiveBit = s.sendBit
          s.received = s.sent
        },
        Acknowledge: (s) => {
          when(s.ackBit !== s.receiveBit)
          s.ackBit = s.receiveBit
        },
      },
      fairness: { weak: ['Receive', 'Acknowledge'] },
      claims: [
        leadsTo('what is sent is received', {
          name: 'delivery',
          source: 'Lamport 2002, section 14.3',
          over: { v: value },
          from: (s, { v }) => s.sendBit !== s.receiveBit && s.sent === v,
          holds: (s, { v }) => s.received === v,
        }),
      ],
    },
  )
})
