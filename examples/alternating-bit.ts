/**
 * The alternating bit protocol (Bartlett, Scantlebury and Wilkinson, 1969; here as in Lamport, "Specifying Systems",
 * 2002, chapter 14): one bit with each message and acknowledgement makes a reliable channel of two that lose things.
 */
import {
  choose,
  type Fairness,
  forAll,
  leadsTo,
  model,
  range,
  record,
  refines,
  type Sequence,
  type StateOf,
  sequence,
  stepClaim,
  when,
  withConstants,
} from '../checker/index.ts'
import { spec as abstractChannel } from './abstract-channel.ts'
import type { Expected } from './expected.ts'

/** The sequence without one of its elements, whichever is chosen. */
function lose<T>(s: object, queue: Sequence<T>): T[] {
  const lost = choose(s, [...queue].keys())
  return queue.filter((_, at) => at !== lost)
}

const protocolWith = (fairness: Fairness) =>
  withConstants({ values: 2, maxQueue: 2 }, ({ values, maxQueue }) => {
    const bit = range(0, 1)
    const value = range(1, values)
    const message = record({ bit, value })
    const state = {
      // The states just beyond the constraint must exist to be rejected.
      messages: sequence(message, maxQueue + 1),
      acks: sequence(bit, maxQueue + 1),
      /** of the message being sent */
      sendBit: bit,
      /** last acknowledged to the sender */
      ackBit: bit,
      /** of the last message received */
      receiveBit: bit,
      sent: value,
      received: value,
    }
    type State = StateOf<typeof state>

    // The steps of a channel without queues, which the protocol must take when it changes anything but its queues.
    const same = (before: State, after: State, ...fields: (keyof State)[]) =>
      fields.every((field) => before[field] === after[field])
    const sends = (before: State, after: State) =>
      before.sendBit === before.ackBit &&
      after.sendBit !== before.sendBit &&
      same(before, after, 'ackBit', 'receiveBit', 'received')
    const receives = (before: State, after: State) =>
      before.receiveBit !== before.sendBit &&
      after.receiveBit === before.sendBit &&
      after.received === before.sent &&
      same(before, after, 'sendBit', 'ackBit', 'sent')
    const acknowledges = (before: State, after: State) =>
      before.ackBit !== before.receiveBit &&
      after.ackBit === before.receiveBit &&
      same(before, after, 'sendBit', 'receiveBit', 'sent', 'received')

    return model(
      'AlternatingBit',
      { state },
      {
        init: (s) => {
          s.messages = []
          s.acks = []
          s.sendBit = choose(s, bit)
          s.ackBit = s.sendBit
          s.receiveBit = s.sendBit
          s.sent = choose(s, value)
          s.received = choose(s, value)
        },
        actions: {
          SendNew: forAll({ v: value }, (s, { v }) => {
            when(s.ackBit === s.sendBit)
            s.sent = v
            s.sendBit = 1 - s.sendBit
            s.messages.push({ bit: s.sendBit, value: v })
          }),
          SendAgain: (s) => {
            when(s.ackBit !== s.sendBit)
            s.messages.push({ bit: s.sendBit, value: s.sent })
          },
          Receive: (s) => {
            const message = s.messages.shift()
            when(message !== undefined)
            s.receiveBit = message.bit
            s.received = message.value
          },
          SendAck: (s) => {
            s.acks.push(s.receiveBit)
          },
          ReceiveAck: (s) => {
            const ack = s.acks.shift()
            when(ack !== undefined)
            s.ackBit = ack
          },
          LoseMessage: (s) => {
            s.messages = lose(s, s.messages)
          },
          LoseAck: (s) => {
            s.acks = lose(s, s.acks)
          },
        },
        constraint: (s) => s.messages.length <= maxQueue && s.acks.length <= maxQueue,
        claims: [
          stepClaim('every step is one of a reliable channel, or changes the queues only', {
            name: 'channel',
            source: 'Lamport 2002, the module ABCorrectness',
            given: (before, after) => !same(before, after, 'sendBit', 'ackBit', 'receiveBit', 'sent', 'received'),
            holds: (before, after) => sends(before, after) || receives(before, after) || acknowledges(before, after),
          }),
          leadsTo('what is sent is received', {
            name: 'received',
            source: 'Lamport 2002',
            over: { v: value },
            from: (s, { v }) => s.sent === v && s.sendBit !== s.ackBit,
            holds: (s, { v }) => s.received === v,
          }),
          refines('the protocol is a channel that loses nothing', {
            name: 'refinement',
            source: 'Lamport 2002, the module ABCorrectness',
            abstract: abstractChannel.build({ values }),
            map: (s, a) => {
              a.sendBit = s.sendBit
              a.ackBit = s.ackBit
              a.receiveBit = s.receiveBit
              a.sent = s.sent
              a.received = s.received
            },
          }),
        ],
        fairness,
      },
    )
  })

/**
 * What stays possible is sent again, and of messages that keep arriving not all are lost. A step into a state that the
 * constraint rejects does not exist here: where a queue is full, nothing can be sent into it, and fairness asks for no
 * more. Without the constraint the sender would have to go on, and the receiver to receive all the more.
 */
export const spec = protocolWith({ weak: ['SendAgain', 'SendAck'], strong: ['Receive', 'ReceiveAck'] })

/** The channel may lose every message. */
export const unfair = protocolWith({ weak: ['SendAgain', 'SendAck', 'Receive', 'ReceiveAck'] })

export const expected: readonly Expected[] = [
  {
    constants: { values: 2, maxQueue: 2 },
    distinct: 240,
    generated: 1392,
    depth: 10,
    claims: { channel: 'holds', received: 'holds', refinement: 'holds' },
  },
  { export: 'unfair', distinct: 240, claims: { channel: 'holds', received: 6, refinement: 6 } },
]
