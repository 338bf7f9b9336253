// @ts-nocheck
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, enumeration, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface gate {}

export namespace gate {
  export interface Frame {
    open?: gate.Open
    data?: gate.Data
    end?: gate.End
  }

  export namespace Frame {
    let _codec: Codec<Frame>

    export const codec = (): Codec<Frame> => {
      if (_codec == null) {
        _codec = message<Frame>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          obj = { ...obj }

          if (obj.end != null) {
            obj.data = undefined
            obj.open = undefined
          }

          if (obj.data != null) {
            obj.end = undefined
            obj.open = undefined
          }

          if (obj.open != null) {
            obj.end = undefined
            obj.data = undefined
          }

          if (obj.open != null) {
            w.uint32(10)
            gate.Open.codec().encode(obj.open, w)
          }

          if (obj.data != null) {
            w.uint32(18)
            gate.Data.codec().encode(obj.data, w)
          }

          if (obj.end != null) {
            w.uint32(26)
            gate.End.codec().encode(obj.end, w)
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
                obj.open = gate.Open.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.open
                })
                break
              }
              case 2: {
                obj.data = gate.Data.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.data
                })
                break
              }
              case 3: {
                obj.end = gate.End.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.end
                })
                break
              }
              default: {
                reader.skipType(tag & 7)
                break
              }
            }
          }

          if (obj.end != null) {
            delete obj.data
            delete obj.open
          }

          if (obj.data != null) {
            delete obj.end
            delete obj.open
          }

          if (obj.open != null) {
            delete obj.end
            delete obj.data
          }

          return obj
        }, function * (reader, length, prefix, opts = {}) {
          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                yield * gate.Open.codec().stream(reader, reader.uint32(), `${prefix}.open`, {
                  limits: opts.limits?.open
                })

                break
              }
              case 2: {
                yield * gate.Data.codec().stream(reader, reader.uint32(), `${prefix}.data`, {
                  limits: opts.limits?.data
                })

                break
              }
              case 3: {
                yield * gate.End.codec().stream(reader, reader.uint32(), `${prefix}.end`, {
                  limits: opts.limits?.end
                })

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

    export interface FrameOpenProtocolFieldEvent {
      field: '$.open.protocol'
      value: string
    }

    export interface FrameOpenMethodFieldEvent {
      field: '$.open.method'
      value: string
    }

    export interface FrameOpenDeadlineMsFieldEvent {
      field: '$.open.deadlineMs'
      value: number
    }

    export interface FrameOpenPayloadFieldEvent {
      field: '$.open.payload'
      value: Uint8Array
    }

    export interface FrameOpenLocationFieldEvent {
      field: '$.open.location'
      value: string
    }

    export interface FrameOpenStreamingFieldEvent {
      field: '$.open.streaming'
      value: boolean
    }

    export interface FrameDataPayloadFieldEvent {
      field: '$.data.payload'
      value: Uint8Array
    }

    export interface FrameEndCodeFieldEvent {
      field: '$.end.code'
      value: gate.End.Code
    }

    export interface FrameEndReasonFieldEvent {
      field: '$.end.reason'
      value: string
    }

    export interface FrameEndPayloadFieldEvent {
      field: '$.end.payload'
      value: Uint8Array
    }

    export function encode (obj: Partial<Frame>): Uint8Array {
      return encodeMessage(obj, Frame.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Frame>): Frame {
      return decodeMessage(buf, Frame.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Frame>): Generator<FrameOpenProtocolFieldEvent | FrameOpenMethodFieldEvent | FrameOpenDeadlineMsFieldEvent | FrameOpenPayloadFieldEvent | FrameOpenLocationFieldEvent | FrameOpenStreamingFieldEvent | FrameDataPayloadFieldEvent | FrameEndCodeFieldEvent | FrameEndReasonFieldEvent | FrameEndPayloadFieldEvent> {
      return streamMessage(buf, Frame.codec(), opts)
    }
  }

  export interface Open {
    protocol: string
    method: string
    deadlineMs: number
    payload: Uint8Array
    location: string
    streaming: boolean
  }

  export namespace Open {
    let _codec: Codec<Open>

    export const codec = (): Codec<Open> => {
      if (_codec == null) {
        _codec = message<Open>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.protocol != null && obj.protocol !== '')) {
            w.uint32(10)
            w.string(obj.protocol)
          }

          if ((obj.method != null && obj.method !== '')) {
            w.uint32(18)
            w.string(obj.method)
          }

          if ((obj.deadlineMs != null && obj.deadlineMs !== 0)) {
            w.uint32(24)
            w.uint32(obj.deadlineMs)
          }

          if ((obj.payload != null && obj.payload.byteLength > 0)) {
            w.uint32(42)
            w.bytes(obj.payload)
          }

          if ((obj.location != null && obj.location !== '')) {
            w.uint32(50)
            w.string(obj.location)
          }

          if ((obj.streaming != null && obj.streaming !== false)) {
            w.uint32(56)
            w.bool(obj.streaming)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            protocol: '',
            method: '',
            deadlineMs: 0,
            payload: uint8ArrayAlloc(0),
            location: '',
            streaming: false
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.protocol = reader.string()
                break
              }
              case 2: {
                obj.method = reader.string()
                break
              }
              case 3: {
                obj.deadlineMs = reader.uint32()
                break
              }
              case 5: {
                obj.payload = reader.bytes()
                break
              }
              case 6: {
                obj.location = reader.string()
                break
              }
              case 7: {
                obj.streaming = reader.bool()
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
                  field: `${prefix}.protocol`,
                  value: reader.string()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.method`,
                  value: reader.string()
                }
                break
              }
              case 3: {
                yield {
                  field: `${prefix}.deadlineMs`,
                  value: reader.uint32()
                }
                break
              }
              case 5: {
                yield {
                  field: `${prefix}.payload`,
                  value: reader.bytes()
                }
                break
              }
              case 6: {
                yield {
                  field: `${prefix}.location`,
                  value: reader.string()
                }
                break
              }
              case 7: {
                yield {
                  field: `${prefix}.streaming`,
                  value: reader.bool()
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

    export interface OpenProtocolFieldEvent {
      field: '$.protocol'
      value: string
    }

    export interface OpenMethodFieldEvent {
      field: '$.method'
      value: string
    }

    export interface OpenDeadlineMsFieldEvent {
      field: '$.deadlineMs'
      value: number
    }

    export interface OpenPayloadFieldEvent {
      field: '$.payload'
      value: Uint8Array
    }

    export interface OpenLocationFieldEvent {
      field: '$.location'
      value: string
    }

    export interface OpenStreamingFieldEvent {
      field: '$.streaming'
      value: boolean
    }

    export function encode (obj: Partial<Open>): Uint8Array {
      return encodeMessage(obj, Open.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Open>): Open {
      return decodeMessage(buf, Open.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Open>): Generator<OpenProtocolFieldEvent | OpenMethodFieldEvent | OpenDeadlineMsFieldEvent | OpenPayloadFieldEvent | OpenLocationFieldEvent | OpenStreamingFieldEvent> {
      return streamMessage(buf, Open.codec(), opts)
    }
  }

  export interface Data {
    payload: Uint8Array
  }

  export namespace Data {
    let _codec: Codec<Data>

    export const codec = (): Codec<Data> => {
      if (_codec == null) {
        _codec = message<Data>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.payload != null && obj.payload.byteLength > 0)) {
            w.uint32(10)
            w.bytes(obj.payload)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            payload: uint8ArrayAlloc(0)
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.payload = reader.bytes()
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
                  field: `${prefix}.payload`,
                  value: reader.bytes()
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

    export interface DataPayloadFieldEvent {
      field: '$.payload'
      value: Uint8Array
    }

    export function encode (obj: Partial<Data>): Uint8Array {
      return encodeMessage(obj, Data.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Data>): Data {
      return decodeMessage(buf, Data.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Data>): Generator<DataPayloadFieldEvent> {
      return streamMessage(buf, Data.codec(), opts)
    }
  }

  export interface End {
    code: gate.End.Code
    reason: string
    payload: Uint8Array
  }

  export namespace End {
    export enum Code {
      OK = 'OK',
      DENIED = 'DENIED',
      BAD_REQUEST = 'BAD_REQUEST',
      APP = 'APP',
      BUSY = 'BUSY',
      TIMEOUT = 'TIMEOUT',
      TOO_LARGE = 'TOO_LARGE',
      INTERNAL = 'INTERNAL'
    }

    enum __CodeValues {
      OK = 0,
      DENIED = 1,
      BAD_REQUEST = 2,
      APP = 3,
      BUSY = 4,
      TIMEOUT = 5,
      TOO_LARGE = 6,
      INTERNAL = 7
    }

    export namespace Code {
      export const codec = (): Codec<Code> => {
        return enumeration<Code>(__CodeValues)
      }
    }

    let _codec: Codec<End>

    export const codec = (): Codec<End> => {
      if (_codec == null) {
        _codec = message<End>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if (obj.code != null && __CodeValues[obj.code] !== 0) {
            w.uint32(8)
            gate.End.Code.codec().encode(obj.code, w)
          }

          if ((obj.reason != null && obj.reason !== '')) {
            w.uint32(18)
            w.string(obj.reason)
          }

          if ((obj.payload != null && obj.payload.byteLength > 0)) {
            w.uint32(26)
            w.bytes(obj.payload)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            code: Code.OK,
            reason: '',
            payload: uint8ArrayAlloc(0)
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.code = gate.End.Code.codec().decode(reader)
                break
              }
              case 2: {
                obj.reason = reader.string()
                break
              }
              case 3: {
                obj.payload = reader.bytes()
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
                  field: `${prefix}.code`,
                  value: gate.End.Code.codec().decode(reader)
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.reason`,
                  value: reader.string()
                }
                break
              }
              case 3: {
                yield {
                  field: `${prefix}.payload`,
                  value: reader.bytes()
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

    export interface EndCodeFieldEvent {
      field: '$.code'
      value: gate.End.Code
    }

    export interface EndReasonFieldEvent {
      field: '$.reason'
      value: string
    }

    export interface EndPayloadFieldEvent {
      field: '$.payload'
      value: Uint8Array
    }

    export function encode (obj: Partial<End>): Uint8Array {
      return encodeMessage(obj, End.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<End>): End {
      return decodeMessage(buf, End.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<End>): Generator<EndCodeFieldEvent | EndReasonFieldEvent | EndPayloadFieldEvent> {
      return streamMessage(buf, End.codec(), opts)
    }
  }

  let _codec: Codec<gate>

  export const codec = (): Codec<gate> => {
    if (_codec == null) {
      _codec = message<gate>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<gate>): Uint8Array {
    return encodeMessage(obj, gate.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<gate>): gate {
    return decodeMessage(buf, gate.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<gate>): Generator<{}> {
    return streamMessage(buf, gate.codec(), opts)
  }
}
