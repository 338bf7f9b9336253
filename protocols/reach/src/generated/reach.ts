// @ts-nocheck
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, enumeration, message, streamMessage } from 'protons-runtime'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface reach {}

export namespace reach {
  export interface Look {
    port: number
  }

  export namespace Look {
    let _codec: Codec<Look>

    export const codec = (): Codec<Look> => {
      if (_codec == null) {
        _codec = message<Look>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.port != null && obj.port !== 0)) {
            w.uint32(8)
            w.uint32(obj.port)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            port: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.port = reader.uint32()
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
                  field: `${prefix}.port`,
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

    export interface LookPortFieldEvent {
      field: '$.port'
      value: number
    }

    export function encode (obj: Partial<Look>): Uint8Array {
      return encodeMessage(obj, Look.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Look>): Look {
      return decodeMessage(buf, Look.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Look>): Generator<LookPortFieldEvent> {
      return streamMessage(buf, Look.codec(), opts)
    }
  }

  export interface Looked {
    address: string
    outcome: reach.Looked.Outcome
    atMs: number
  }

  export namespace Looked {
    export enum Outcome {
      NOT_TRIED = 'NOT_TRIED',
      ANSWERED = 'ANSWERED',
      SILENT = 'SILENT',
      LATER = 'LATER'
    }

    enum __OutcomeValues {
      NOT_TRIED = 0,
      ANSWERED = 1,
      SILENT = 2,
      LATER = 3
    }

    export namespace Outcome {
      export const codec = (): Codec<Outcome> => {
        return enumeration<Outcome>(__OutcomeValues)
      }
    }

    let _codec: Codec<Looked>

    export const codec = (): Codec<Looked> => {
      if (_codec == null) {
        _codec = message<Looked>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.address != null && obj.address !== '')) {
            w.uint32(10)
            w.string(obj.address)
          }

          if (obj.outcome != null && __OutcomeValues[obj.outcome] !== 0) {
            w.uint32(16)
            reach.Looked.Outcome.codec().encode(obj.outcome, w)
          }

          if ((obj.atMs != null && obj.atMs !== 0)) {
            w.uint32(24)
            w.uint64Number(obj.atMs)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            address: '',
            outcome: Outcome.NOT_TRIED,
            atMs: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.address = reader.string()
                break
              }
              case 2: {
                obj.outcome = reach.Looked.Outcome.codec().decode(reader)
                break
              }
              case 3: {
                obj.atMs = reader.uint64Number()
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
                  field: `${prefix}.address`,
                  value: reader.string()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.outcome`,
                  value: reach.Looked.Outcome.codec().decode(reader)
                }
                break
              }
              case 3: {
                yield {
                  field: `${prefix}.atMs`,
                  value: reader.uint64Number()
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

    export interface LookedAddressFieldEvent {
      field: '$.address'
      value: string
    }

    export interface LookedOutcomeFieldEvent {
      field: '$.outcome'
      value: reach.Looked.Outcome
    }

    export interface LookedAtMsFieldEvent {
      field: '$.atMs'
      value: number
    }

    export function encode (obj: Partial<Looked>): Uint8Array {
      return encodeMessage(obj, Looked.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Looked>): Looked {
      return decodeMessage(buf, Looked.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Looked>): Generator<LookedAddressFieldEvent | LookedOutcomeFieldEvent | LookedAtMsFieldEvent> {
      return streamMessage(buf, Looked.codec(), opts)
    }
  }

  let _codec: Codec<reach>

  export const codec = (): Codec<reach> => {
    if (_codec == null) {
      _codec = message<reach>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<reach>): Uint8Array {
    return encodeMessage(obj, reach.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<reach>): reach {
    return decodeMessage(buf, reach.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<reach>): Generator<{}> {
    return streamMessage(buf, reach.codec(), opts)
  }
}
