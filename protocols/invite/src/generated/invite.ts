// @ts-nocheck
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface invite {}

export namespace invite {
  export interface AcceptRequest {
    inviteId: Uint8Array
    proof: Uint8Array
    document: Uint8Array
    name: string
    addresses: string[]
    laterDocuments: Uint8Array[]
    suspensions: Uint8Array[]
  }

  export namespace AcceptRequest {
    let _codec: Codec<AcceptRequest>

    export const codec = (): Codec<AcceptRequest> => {
      if (_codec == null) {
        _codec = message<AcceptRequest>((obj, w, opts = {}) => {
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

          if ((obj.document != null && obj.document.byteLength > 0)) {
            w.uint32(26)
            w.bytes(obj.document)
          }

          if ((obj.name != null && obj.name !== '')) {
            w.uint32(34)
            w.string(obj.name)
          }

          if (obj.addresses != null && obj.addresses.length > 0) {
            for (const value of obj.addresses) {
              w.uint32(42)
              w.string(value)
            }
          }

          if (obj.laterDocuments != null && obj.laterDocuments.length > 0) {
            for (const value of obj.laterDocuments) {
              w.uint32(50)
              w.bytes(value)
            }
          }

          if (obj.suspensions != null && obj.suspensions.length > 0) {
            for (const value of obj.suspensions) {
              w.uint32(58)
              w.bytes(value)
            }
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            inviteId: uint8ArrayAlloc(0),
            proof: uint8ArrayAlloc(0),
            document: uint8ArrayAlloc(0),
            name: '',
            addresses: [],
            laterDocuments: [],
            suspensions: []
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
              case 3: {
                obj.document = reader.bytes()
                break
              }
              case 4: {
                obj.name = reader.string()
                break
              }
              case 5: {
                if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                  throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
                }

                obj.addresses.push(reader.string())
                break
              }
              case 6: {
                if (opts.limits?.laterDocuments != null && obj.laterDocuments.length === opts.limits.laterDocuments) {
                  throw new MaxLengthError('Decode error - repeated field "laterDocuments" had too many elements')
                }

                obj.laterDocuments.push(reader.bytes())
                break
              }
              case 7: {
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
            addresses: 0,
            laterDocuments: 0,
            suspensions: 0
          }

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
              case 3: {
                yield {
                  field: `${prefix}.document`,
                  value: reader.bytes()
                }
                break
              }
              case 4: {
                yield {
                  field: `${prefix}.name`,
                  value: reader.string()
                }
                break
              }
              case 5: {
                if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                  throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
                }

                yield {
                  field: `${prefix}.addresses[]`,
                  index: obj.addresses,
                  value: reader.string()
                }

                obj.addresses++

                break
              }
              case 6: {
                if (opts.limits?.laterDocuments != null && obj.laterDocuments === opts.limits.laterDocuments) {
                  throw new MaxLengthError('Streaming decode error - repeated field "laterDocuments" had too many elements')
                }

                yield {
                  field: `${prefix}.laterDocuments[]`,
                  index: obj.laterDocuments,
                  value: reader.bytes()
                }

                obj.laterDocuments++

                break
              }
              case 7: {
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

    export interface AcceptRequestInviteIdFieldEvent {
      field: '$.inviteId'
      value: Uint8Array
    }

    export interface AcceptRequestProofFieldEvent {
      field: '$.proof'
      value: Uint8Array
    }

    export interface AcceptRequestDocumentFieldEvent {
      field: '$.document'
      value: Uint8Array
    }

    export interface AcceptRequestNameFieldEvent {
      field: '$.name'
      value: string
    }

    export interface AcceptRequestAddressesFieldEvent {
      field: '$.addresses[]'
      index: number
      value: string
    }

    export interface AcceptRequestLaterDocumentsFieldEvent {
      field: '$.laterDocuments[]'
      index: number
      value: Uint8Array
    }

    export interface AcceptRequestSuspensionsFieldEvent {
      field: '$.suspensions[]'
      index: number
      value: Uint8Array
    }

    export function encode (obj: Partial<AcceptRequest>): Uint8Array {
      return encodeMessage(obj, AcceptRequest.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AcceptRequest>): AcceptRequest {
      return decodeMessage(buf, AcceptRequest.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AcceptRequest>): Generator<AcceptRequestInviteIdFieldEvent | AcceptRequestProofFieldEvent | AcceptRequestDocumentFieldEvent | AcceptRequestNameFieldEvent | AcceptRequestAddressesFieldEvent | AcceptRequestLaterDocumentsFieldEvent | AcceptRequestSuspensionsFieldEvent> {
      return streamMessage(buf, AcceptRequest.codec(), opts)
    }
  }

  export interface AcceptResponse {
    proof: Uint8Array
    document: Uint8Array
    name: string
    addresses: string[]
    laterDocuments: Uint8Array[]
    suspensions: Uint8Array[]
  }

  export namespace AcceptResponse {
    let _codec: Codec<AcceptResponse>

    export const codec = (): Codec<AcceptResponse> => {
      if (_codec == null) {
        _codec = message<AcceptResponse>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.proof != null && obj.proof.byteLength > 0)) {
            w.uint32(10)
            w.bytes(obj.proof)
          }

          if ((obj.document != null && obj.document.byteLength > 0)) {
            w.uint32(18)
            w.bytes(obj.document)
          }

          if ((obj.name != null && obj.name !== '')) {
            w.uint32(26)
            w.string(obj.name)
          }

          if (obj.addresses != null && obj.addresses.length > 0) {
            for (const value of obj.addresses) {
              w.uint32(34)
              w.string(value)
            }
          }

          if (obj.laterDocuments != null && obj.laterDocuments.length > 0) {
            for (const value of obj.laterDocuments) {
              w.uint32(42)
              w.bytes(value)
            }
          }

          if (obj.suspensions != null && obj.suspensions.length > 0) {
            for (const value of obj.suspensions) {
              w.uint32(50)
              w.bytes(value)
            }
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            proof: uint8ArrayAlloc(0),
            document: uint8ArrayAlloc(0),
            name: '',
            addresses: [],
            laterDocuments: [],
            suspensions: []
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
                obj.document = reader.bytes()
                break
              }
              case 3: {
                obj.name = reader.string()
                break
              }
              case 4: {
                if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                  throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
                }

                obj.addresses.push(reader.string())
                break
              }
              case 5: {
                if (opts.limits?.laterDocuments != null && obj.laterDocuments.length === opts.limits.laterDocuments) {
                  throw new MaxLengthError('Decode error - repeated field "laterDocuments" had too many elements')
                }

                obj.laterDocuments.push(reader.bytes())
                break
              }
              case 6: {
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
            addresses: 0,
            laterDocuments: 0,
            suspensions: 0
          }

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
                yield {
                  field: `${prefix}.document`,
                  value: reader.bytes()
                }
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
                if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                  throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements')
                }

                yield {
                  field: `${prefix}.addresses[]`,
                  index: obj.addresses,
                  value: reader.string()
                }

                obj.addresses++

                break
              }
              case 5: {
                if (opts.limits?.laterDocuments != null && obj.laterDocuments === opts.limits.laterDocuments) {
                  throw new MaxLengthError('Streaming decode error - repeated field "laterDocuments" had too many elements')
                }

                yield {
                  field: `${prefix}.laterDocuments[]`,
                  index: obj.laterDocuments,
                  value: reader.bytes()
                }

                obj.laterDocuments++

                break
              }
              case 6: {
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

    export interface AcceptResponseProofFieldEvent {
      field: '$.proof'
      value: Uint8Array
    }

    export interface AcceptResponseDocumentFieldEvent {
      field: '$.document'
      value: Uint8Array
    }

    export interface AcceptResponseNameFieldEvent {
      field: '$.name'
      value: string
    }

    export interface AcceptResponseAddressesFieldEvent {
      field: '$.addresses[]'
      index: number
      value: string
    }

    export interface AcceptResponseLaterDocumentsFieldEvent {
      field: '$.laterDocuments[]'
      index: number
      value: Uint8Array
    }

    export interface AcceptResponseSuspensionsFieldEvent {
      field: '$.suspensions[]'
      index: number
      value: Uint8Array
    }

    export function encode (obj: Partial<AcceptResponse>): Uint8Array {
      return encodeMessage(obj, AcceptResponse.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AcceptResponse>): AcceptResponse {
      return decodeMessage(buf, AcceptResponse.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AcceptResponse>): Generator<AcceptResponseProofFieldEvent | AcceptResponseDocumentFieldEvent | AcceptResponseNameFieldEvent | AcceptResponseAddressesFieldEvent | AcceptResponseLaterDocumentsFieldEvent | AcceptResponseSuspensionsFieldEvent> {
      return streamMessage(buf, AcceptResponse.codec(), opts)
    }
  }

  export interface AskRequest {
    inviteId: Uint8Array
    proof: Uint8Array
    document: Uint8Array
    name: string
    laterDocuments: Uint8Array[]
    suspensions: Uint8Array[]
    ask: Uint8Array
  }

  export namespace AskRequest {
    let _codec: Codec<AskRequest>

    export const codec = (): Codec<AskRequest> => {
      if (_codec == null) {
        _codec = message<AskRequest>((obj, w, opts = {}) => {
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

          if ((obj.document != null && obj.document.byteLength > 0)) {
            w.uint32(26)
            w.bytes(obj.document)
          }

          if ((obj.name != null && obj.name !== '')) {
            w.uint32(34)
            w.string(obj.name)
          }

          if (obj.laterDocuments != null && obj.laterDocuments.length > 0) {
            for (const value of obj.laterDocuments) {
              w.uint32(42)
              w.bytes(value)
            }
          }

          if (obj.suspensions != null && obj.suspensions.length > 0) {
            for (const value of obj.suspensions) {
              w.uint32(50)
              w.bytes(value)
            }
          }

          if ((obj.ask != null && obj.ask.byteLength > 0)) {
            w.uint32(58)
            w.bytes(obj.ask)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            inviteId: uint8ArrayAlloc(0),
            proof: uint8ArrayAlloc(0),
            document: uint8ArrayAlloc(0),
            name: '',
            laterDocuments: [],
            suspensions: [],
            ask: uint8ArrayAlloc(0)
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
              case 3: {
                obj.document = reader.bytes()
                break
              }
              case 4: {
                obj.name = reader.string()
                break
              }
              case 5: {
                if (opts.limits?.laterDocuments != null && obj.laterDocuments.length === opts.limits.laterDocuments) {
                  throw new MaxLengthError('Decode error - repeated field "laterDocuments" had too many elements')
                }

                obj.laterDocuments.push(reader.bytes())
                break
              }
              case 6: {
                if (opts.limits?.suspensions != null && obj.suspensions.length === opts.limits.suspensions) {
                  throw new MaxLengthError('Decode error - repeated field "suspensions" had too many elements')
                }

                obj.suspensions.push(reader.bytes())
                break
              }
              case 7: {
                obj.ask = reader.bytes()
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
            laterDocuments: 0,
            suspensions: 0
          }

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
              case 3: {
                yield {
                  field: `${prefix}.document`,
                  value: reader.bytes()
                }
                break
              }
              case 4: {
                yield {
                  field: `${prefix}.name`,
                  value: reader.string()
                }
                break
              }
              case 5: {
                if (opts.limits?.laterDocuments != null && obj.laterDocuments === opts.limits.laterDocuments) {
                  throw new MaxLengthError('Streaming decode error - repeated field "laterDocuments" had too many elements')
                }

                yield {
                  field: `${prefix}.laterDocuments[]`,
                  index: obj.laterDocuments,
                  value: reader.bytes()
                }

                obj.laterDocuments++

                break
              }
              case 6: {
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
              case 7: {
                yield {
                  field: `${prefix}.ask`,
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

    export interface AskRequestInviteIdFieldEvent {
      field: '$.inviteId'
      value: Uint8Array
    }

    export interface AskRequestProofFieldEvent {
      field: '$.proof'
      value: Uint8Array
    }

    export interface AskRequestDocumentFieldEvent {
      field: '$.document'
      value: Uint8Array
    }

    export interface AskRequestNameFieldEvent {
      field: '$.name'
      value: string
    }

    export interface AskRequestLaterDocumentsFieldEvent {
      field: '$.laterDocuments[]'
      index: number
      value: Uint8Array
    }

    export interface AskRequestSuspensionsFieldEvent {
      field: '$.suspensions[]'
      index: number
      value: Uint8Array
    }

    export interface AskRequestAskFieldEvent {
      field: '$.ask'
      value: Uint8Array
    }

    export function encode (obj: Partial<AskRequest>): Uint8Array {
      return encodeMessage(obj, AskRequest.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AskRequest>): AskRequest {
      return decodeMessage(buf, AskRequest.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AskRequest>): Generator<AskRequestInviteIdFieldEvent | AskRequestProofFieldEvent | AskRequestDocumentFieldEvent | AskRequestNameFieldEvent | AskRequestLaterDocumentsFieldEvent | AskRequestSuspensionsFieldEvent | AskRequestAskFieldEvent> {
      return streamMessage(buf, AskRequest.codec(), opts)
    }
  }

  export interface AskResponse {}

  export namespace AskResponse {
    let _codec: Codec<AskResponse>

    export const codec = (): Codec<AskResponse> => {
      if (_codec == null) {
        _codec = message<AskResponse>((obj, w, opts = {}) => {
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

    export function encode (obj: Partial<AskResponse>): Uint8Array {
      return encodeMessage(obj, AskResponse.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AskResponse>): AskResponse {
      return decodeMessage(buf, AskResponse.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AskResponse>): Generator<{}> {
      return streamMessage(buf, AskResponse.codec(), opts)
    }
  }

  let _codec: Codec<invite>

  export const codec = (): Codec<invite> => {
    if (_codec == null) {
      _codec = message<invite>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<invite>): Uint8Array {
    return encodeMessage(obj, invite.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<invite>): invite {
    return decodeMessage(buf, invite.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<invite>): Generator<{}> {
    return streamMessage(buf, invite.codec(), opts)
  }
}
