// @ts-nocheck
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface rendezvous {}

export namespace rendezvous {
  export interface Record {
    publicKey: Uint8Array
    seq: number
    sealed: Uint8Array
    signature: Uint8Array
  }

  export namespace Record {
    let _codec: Codec<Record>

    export const codec = (): Codec<Record> => {
      if (_codec == null) {
        _codec = message<Record>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.publicKey != null && obj.publicKey.byteLength > 0)) {
            w.uint32(10)
            w.bytes(obj.publicKey)
          }

          if ((obj.seq != null && obj.seq !== 0)) {
            w.uint32(16)
            w.uint64Number(obj.seq)
          }

          if ((obj.sealed != null && obj.sealed.byteLength > 0)) {
            w.uint32(26)
            w.bytes(obj.sealed)
          }

          if ((obj.signature != null && obj.signature.byteLength > 0)) {
            w.uint32(34)
            w.bytes(obj.signature)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            publicKey: uint8ArrayAlloc(0),
            seq: 0,
            sealed: uint8ArrayAlloc(0),
            signature: uint8ArrayAlloc(0)
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.publicKey = reader.bytes()
                break
              }
              case 2: {
                obj.seq = reader.uint64Number()
                break
              }
              case 3: {
                obj.sealed = reader.bytes()
                break
              }
              case 4: {
                obj.signature = reader.bytes()
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
                  field: `${prefix}.publicKey`,
                  value: reader.bytes()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.seq`,
                  value: reader.uint64Number()
                }
                break
              }
              case 3: {
                yield {
                  field: `${prefix}.sealed`,
                  value: reader.bytes()
                }
                break
              }
              case 4: {
                yield {
                  field: `${prefix}.signature`,
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

    export interface RecordPublicKeyFieldEvent {
      field: '$.publicKey'
      value: Uint8Array
    }

    export interface RecordSeqFieldEvent {
      field: '$.seq'
      value: number
    }

    export interface RecordSealedFieldEvent {
      field: '$.sealed'
      value: Uint8Array
    }

    export interface RecordSignatureFieldEvent {
      field: '$.signature'
      value: Uint8Array
    }

    export function encode (obj: Partial<Record>): Uint8Array {
      return encodeMessage(obj, Record.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Record>): Record {
      return decodeMessage(buf, Record.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Record>): Generator<RecordPublicKeyFieldEvent | RecordSeqFieldEvent | RecordSealedFieldEvent | RecordSignatureFieldEvent> {
      return streamMessage(buf, Record.codec(), opts)
    }
  }

  export interface Whereabouts {
    addresses: string[]
  }

  export namespace Whereabouts {
    let _codec: Codec<Whereabouts>

    export const codec = (): Codec<Whereabouts> => {
      if (_codec == null) {
        _codec = message<Whereabouts>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if (obj.addresses != null && obj.addresses.length > 0) {
            for (const value of obj.addresses) {
              w.uint32(10)
              w.string(value)
            }
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            addresses: []
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                  throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
                }

                obj.addresses.push(reader.string())
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
            addresses: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
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

    export interface WhereaboutsAddressesFieldEvent {
      field: '$.addresses[]'
      index: number
      value: string
    }

    export function encode (obj: Partial<Whereabouts>): Uint8Array {
      return encodeMessage(obj, Whereabouts.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Whereabouts>): Whereabouts {
      return decodeMessage(buf, Whereabouts.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Whereabouts>): Generator<WhereaboutsAddressesFieldEvent> {
      return streamMessage(buf, Whereabouts.codec(), opts)
    }
  }

  let _codec: Codec<rendezvous>

  export const codec = (): Codec<rendezvous> => {
    if (_codec == null) {
      _codec = message<rendezvous>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<rendezvous>): Uint8Array {
    return encodeMessage(obj, rendezvous.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<rendezvous>): rendezvous {
    return decodeMessage(buf, rendezvous.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<rendezvous>): Generator<{}> {
    return streamMessage(buf, rendezvous.codec(), opts)
  }
}
