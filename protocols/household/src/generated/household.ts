// @ts-nocheck
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface household {}

export namespace household {
  export interface Chain {
    documents: Uint8Array[]
    suspensions: Uint8Array[]
  }

  export namespace Chain {
    let _codec: Codec<Chain>

    export const codec = (): Codec<Chain> => {
      if (_codec == null) {
        _codec = message<Chain>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if (obj.documents != null && obj.documents.length > 0) {
            for (const value of obj.documents) {
              w.uint32(10)
              w.bytes(value)
            }
          }

          if (obj.suspensions != null && obj.suspensions.length > 0) {
            for (const value of obj.suspensions) {
              w.uint32(18)
              w.bytes(value)
            }
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            documents: [],
            suspensions: []
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                if (opts.limits?.documents != null && obj.documents.length === opts.limits.documents) {
                  throw new MaxLengthError('Decode error - repeated field "documents" had too many elements')
                }

                obj.documents.push(reader.bytes())
                break
              }
              case 2: {
                if (opts.limits?.suspensions != null && obj.suspensions.length === opts.limits.suspensions) {
                  throw new MaxLengthError('Decode error - repeated field "suspensions" had too many elements')
                }

                obj.suspensions.push(reader.bytes())
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
            documents: 0,
            suspensions: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                if (opts.limits?.documents != null && obj.documents === opts.limits.documents) {
                  throw new MaxLengthError('Streaming decode error - repeated field "documents" had too many elements')
                }

                yield {
                  field: `${prefix}.documents[]`,
                  index: obj.documents,
                  value: reader.bytes()
                }

                obj.documents++

                break
              }
              case 2: {
                if (opts.limits?.suspensions != null && obj.suspensions === opts.limits.suspensions) {
                  throw new MaxLengthError('Streaming decode error - repeated field "suspensions" had too many elements')
                }

                yield {
                  field: `${prefix}.suspensions[]`,
                  index: obj.suspensions,
                  value: reader.bytes()
                }

                obj.suspensions++

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

    export interface ChainDocumentsFieldEvent {
      field: '$.documents[]'
      index: number
      value: Uint8Array
    }

    export interface ChainSuspensionsFieldEvent {
      field: '$.suspensions[]'
      index: number
      value: Uint8Array
    }

    export function encode (obj: Partial<Chain>): Uint8Array {
      return encodeMessage(obj, Chain.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Chain>): Chain {
      return decodeMessage(buf, Chain.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Chain>): Generator<ChainDocumentsFieldEvent | ChainSuspensionsFieldEvent> {
      return streamMessage(buf, Chain.codec(), opts)
    }
  }

  export interface Present {
    own?: household.Chain
    yours?: household.Chain
    checkpoints: Uint8Array[]
  }

  export namespace Present {
    let _codec: Codec<Present>

    export const codec = (): Codec<Present> => {
      if (_codec == null) {
        _codec = message<Present>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if (obj.own != null) {
            w.uint32(10)
            household.Chain.codec().encode(obj.own, w)
          }

          if (obj.yours != null) {
            w.uint32(18)
            household.Chain.codec().encode(obj.yours, w)
          }

          if (obj.checkpoints != null && obj.checkpoints.length > 0) {
            for (const value of obj.checkpoints) {
              w.uint32(26)
              w.bytes(value)
            }
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            checkpoints: []
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.own = household.Chain.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.own
                })
                break
              }
              case 2: {
                obj.yours = household.Chain.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.yours
                })
                break
              }
              case 3: {
                if (opts.limits?.checkpoints != null && obj.checkpoints.length === opts.limits.checkpoints) {
                  throw new MaxLengthError('Decode error - repeated field "checkpoints" had too many elements')
                }

                obj.checkpoints.push(reader.bytes())
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
            checkpoints: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                yield * household.Chain.codec().stream(reader, reader.uint32(), `${prefix}.own`, {
                  limits: opts.limits?.own
                })

                break
              }
              case 2: {
                yield * household.Chain.codec().stream(reader, reader.uint32(), `${prefix}.yours`, {
                  limits: opts.limits?.yours
                })

                break
              }
              case 3: {
                if (opts.limits?.checkpoints != null && obj.checkpoints === opts.limits.checkpoints) {
                  throw new MaxLengthError('Streaming decode error - repeated field "checkpoints" had too many elements')
                }

                yield {
                  field: `${prefix}.checkpoints[]`,
                  index: obj.checkpoints,
                  value: reader.bytes()
                }

                obj.checkpoints++

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

    export interface PresentOwnDocumentsFieldEvent {
      field: '$.own.documents[]'
      index: number
      value: Uint8Array
    }

    export interface PresentOwnSuspensionsFieldEvent {
      field: '$.own.suspensions[]'
      index: number
      value: Uint8Array
    }

    export interface PresentYoursDocumentsFieldEvent {
      field: '$.yours.documents[]'
      index: number
      value: Uint8Array
    }

    export interface PresentYoursSuspensionsFieldEvent {
      field: '$.yours.suspensions[]'
      index: number
      value: Uint8Array
    }

    export interface PresentCheckpointsFieldEvent {
      field: '$.checkpoints[]'
      index: number
      value: Uint8Array
    }

    export function encode (obj: Partial<Present>): Uint8Array {
      return encodeMessage(obj, Present.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Present>): Present {
      return decodeMessage(buf, Present.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Present>): Generator<PresentOwnDocumentsFieldEvent | PresentOwnSuspensionsFieldEvent | PresentYoursDocumentsFieldEvent | PresentYoursSuspensionsFieldEvent | PresentCheckpointsFieldEvent> {
      return streamMessage(buf, Present.codec(), opts)
    }
  }

  export interface Presented {
    own?: household.Chain
    checkpoints: Uint8Array[]
  }

  export namespace Presented {
    let _codec: Codec<Presented>

    export const codec = (): Codec<Presented> => {
      if (_codec == null) {
        _codec = message<Presented>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if (obj.own != null) {
            w.uint32(10)
            household.Chain.codec().encode(obj.own, w)
          }

          if (obj.checkpoints != null && obj.checkpoints.length > 0) {
            for (const value of obj.checkpoints) {
              w.uint32(18)
              w.bytes(value)
            }
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            checkpoints: []
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.own = household.Chain.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.own
                })
                break
              }
              case 2: {
                if (opts.limits?.checkpoints != null && obj.checkpoints.length === opts.limits.checkpoints) {
                  throw new MaxLengthError('Decode error - repeated field "checkpoints" had too many elements')
                }

                obj.checkpoints.push(reader.bytes())
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
            checkpoints: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                yield * household.Chain.codec().stream(reader, reader.uint32(), `${prefix}.own`, {
                  limits: opts.limits?.own
                })

                break
              }
              case 2: {
                if (opts.limits?.checkpoints != null && obj.checkpoints === opts.limits.checkpoints) {
                  throw new MaxLengthError('Streaming decode error - repeated field "checkpoints" had too many elements')
                }

                yield {
                  field: `${prefix}.checkpoints[]`,
                  index: obj.checkpoints,
                  value: reader.bytes()
                }

                obj.checkpoints++

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

    export interface PresentedOwnDocumentsFieldEvent {
      field: '$.own.documents[]'
      index: number
      value: Uint8Array
    }

    export interface PresentedOwnSuspensionsFieldEvent {
      field: '$.own.suspensions[]'
      index: number
      value: Uint8Array
    }

    export interface PresentedCheckpointsFieldEvent {
      field: '$.checkpoints[]'
      index: number
      value: Uint8Array
    }

    export function encode (obj: Partial<Presented>): Uint8Array {
      return encodeMessage(obj, Presented.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Presented>): Presented {
      return decodeMessage(buf, Presented.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Presented>): Generator<PresentedOwnDocumentsFieldEvent | PresentedOwnSuspensionsFieldEvent | PresentedCheckpointsFieldEvent> {
      return streamMessage(buf, Presented.codec(), opts)
    }
  }

  export interface Fact {
    kind: string
    id: string
    envelope: Uint8Array
  }

  export namespace Fact {
    let _codec: Codec<Fact>

    export const codec = (): Codec<Fact> => {
      if (_codec == null) {
        _codec = message<Fact>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.kind != null && obj.kind !== '')) {
            w.uint32(10)
            w.string(obj.kind)
          }

          if ((obj.id != null && obj.id !== '')) {
            w.uint32(18)
            w.string(obj.id)
          }

          if ((obj.envelope != null && obj.envelope.byteLength > 0)) {
            w.uint32(26)
            w.bytes(obj.envelope)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            kind: '',
            id: '',
            envelope: uint8ArrayAlloc(0)
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.kind = reader.string()
                break
              }
              case 2: {
                obj.id = reader.string()
                break
              }
              case 3: {
                obj.envelope = reader.bytes()
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
                  field: `${prefix}.kind`,
                  value: reader.string()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.id`,
                  value: reader.string()
                }
                break
              }
              case 3: {
                yield {
                  field: `${prefix}.envelope`,
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

    export interface FactKindFieldEvent {
      field: '$.kind'
      value: string
    }

    export interface FactIdFieldEvent {
      field: '$.id'
      value: string
    }

    export interface FactEnvelopeFieldEvent {
      field: '$.envelope'
      value: Uint8Array
    }

    export function encode (obj: Partial<Fact>): Uint8Array {
      return encodeMessage(obj, Fact.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Fact>): Fact {
      return decodeMessage(buf, Fact.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Fact>): Generator<FactKindFieldEvent | FactIdFieldEvent | FactEnvelopeFieldEvent> {
      return streamMessage(buf, Fact.codec(), opts)
    }
  }

  export interface Cursor {
    n: number
    mark: string
  }

  export namespace Cursor {
    let _codec: Codec<Cursor>

    export const codec = (): Codec<Cursor> => {
      if (_codec == null) {
        _codec = message<Cursor>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.n != null && obj.n !== 0)) {
            w.uint32(8)
            w.uint32(obj.n)
          }

          if ((obj.mark != null && obj.mark !== '')) {
            w.uint32(18)
            w.string(obj.mark)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            n: 0,
            mark: ''
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.n = reader.uint32()
                break
              }
              case 2: {
                obj.mark = reader.string()
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
                  field: `${prefix}.n`,
                  value: reader.uint32()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.mark`,
                  value: reader.string()
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

    export interface CursorNFieldEvent {
      field: '$.n'
      value: number
    }

    export interface CursorMarkFieldEvent {
      field: '$.mark'
      value: string
    }

    export function encode (obj: Partial<Cursor>): Uint8Array {
      return encodeMessage(obj, Cursor.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Cursor>): Cursor {
      return decodeMessage(buf, Cursor.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Cursor>): Generator<CursorNFieldEvent | CursorMarkFieldEvent> {
      return streamMessage(buf, Cursor.codec(), opts)
    }
  }

  export interface Heard {
    device: string
    ageSec: number
  }

  export namespace Heard {
    let _codec: Codec<Heard>

    export const codec = (): Codec<Heard> => {
      if (_codec == null) {
        _codec = message<Heard>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.device != null && obj.device !== '')) {
            w.uint32(10)
            w.string(obj.device)
          }

          if ((obj.ageSec != null && obj.ageSec !== 0)) {
            w.uint32(16)
            w.uint32(obj.ageSec)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            device: '',
            ageSec: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.device = reader.string()
                break
              }
              case 2: {
                obj.ageSec = reader.uint32()
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
                  field: `${prefix}.device`,
                  value: reader.string()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.ageSec`,
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

    export interface HeardDeviceFieldEvent {
      field: '$.device'
      value: string
    }

    export interface HeardAgeSecFieldEvent {
      field: '$.ageSec'
      value: number
    }

    export function encode (obj: Partial<Heard>): Uint8Array {
      return encodeMessage(obj, Heard.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Heard>): Heard {
      return decodeMessage(buf, Heard.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Heard>): Generator<HeardDeviceFieldEvent | HeardAgeSecFieldEvent> {
      return streamMessage(buf, Heard.codec(), opts)
    }
  }

  export interface LogPlace {
    n: number
    id: string
  }

  export namespace LogPlace {
    let _codec: Codec<LogPlace>

    export const codec = (): Codec<LogPlace> => {
      if (_codec == null) {
        _codec = message<LogPlace>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.n != null && obj.n !== 0)) {
            w.uint32(8)
            w.uint32(obj.n)
          }

          if ((obj.id != null && obj.id !== '')) {
            w.uint32(18)
            w.string(obj.id)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            n: 0,
            id: ''
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.n = reader.uint32()
                break
              }
              case 2: {
                obj.id = reader.string()
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
                  field: `${prefix}.n`,
                  value: reader.uint32()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.id`,
                  value: reader.string()
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

    export interface LogPlaceNFieldEvent {
      field: '$.n'
      value: number
    }

    export interface LogPlaceIdFieldEvent {
      field: '$.id'
      value: string
    }

    export function encode (obj: Partial<LogPlace>): Uint8Array {
      return encodeMessage(obj, LogPlace.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LogPlace>): LogPlace {
      return decodeMessage(buf, LogPlace.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LogPlace>): Generator<LogPlaceNFieldEvent | LogPlaceIdFieldEvent> {
      return streamMessage(buf, LogPlace.codec(), opts)
    }
  }

  export interface Usage {
    grant: string
    scope: string
    total: number
    day: number
    today: number
  }

  export namespace Usage {
    let _codec: Codec<Usage>

    export const codec = (): Codec<Usage> => {
      if (_codec == null) {
        _codec = message<Usage>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.grant != null && obj.grant !== '')) {
            w.uint32(10)
            w.string(obj.grant)
          }

          if ((obj.scope != null && obj.scope !== '')) {
            w.uint32(18)
            w.string(obj.scope)
          }

          if ((obj.total != null && obj.total !== 0)) {
            w.uint32(24)
            w.uint64Number(obj.total)
          }

          if ((obj.day != null && obj.day !== 0)) {
            w.uint32(32)
            w.uint32(obj.day)
          }

          if ((obj.today != null && obj.today !== 0)) {
            w.uint32(40)
            w.uint64Number(obj.today)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            grant: '',
            scope: '',
            total: 0,
            day: 0,
            today: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.grant = reader.string()
                break
              }
              case 2: {
                obj.scope = reader.string()
                break
              }
              case 3: {
                obj.total = reader.uint64Number()
                break
              }
              case 4: {
                obj.day = reader.uint32()
                break
              }
              case 5: {
                obj.today = reader.uint64Number()
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
                  field: `${prefix}.grant`,
                  value: reader.string()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.scope`,
                  value: reader.string()
                }
                break
              }
              case 3: {
                yield {
                  field: `${prefix}.total`,
                  value: reader.uint64Number()
                }
                break
              }
              case 4: {
                yield {
                  field: `${prefix}.day`,
                  value: reader.uint32()
                }
                break
              }
              case 5: {
                yield {
                  field: `${prefix}.today`,
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

    export interface UsageGrantFieldEvent {
      field: '$.grant'
      value: string
    }

    export interface UsageScopeFieldEvent {
      field: '$.scope'
      value: string
    }

    export interface UsageTotalFieldEvent {
      field: '$.total'
      value: number
    }

    export interface UsageDayFieldEvent {
      field: '$.day'
      value: number
    }

    export interface UsageTodayFieldEvent {
      field: '$.today'
      value: number
    }

    export function encode (obj: Partial<Usage>): Uint8Array {
      return encodeMessage(obj, Usage.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Usage>): Usage {
      return decodeMessage(buf, Usage.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Usage>): Generator<UsageGrantFieldEvent | UsageScopeFieldEvent | UsageTotalFieldEvent | UsageDayFieldEvent | UsageTodayFieldEvent> {
      return streamMessage(buf, Usage.codec(), opts)
    }
  }

  export interface FactsRequest {
    after?: household.Cursor
    heard: household.Heard[]
    read?: household.LogPlace
    usage: household.Usage[]
  }

  export namespace FactsRequest {
    let _codec: Codec<FactsRequest>

    export const codec = (): Codec<FactsRequest> => {
      if (_codec == null) {
        _codec = message<FactsRequest>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if (obj.after != null) {
            w.uint32(10)
            household.Cursor.codec().encode(obj.after, w)
          }

          if (obj.heard != null && obj.heard.length > 0) {
            for (const value of obj.heard) {
              w.uint32(18)
              household.Heard.codec().encode(value, w)
            }
          }

          if (obj.read != null) {
            w.uint32(26)
            household.LogPlace.codec().encode(obj.read, w)
          }

          if (obj.usage != null && obj.usage.length > 0) {
            for (const value of obj.usage) {
              w.uint32(34)
              household.Usage.codec().encode(value, w)
            }
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            heard: [],
            usage: []
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.after = household.Cursor.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.after
                })
                break
              }
              case 2: {
                if (opts.limits?.heard != null && obj.heard.length === opts.limits.heard) {
                  throw new MaxLengthError('Decode error - repeated field "heard" had too many elements')
                }

                obj.heard.push(household.Heard.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.heard$
                }))
                break
              }
              case 3: {
                obj.read = household.LogPlace.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.read
                })
                break
              }
              case 4: {
                if (opts.limits?.usage != null && obj.usage.length === opts.limits.usage) {
                  throw new MaxLengthError('Decode error - repeated field "usage" had too many elements')
                }

                obj.usage.push(household.Usage.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.usage$
                }))
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
            heard: 0,
            usage: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                yield * household.Cursor.codec().stream(reader, reader.uint32(), `${prefix}.after`, {
                  limits: opts.limits?.after
                })

                break
              }
              case 2: {
                if (opts.limits?.heard != null && obj.heard === opts.limits.heard) {
                  throw new MaxLengthError('Streaming decode error - repeated field "heard" had too many elements')
                }

                for (const evt of household.Heard.codec().stream(reader, reader.uint32(), `${prefix}.heard[]`, {
                  limits: opts.limits?.heard$
                })) {
                  yield {
                    ...evt,
                    index: obj.heard
                  }
                }

                obj.heard++

                break
              }
              case 3: {
                yield * household.LogPlace.codec().stream(reader, reader.uint32(), `${prefix}.read`, {
                  limits: opts.limits?.read
                })

                break
              }
              case 4: {
                if (opts.limits?.usage != null && obj.usage === opts.limits.usage) {
                  throw new MaxLengthError('Streaming decode error - repeated field "usage" had too many elements')
                }

                for (const evt of household.Usage.codec().stream(reader, reader.uint32(), `${prefix}.usage[]`, {
                  limits: opts.limits?.usage$
                })) {
                  yield {
                    ...evt,
                    index: obj.usage
                  }
                }

                obj.usage++

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

    export interface FactsRequestAfterNFieldEvent {
      field: '$.after.n'
      value: number
    }

    export interface FactsRequestAfterMarkFieldEvent {
      field: '$.after.mark'
      value: string
    }

    export interface FactsRequestHeardDeviceFieldEvent {
      field: '$.heard[].device'
      value: string
      index: number
    }

    export interface FactsRequestHeardAgeSecFieldEvent {
      field: '$.heard[].ageSec'
      value: number
      index: number
    }

    export interface FactsRequestReadNFieldEvent {
      field: '$.read.n'
      value: number
    }

    export interface FactsRequestReadIdFieldEvent {
      field: '$.read.id'
      value: string
    }

    export interface FactsRequestUsageGrantFieldEvent {
      field: '$.usage[].grant'
      value: string
      index: number
    }

    export interface FactsRequestUsageScopeFieldEvent {
      field: '$.usage[].scope'
      value: string
      index: number
    }

    export interface FactsRequestUsageTotalFieldEvent {
      field: '$.usage[].total'
      value: number
      index: number
    }

    export interface FactsRequestUsageDayFieldEvent {
      field: '$.usage[].day'
      value: number
      index: number
    }

    export interface FactsRequestUsageTodayFieldEvent {
      field: '$.usage[].today'
      value: number
      index: number
    }

    export function encode (obj: Partial<FactsRequest>): Uint8Array {
      return encodeMessage(obj, FactsRequest.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FactsRequest>): FactsRequest {
      return decodeMessage(buf, FactsRequest.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FactsRequest>): Generator<FactsRequestAfterNFieldEvent | FactsRequestAfterMarkFieldEvent | FactsRequestHeardDeviceFieldEvent | FactsRequestHeardAgeSecFieldEvent | FactsRequestReadNFieldEvent | FactsRequestReadIdFieldEvent | FactsRequestUsageGrantFieldEvent | FactsRequestUsageScopeFieldEvent | FactsRequestUsageTotalFieldEvent | FactsRequestUsageDayFieldEvent | FactsRequestUsageTodayFieldEvent> {
      return streamMessage(buf, FactsRequest.codec(), opts)
    }
  }

  export interface FactsPage {
    facts: household.Fact[]
    cursor?: household.Cursor
    reset: boolean
    more: boolean
    heard: household.Heard[]
    checkpoints: Uint8Array[]
    log?: household.LogPlace
    read?: household.LogPlace
    usage: household.Usage[]
  }

  export namespace FactsPage {
    let _codec: Codec<FactsPage>

    export const codec = (): Codec<FactsPage> => {
      if (_codec == null) {
        _codec = message<FactsPage>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if (obj.facts != null && obj.facts.length > 0) {
            for (const value of obj.facts) {
              w.uint32(10)
              household.Fact.codec().encode(value, w)
            }
          }

          if (obj.cursor != null) {
            w.uint32(18)
            household.Cursor.codec().encode(obj.cursor, w)
          }

          if ((obj.reset != null && obj.reset !== false)) {
            w.uint32(24)
            w.bool(obj.reset)
          }

          if ((obj.more != null && obj.more !== false)) {
            w.uint32(32)
            w.bool(obj.more)
          }

          if (obj.heard != null && obj.heard.length > 0) {
            for (const value of obj.heard) {
              w.uint32(42)
              household.Heard.codec().encode(value, w)
            }
          }

          if (obj.checkpoints != null && obj.checkpoints.length > 0) {
            for (const value of obj.checkpoints) {
              w.uint32(50)
              w.bytes(value)
            }
          }

          if (obj.log != null) {
            w.uint32(58)
            household.LogPlace.codec().encode(obj.log, w)
          }

          if (obj.read != null) {
            w.uint32(66)
            household.LogPlace.codec().encode(obj.read, w)
          }

          if (obj.usage != null && obj.usage.length > 0) {
            for (const value of obj.usage) {
              w.uint32(74)
              household.Usage.codec().encode(value, w)
            }
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            facts: [],
            reset: false,
            more: false,
            heard: [],
            checkpoints: [],
            usage: []
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                if (opts.limits?.facts != null && obj.facts.length === opts.limits.facts) {
                  throw new MaxLengthError('Decode error - repeated field "facts" had too many elements')
                }

                obj.facts.push(household.Fact.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.facts$
                }))
                break
              }
              case 2: {
                obj.cursor = household.Cursor.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.cursor
                })
                break
              }
              case 3: {
                obj.reset = reader.bool()
                break
              }
              case 4: {
                obj.more = reader.bool()
                break
              }
              case 5: {
                if (opts.limits?.heard != null && obj.heard.length === opts.limits.heard) {
                  throw new MaxLengthError('Decode error - repeated field "heard" had too many elements')
                }

                obj.heard.push(household.Heard.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.heard$
                }))
                break
              }
              case 6: {
                if (opts.limits?.checkpoints != null && obj.checkpoints.length === opts.limits.checkpoints) {
                  throw new MaxLengthError('Decode error - repeated field "checkpoints" had too many elements')
                }

                obj.checkpoints.push(reader.bytes())
                break
              }
              case 7: {
                obj.log = household.LogPlace.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.log
                })
                break
              }
              case 8: {
                obj.read = household.LogPlace.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.read
                })
                break
              }
              case 9: {
                if (opts.limits?.usage != null && obj.usage.length === opts.limits.usage) {
                  throw new MaxLengthError('Decode error - repeated field "usage" had too many elements')
                }

                obj.usage.push(household.Usage.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.usage$
                }))
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
            facts: 0,
            heard: 0,
            checkpoints: 0,
            usage: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                if (opts.limits?.facts != null && obj.facts === opts.limits.facts) {
                  throw new MaxLengthError('Streaming decode error - repeated field "facts" had too many elements')
                }

                for (const evt of household.Fact.codec().stream(reader, reader.uint32(), `${prefix}.facts[]`, {
                  limits: opts.limits?.facts$
                })) {
                  yield {
                    ...evt,
                    index: obj.facts
                  }
                }

                obj.facts++

                break
              }
              case 2: {
                yield * household.Cursor.codec().stream(reader, reader.uint32(), `${prefix}.cursor`, {
                  limits: opts.limits?.cursor
                })

                break
              }
              case 3: {
                yield {
                  field: `${prefix}.reset`,
                  value: reader.bool()
                }
                break
              }
              case 4: {
                yield {
                  field: `${prefix}.more`,
                  value: reader.bool()
                }
                break
              }
              case 5: {
                if (opts.limits?.heard != null && obj.heard === opts.limits.heard) {
                  throw new MaxLengthError('Streaming decode error - repeated field "heard" had too many elements')
                }

                for (const evt of household.Heard.codec().stream(reader, reader.uint32(), `${prefix}.heard[]`, {
                  limits: opts.limits?.heard$
                })) {
                  yield {
                    ...evt,
                    index: obj.heard
                  }
                }

                obj.heard++

                break
              }
              case 6: {
                if (opts.limits?.checkpoints != null && obj.checkpoints === opts.limits.checkpoints) {
                  throw new MaxLengthError('Streaming decode error - repeated field "checkpoints" had too many elements')
                }

                yield {
                  field: `${prefix}.checkpoints[]`,
                  index: obj.checkpoints,
                  value: reader.bytes()
                }

                obj.checkpoints++

                break
              }
              case 7: {
                yield * household.LogPlace.codec().stream(reader, reader.uint32(), `${prefix}.log`, {
                  limits: opts.limits?.log
                })

                break
              }
              case 8: {
                yield * household.LogPlace.codec().stream(reader, reader.uint32(), `${prefix}.read`, {
                  limits: opts.limits?.read
                })

                break
              }
              case 9: {
                if (opts.limits?.usage != null && obj.usage === opts.limits.usage) {
                  throw new MaxLengthError('Streaming decode error - repeated field "usage" had too many elements')
                }

                for (const evt of household.Usage.codec().stream(reader, reader.uint32(), `${prefix}.usage[]`, {
                  limits: opts.limits?.usage$
                })) {
                  yield {
                    ...evt,
                    index: obj.usage
                  }
                }

                obj.usage++

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

    export interface FactsPageFactsKindFieldEvent {
      field: '$.facts[].kind'
      value: string
      index: number
    }

    export interface FactsPageFactsIdFieldEvent {
      field: '$.facts[].id'
      value: string
      index: number
    }

    export interface FactsPageFactsEnvelopeFieldEvent {
      field: '$.facts[].envelope'
      value: Uint8Array
      index: number
    }

    export interface FactsPageCursorNFieldEvent {
      field: '$.cursor.n'
      value: number
    }

    export interface FactsPageCursorMarkFieldEvent {
      field: '$.cursor.mark'
      value: string
    }

    export interface FactsPageResetFieldEvent {
      field: '$.reset'
      value: boolean
    }

    export interface FactsPageMoreFieldEvent {
      field: '$.more'
      value: boolean
    }

    export interface FactsPageHeardDeviceFieldEvent {
      field: '$.heard[].device'
      value: string
      index: number
    }

    export interface FactsPageHeardAgeSecFieldEvent {
      field: '$.heard[].ageSec'
      value: number
      index: number
    }

    export interface FactsPageCheckpointsFieldEvent {
      field: '$.checkpoints[]'
      index: number
      value: Uint8Array
    }

    export interface FactsPageLogNFieldEvent {
      field: '$.log.n'
      value: number
    }

    export interface FactsPageLogIdFieldEvent {
      field: '$.log.id'
      value: string
    }

    export interface FactsPageReadNFieldEvent {
      field: '$.read.n'
      value: number
    }

    export interface FactsPageReadIdFieldEvent {
      field: '$.read.id'
      value: string
    }

    export interface FactsPageUsageGrantFieldEvent {
      field: '$.usage[].grant'
      value: string
      index: number
    }

    export interface FactsPageUsageScopeFieldEvent {
      field: '$.usage[].scope'
      value: string
      index: number
    }

    export interface FactsPageUsageTotalFieldEvent {
      field: '$.usage[].total'
      value: number
      index: number
    }

    export interface FactsPageUsageDayFieldEvent {
      field: '$.usage[].day'
      value: number
      index: number
    }

    export interface FactsPageUsageTodayFieldEvent {
      field: '$.usage[].today'
      value: number
      index: number
    }

    export function encode (obj: Partial<FactsPage>): Uint8Array {
      return encodeMessage(obj, FactsPage.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FactsPage>): FactsPage {
      return decodeMessage(buf, FactsPage.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FactsPage>): Generator<FactsPageFactsKindFieldEvent | FactsPageFactsIdFieldEvent | FactsPageFactsEnvelopeFieldEvent | FactsPageCursorNFieldEvent | FactsPageCursorMarkFieldEvent | FactsPageResetFieldEvent | FactsPageMoreFieldEvent | FactsPageHeardDeviceFieldEvent | FactsPageHeardAgeSecFieldEvent | FactsPageCheckpointsFieldEvent | FactsPageLogNFieldEvent | FactsPageLogIdFieldEvent | FactsPageReadNFieldEvent | FactsPageReadIdFieldEvent | FactsPageUsageGrantFieldEvent | FactsPageUsageScopeFieldEvent | FactsPageUsageTotalFieldEvent | FactsPageUsageDayFieldEvent | FactsPageUsageTodayFieldEvent> {
      return streamMessage(buf, FactsPage.codec(), opts)
    }
  }

  export interface Changed {}

  export namespace Changed {
    let _codec: Codec<Changed>

    export const codec = (): Codec<Changed> => {
      if (_codec == null) {
        _codec = message<Changed>((obj, w, opts = {}) => {
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

    export function encode (obj: Partial<Changed>): Uint8Array {
      return encodeMessage(obj, Changed.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Changed>): Changed {
      return decodeMessage(buf, Changed.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Changed>): Generator<{}> {
      return streamMessage(buf, Changed.codec(), opts)
    }
  }

  export interface JoinRequest {
    inviteId: Uint8Array
    proof: Uint8Array
  }

  export namespace JoinRequest {
    let _codec: Codec<JoinRequest>

    export const codec = (): Codec<JoinRequest> => {
      if (_codec == null) {
        _codec = message<JoinRequest>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.inviteId != null && obj.inviteId.byteLength > 0)) {
            w.uint32(10)
            w.bytes(obj.inviteId)
          }

          if ((obj.proof != null && obj.proof.byteLength > 0)) {
            w.uint32(18)
            w.bytes(obj.proof)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            inviteId: uint8ArrayAlloc(0),
            proof: uint8ArrayAlloc(0)
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.inviteId = reader.bytes()
                break
              }
              case 2: {
                obj.proof = reader.bytes()
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
                  field: `${prefix}.inviteId`,
                  value: reader.bytes()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.proof`,
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

    export interface JoinRequestInviteIdFieldEvent {
      field: '$.inviteId'
      value: Uint8Array
    }

    export interface JoinRequestProofFieldEvent {
      field: '$.proof'
      value: Uint8Array
    }

    export function encode (obj: Partial<JoinRequest>): Uint8Array {
      return encodeMessage(obj, JoinRequest.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinRequest>): JoinRequest {
      return decodeMessage(buf, JoinRequest.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinRequest>): Generator<JoinRequestInviteIdFieldEvent | JoinRequestProofFieldEvent> {
      return streamMessage(buf, JoinRequest.codec(), opts)
    }
  }

  export interface JoinAnswer {
    proof: Uint8Array
    own?: household.Chain
    name: string
    backupRecipient: string
  }

  export namespace JoinAnswer {
    let _codec: Codec<JoinAnswer>

    export const codec = (): Codec<JoinAnswer> => {
      if (_codec == null) {
        _codec = message<JoinAnswer>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.proof != null && obj.proof.byteLength > 0)) {
            w.uint32(10)
            w.bytes(obj.proof)
          }

          if (obj.own != null) {
            w.uint32(18)
            household.Chain.codec().encode(obj.own, w)
          }

          if ((obj.name != null && obj.name !== '')) {
            w.uint32(26)
            w.string(obj.name)
          }

          if ((obj.backupRecipient != null && obj.backupRecipient !== '')) {
            w.uint32(34)
            w.string(obj.backupRecipient)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            proof: uint8ArrayAlloc(0),
            name: '',
            backupRecipient: ''
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.proof = reader.bytes()
                break
              }
              case 2: {
                obj.own = household.Chain.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.own
                })
                break
              }
              case 3: {
                obj.name = reader.string()
                break
              }
              case 4: {
                obj.backupRecipient = reader.string()
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
                  field: `${prefix}.proof`,
                  value: reader.bytes()
                }
                break
              }
              case 2: {
                yield * household.Chain.codec().stream(reader, reader.uint32(), `${prefix}.own`, {
                  limits: opts.limits?.own
                })

                break
              }
              case 3: {
                yield {
                  field: `${prefix}.name`,
                  value: reader.string()
                }
                break
              }
              case 4: {
                yield {
                  field: `${prefix}.backupRecipient`,
                  value: reader.string()
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

    export interface JoinAnswerProofFieldEvent {
      field: '$.proof'
      value: Uint8Array
    }

    export interface JoinAnswerOwnDocumentsFieldEvent {
      field: '$.own.documents[]'
      index: number
      value: Uint8Array
    }

    export interface JoinAnswerOwnSuspensionsFieldEvent {
      field: '$.own.suspensions[]'
      index: number
      value: Uint8Array
    }

    export interface JoinAnswerNameFieldEvent {
      field: '$.name'
      value: string
    }

    export interface JoinAnswerBackupRecipientFieldEvent {
      field: '$.backupRecipient'
      value: string
    }

    export function encode (obj: Partial<JoinAnswer>): Uint8Array {
      return encodeMessage(obj, JoinAnswer.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinAnswer>): JoinAnswer {
      return decodeMessage(buf, JoinAnswer.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<JoinAnswer>): Generator<JoinAnswerProofFieldEvent | JoinAnswerOwnDocumentsFieldEvent | JoinAnswerOwnSuspensionsFieldEvent | JoinAnswerNameFieldEvent | JoinAnswerBackupRecipientFieldEvent> {
      return streamMessage(buf, JoinAnswer.codec(), opts)
    }
  }

  let _codec: Codec<household>

  export const codec = (): Codec<household> => {
    if (_codec == null) {
      _codec = message<household>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<household>): Uint8Array {
    return encodeMessage(obj, household.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<household>): household {
    return decodeMessage(buf, household.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<household>): Generator<{}> {
    return streamMessage(buf, household.codec(), opts)
  }
}
