// @ts-nocheck
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface circuit {}

export namespace circuit {
  export interface Hop {
    type?: circuit.Hop.Type
    peer?: circuit.Peer
    reservation?: circuit.Reservation
    limit?: circuit.Limit
    status?: number
  }

  export namespace Hop {
    export enum Type {
      RESERVE = 'RESERVE',
      CONNECT = 'CONNECT',
      STATUS = 'STATUS'
    }

    enum __TypeValues {
      RESERVE = 0,
      CONNECT = 1,
      STATUS = 2
    }

    export namespace Type {
      export const codec = (): Codec<Type> => {
        return enumeration<Type>(__TypeValues)
      }
    }

    let _codec: Codec<Hop>

    export const codec = (): Codec<Hop> => {
      if (_codec == null) {
        _codec = message<Hop>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if (obj.type != null) {
            w.uint32(8)
            circuit.Hop.Type.codec().encode(obj.type, w)
          }

          if (obj.peer != null) {
            w.uint32(18)
            circuit.Peer.codec().encode(obj.peer, w)
          }

          if (obj.reservation != null) {
            w.uint32(26)
            circuit.Reservation.codec().encode(obj.reservation, w)
          }

          if (obj.limit != null) {
            w.uint32(34)
            circuit.Limit.codec().encode(obj.limit, w)
          }

          if (obj.status != null) {
            w.uint32(40)
            w.uint32(obj.status)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {}

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.type = circuit.Hop.Type.codec().decode(reader)
                break
              }
              case 2: {
                obj.peer = circuit.Peer.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.peer
                })
                break
              }
              case 3: {
                obj.reservation = circuit.Reservation.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.reservation
                })
                break
              }
              case 4: {
                obj.limit = circuit.Limit.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.limit
                })
                break
              }
              case 5: {
                obj.status = reader.uint32()
                break
              }
              default: {
                reader.skipType(tag & 7)
                break
              }
            }
          }

          return obj
        }, function * (reader, length, prefix, opts = {}) {
          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                yield {
                  field: `${prefix}.type`,
                  value: circuit.Hop.Type.codec().decode(reader)
                }
                break
              }
              case 2: {
                yield * circuit.Peer.codec().stream(reader, reader.uint32(), `${prefix}.peer`, {
                  limits: opts.limits?.peer
                })

                break
              }
              case 3: {
                yield * circuit.Reservation.codec().stream(reader, reader.uint32(), `${prefix}.reservation`, {
                  limits: opts.limits?.reservation
                })

                break
              }
              case 4: {
                yield * circuit.Limit.codec().stream(reader, reader.uint32(), `${prefix}.limit`, {
                  limits: opts.limits?.limit
                })

                break
              }
              case 5: {
                yield {
                  field: `${prefix}.status`,
                  value: reader.uint32()
                }
                break
              }
              default: {
                reader.skipType(tag & 7)
                break
              }
            }
          }
        })
      }

      return _codec
    }

    export interface HopTypeFieldEvent {
      field: '$.type'
      value: circuit.Hop.Type
    }

    export interface HopPeerIdFieldEvent {
      field: '$.peer.id'
      value: Uint8Array
    }

    export interface HopPeerAddrsFieldEvent {
      field: '$.peer.addrs[]'
      index: number
      value: Uint8Array
    }

    export interface HopReservationExpireFieldEvent {
      field: '$.reservation.expire'
      value: bigint
    }

    export interface HopReservationAddrsFieldEvent {
      field: '$.reservation.addrs[]'
      index: number
      value: Uint8Array
    }

    export interface HopLimitDurationFieldEvent {
      field: '$.limit.duration'
      value: number
    }

    export interface HopLimitDataFieldEvent {
      field: '$.limit.data'
      value: bigint
    }

    export interface HopStatusFieldEvent {
      field: '$.status'
      value: number
    }

    export function encode (obj: Partial<Hop>): Uint8Array {
      return encodeMessage(obj, Hop.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hop>): Hop {
      return decodeMessage(buf, Hop.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hop>): Generator<HopTypeFieldEvent | HopPeerIdFieldEvent | HopPeerAddrsFieldEvent | HopReservationExpireFieldEvent | HopReservationAddrsFieldEvent | HopLimitDurationFieldEvent | HopLimitDataFieldEvent | HopStatusFieldEvent> {
      return streamMessage(buf, Hop.codec(), opts)
    }
  }

  export interface Stop {
    type?: circuit.Stop.Type
    peer?: circuit.Peer
    limit?: circuit.Limit
    status?: number
  }

  export namespace Stop {
    export enum Type {
      CONNECT = 'CONNECT',
      STATUS = 'STATUS'
    }

    enum __TypeValues {
      CONNECT = 0,
      STATUS = 1
    }

    export namespace Type {
      export const codec = (): Codec<Type> => {
        return enumeration<Type>(__TypeValues)
      }
    }

    let _codec: Codec<Stop>

    export const codec = (): Codec<Stop> => {
      if (_codec == null) {
        _codec = message<Stop>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if (obj.type != null) {
            w.uint32(8)
            circuit.Stop.Type.codec().encode(obj.type, w)
          }

          if (obj.peer != null) {
            w.uint32(18)
            circuit.Peer.codec().encode(obj.peer, w)
          }

          if (obj.limit != null) {
            w.uint32(26)
            circuit.Limit.codec().encode(obj.limit, w)
          }

          if (obj.status != null) {
            w.uint32(32)
            w.uint32(obj.status)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {}

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.type = circuit.Stop.Type.codec().decode(reader)
                break
              }
              case 2: {
                obj.peer = circuit.Peer.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.peer
                })
                break
              }
              case 3: {
                obj.limit = circuit.Limit.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.limit
                })
                break
              }
              case 4: {
                obj.status = reader.uint32()
                break
              }
              default: {
                reader.skipType(tag & 7)
                break
              }
            }
          }

          return obj
        }, function * (reader, length, prefix, opts = {}) {
          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                yield {
                  field: `${prefix}.type`,
                  value: circuit.Stop.Type.codec().decode(reader)
                }
                break
              }
              case 2: {
                yield * circuit.Peer.codec().stream(reader, reader.uint32(), `${prefix}.peer`, {
                  limits: opts.limits?.peer
                })

                break
              }
              case 3: {
                yield * circuit.Limit.codec().stream(reader, reader.uint32(), `${prefix}.limit`, {
                  limits: opts.limits?.limit
                })

                break
              }
              case 4: {
                yield {
                  field: `${prefix}.status`,
                  value: reader.uint32()
                }
                break
              }
              default: {
                reader.skipType(tag & 7)
                break
              }
            }
          }
        })
      }

      return _codec
    }

    export interface StopTypeFieldEvent {
      field: '$.type'
      value: circuit.Stop.Type
    }

    export interface StopPeerIdFieldEvent {
      field: '$.peer.id'
      value: Uint8Array
    }

    export interface StopPeerAddrsFieldEvent {
      field: '$.peer.addrs[]'
      index: number
      value: Uint8Array
    }

    export interface StopLimitDurationFieldEvent {
      field: '$.limit.duration'
      value: number
    }

    export interface StopLimitDataFieldEvent {
      field: '$.limit.data'
      value: bigint
    }

    export interface StopStatusFieldEvent {
      field: '$.status'
      value: number
    }

    export function encode (obj: Partial<Stop>): Uint8Array {
      return encodeMessage(obj, Stop.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Stop>): Stop {
      return decodeMessage(buf, Stop.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Stop>): Generator<StopTypeFieldEvent | StopPeerIdFieldEvent | StopPeerAddrsFieldEvent | StopLimitDurationFieldEvent | StopLimitDataFieldEvent | StopStatusFieldEvent> {
      return streamMessage(buf, Stop.codec(), opts)
    }
  }

  export interface Peer {
    id: Uint8Array
    addrs: Uint8Array[]
  }

  export namespace Peer {
    let _codec: Codec<Peer>

    export const codec = (): Codec<Peer> => {
      if (_codec == null) {
        _codec = message<Peer>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.id != null && obj.id.byteLength > 0)) {
            w.uint32(10)
            w.bytes(obj.id)
          }

          if (obj.addrs != null && obj.addrs.length > 0) {
            for (const value of obj.addrs) {
              w.uint32(18)
              w.bytes(value)
            }
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            id: uint8ArrayAlloc(0),
            addrs: []
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.id = reader.bytes()
                break
              }
              case 2: {
                if (opts.limits?.addrs != null && obj.addrs.length === opts.limits.addrs) {
                  throw new MaxLengthError('Decode error - repeated field "addrs" had too many elements')
                }

                obj.addrs.push(reader.bytes())
                break
              }
              default: {
                reader.skipType(tag & 7)
                break
              }
            }
          }

          return obj
        }, function * (reader, length, prefix, opts = {}) {
          const obj = {
            addrs: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                yield {
                  field: `${prefix}.id`,
                  value: reader.bytes()
                }
                break
              }
              case 2: {
                if (opts.limits?.addrs != null && obj.addrs === opts.limits.addrs) {
                  throw new MaxLengthError('Streaming decode error - repeated field "addrs" had too many elements')
                }

                yield {
                  field: `${prefix}.addrs[]`,
                  index: obj.addrs,
                  value: reader.bytes()
                }

                obj.addrs++

                break
              }
              default: {
                reader.skipType(tag & 7)
                break
              }
            }
          }
        })
      }

      return _codec
    }

    export interface PeerIdFieldEvent {
      field: '$.id'
      value: Uint8Array
    }

    export interface PeerAddrsFieldEvent {
      field: '$.addrs[]'
      index: number
      value: Uint8Array
    }

    export function encode (obj: Partial<Peer>): Uint8Array {
      return encodeMessage(obj, Peer.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Peer>): Peer {
      return decodeMessage(buf, Peer.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Peer>): Generator<PeerIdFieldEvent | PeerAddrsFieldEvent> {
      return streamMessage(buf, Peer.codec(), opts)
    }
  }

  export interface Reservation {
    expire: bigint
    addrs: Uint8Array[]
  }

  export namespace Reservation {
    let _codec: Codec<Reservation>

    export const codec = (): Codec<Reservation> => {
      if (_codec == null) {
        _codec = message<Reservation>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.expire != null && obj.expire !== 0n)) {
            w.uint32(8)
            w.uint64(obj.expire)
          }

          if (obj.addrs != null && obj.addrs.length > 0) {
            for (const value of obj.addrs) {
              w.uint32(18)
              w.bytes(value)
            }
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            expire: 0n,
            addrs: []
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.expire = reader.uint64()
                break
              }
              case 2: {
                if (opts.limits?.addrs != null && obj.addrs.length === opts.limits.addrs) {
                  throw new MaxLengthError('Decode error - repeated field "addrs" had too many elements')
                }

                obj.addrs.push(reader.bytes())
                break
              }
              default: {
                reader.skipType(tag & 7)
                break
              }
            }
          }

          return obj
        }, function * (reader, length, prefix, opts = {}) {
          const obj = {
            addrs: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                yield {
                  field: `${prefix}.expire`,
                  value: reader.uint64()
                }
                break
              }
              case 2: {
                if (opts.limits?.addrs != null && obj.addrs === opts.limits.addrs) {
                  throw new MaxLengthError('Streaming decode error - repeated field "addrs" had too many elements')
                }

                yield {
                  field: `${prefix}.addrs[]`,
                  index: obj.addrs,
                  value: reader.bytes()
                }

                obj.addrs++

                break
              }
              default: {
                reader.skipType(tag & 7)
                break
              }
            }
          }
        })
      }

      return _codec
    }

    export interface ReservationExpireFieldEvent {
      field: '$.expire'
      value: bigint
    }

    export interface ReservationAddrsFieldEvent {
      field: '$.addrs[]'
      index: number
      value: Uint8Array
    }

    export function encode (obj: Partial<Reservation>): Uint8Array {
      return encodeMessage(obj, Reservation.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Reservation>): Reservation {
      return decodeMessage(buf, Reservation.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Reservation>): Generator<ReservationExpireFieldEvent | ReservationAddrsFieldEvent> {
      return streamMessage(buf, Reservation.codec(), opts)
    }
  }

  export interface Limit {
    duration?: number
    data?: bigint
  }

  export namespace Limit {
    let _codec: Codec<Limit>

    export const codec = (): Codec<Limit> => {
      if (_codec == null) {
        _codec = message<Limit>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if (obj.duration != null) {
            w.uint32(8)
            w.uint32(obj.duration)
          }

          if (obj.data != null) {
            w.uint32(16)
            w.uint64(obj.data)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {}

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.duration = reader.uint32()
                break
              }
              case 2: {
                obj.data = reader.uint64()
                break
              }
              default: {
                reader.skipType(tag & 7)
                break
              }
            }
          }

          return obj
        }, function * (reader, length, prefix, opts = {}) {
          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                yield {
                  field: `${prefix}.duration`,
                  value: reader.uint32()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.data`,
                  value: reader.uint64()
                }
                break
              }
              default: {
                reader.skipType(tag & 7)
                break
              }
            }
          }
        })
      }

      return _codec
    }

    export interface LimitDurationFieldEvent {
      field: '$.duration'
      value: number
    }

    export interface LimitDataFieldEvent {
      field: '$.data'
      value: bigint
    }

    export function encode (obj: Partial<Limit>): Uint8Array {
      return encodeMessage(obj, Limit.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Limit>): Limit {
      return decodeMessage(buf, Limit.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Limit>): Generator<LimitDurationFieldEvent | LimitDataFieldEvent> {
      return streamMessage(buf, Limit.codec(), opts)
    }
  }

  let _codec: Codec<circuit>

  export const codec = (): Codec<circuit> => {
    if (_codec == null) {
      _codec = message<circuit>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export function encode (obj: Partial<circuit>): Uint8Array {
    return encodeMessage(obj, circuit.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<circuit>): circuit {
    return decodeMessage(buf, circuit.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<circuit>): Generator<{}> {
    return streamMessage(buf, circuit.codec(), opts)
  }
}
