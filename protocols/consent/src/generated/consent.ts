// @ts-nocheck
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface consent {}

export namespace consent {
  export interface Offer {
    grant: Uint8Array
    manifest: Uint8Array
  }

  export namespace Offer {
    let _codec: Codec<Offer>

    export const codec = (): Codec<Offer> => {
      if (_codec == null) {
        _codec = message<Offer>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.grant != null && obj.grant.byteLength > 0)) {
            w.uint32(10)
            w.bytes(obj.grant)
          }

          if ((obj.manifest != null && obj.manifest.byteLength > 0)) {
            w.uint32(18)
            w.bytes(obj.manifest)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            grant: uint8ArrayAlloc(0),
            manifest: uint8ArrayAlloc(0)
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.grant = reader.bytes()
                break
              }
              case 2: {
                obj.manifest = reader.bytes()
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
                  value: reader.bytes()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.manifest`,
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

    export interface OfferGrantFieldEvent {
      field: '$.grant'
      value: Uint8Array
    }

    export interface OfferManifestFieldEvent {
      field: '$.manifest'
      value: Uint8Array
    }

    export function encode (obj: Partial<Offer>): Uint8Array {
      return encodeMessage(obj, Offer.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Offer>): Offer {
      return decodeMessage(buf, Offer.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Offer>): Generator<OfferGrantFieldEvent | OfferManifestFieldEvent> {
      return streamMessage(buf, Offer.codec(), opts)
    }
  }

  export interface Ask {
    ask: Uint8Array
    manifest: Uint8Array
  }

  export namespace Ask {
    let _codec: Codec<Ask>

    export const codec = (): Codec<Ask> => {
      if (_codec == null) {
        _codec = message<Ask>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.ask != null && obj.ask.byteLength > 0)) {
            w.uint32(10)
            w.bytes(obj.ask)
          }

          if ((obj.manifest != null && obj.manifest.byteLength > 0)) {
            w.uint32(18)
            w.bytes(obj.manifest)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            ask: uint8ArrayAlloc(0),
            manifest: uint8ArrayAlloc(0)
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.ask = reader.bytes()
                break
              }
              case 2: {
                obj.manifest = reader.bytes()
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
                  field: `${prefix}.ask`,
                  value: reader.bytes()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.manifest`,
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

    export interface AskAskFieldEvent {
      field: '$.ask'
      value: Uint8Array
    }

    export interface AskManifestFieldEvent {
      field: '$.manifest'
      value: Uint8Array
    }

    export function encode (obj: Partial<Ask>): Uint8Array {
      return encodeMessage(obj, Ask.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ask>): Ask {
      return decodeMessage(buf, Ask.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ask>): Generator<AskAskFieldEvent | AskManifestFieldEvent> {
      return streamMessage(buf, Ask.codec(), opts)
    }
  }

  export interface Receipt {
    receipt: Uint8Array
  }

  export namespace Receipt {
    let _codec: Codec<Receipt>

    export const codec = (): Codec<Receipt> => {
      if (_codec == null) {
        _codec = message<Receipt>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.receipt != null && obj.receipt.byteLength > 0)) {
            w.uint32(10)
            w.bytes(obj.receipt)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            receipt: uint8ArrayAlloc(0)
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.receipt = reader.bytes()
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
                  field: `${prefix}.receipt`,
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

    export interface ReceiptReceiptFieldEvent {
      field: '$.receipt'
      value: Uint8Array
    }

    export function encode (obj: Partial<Receipt>): Uint8Array {
      return encodeMessage(obj, Receipt.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Receipt>): Receipt {
      return decodeMessage(buf, Receipt.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Receipt>): Generator<ReceiptReceiptFieldEvent> {
      return streamMessage(buf, Receipt.codec(), opts)
    }
  }

  export interface Revoked {
    revoke: Uint8Array
  }

  export namespace Revoked {
    let _codec: Codec<Revoked>

    export const codec = (): Codec<Revoked> => {
      if (_codec == null) {
        _codec = message<Revoked>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.revoke != null && obj.revoke.byteLength > 0)) {
            w.uint32(10)
            w.bytes(obj.revoke)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            revoke: uint8ArrayAlloc(0)
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.revoke = reader.bytes()
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
                  field: `${prefix}.revoke`,
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

    export interface RevokedRevokeFieldEvent {
      field: '$.revoke'
      value: Uint8Array
    }

    export function encode (obj: Partial<Revoked>): Uint8Array {
      return encodeMessage(obj, Revoked.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Revoked>): Revoked {
      return decodeMessage(buf, Revoked.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Revoked>): Generator<RevokedRevokeFieldEvent> {
      return streamMessage(buf, Revoked.codec(), opts)
    }
  }

  export interface Renounced {
    renounce: Uint8Array
  }

  export namespace Renounced {
    let _codec: Codec<Renounced>

    export const codec = (): Codec<Renounced> => {
      if (_codec == null) {
        _codec = message<Renounced>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.renounce != null && obj.renounce.byteLength > 0)) {
            w.uint32(10)
            w.bytes(obj.renounce)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            renounce: uint8ArrayAlloc(0)
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.renounce = reader.bytes()
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
                  field: `${prefix}.renounce`,
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

    export interface RenouncedRenounceFieldEvent {
      field: '$.renounce'
      value: Uint8Array
    }

    export function encode (obj: Partial<Renounced>): Uint8Array {
      return encodeMessage(obj, Renounced.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Renounced>): Renounced {
      return decodeMessage(buf, Renounced.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Renounced>): Generator<RenouncedRenounceFieldEvent> {
      return streamMessage(buf, Renounced.codec(), opts)
    }
  }

  export interface Noted {}

  export namespace Noted {
    let _codec: Codec<Noted>

    export const codec = (): Codec<Noted> => {
      if (_codec == null) {
        _codec = message<Noted>((obj, w, opts = {}) => {
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

    export function encode (obj: Partial<Noted>): Uint8Array {
      return encodeMessage(obj, Noted.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Noted>): Noted {
      return decodeMessage(buf, Noted.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Noted>): Generator<{}> {
      return streamMessage(buf, Noted.codec(), opts)
    }
  }

  export interface Remember {}

  export namespace Remember {
    let _codec: Codec<Remember>

    export const codec = (): Codec<Remember> => {
      if (_codec == null) {
        _codec = message<Remember>((obj, w, opts = {}) => {
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

    export function encode (obj: Partial<Remember>): Uint8Array {
      return encodeMessage(obj, Remember.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Remember>): Remember {
      return decodeMessage(buf, Remember.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Remember>): Generator<{}> {
      return streamMessage(buf, Remember.codec(), opts)
    }
  }

  export interface Remembered {
    revocations: Uint8Array[]
  }

  export namespace Remembered {
    let _codec: Codec<Remembered>

    export const codec = (): Codec<Remembered> => {
      if (_codec == null) {
        _codec = message<Remembered>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if (obj.revocations != null && obj.revocations.length > 0) {
            for (const value of obj.revocations) {
              w.uint32(10)
              w.bytes(value)
            }
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            revocations: []
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                if (opts.limits?.revocations != null && obj.revocations.length === opts.limits.revocations) {
                  throw new MaxLengthError('Decode error - repeated field "revocations" had too many elements')
                }

                obj.revocations.push(reader.bytes())
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
            revocations: 0
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                if (opts.limits?.revocations != null && obj.revocations === opts.limits.revocations) {
                  throw new MaxLengthError('Streaming decode error - repeated field "revocations" had too many elements')
                }

                yield {
                  field: `${prefix}.revocations[]`,
                  index: obj.revocations,
                  value: reader.bytes()
                }

                obj.revocations++

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

    export interface RememberedRevocationsFieldEvent {
      field: '$.revocations[]'
      index: number
      value: Uint8Array
    }

    export function encode (obj: Partial<Remembered>): Uint8Array {
      return encodeMessage(obj, Remembered.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Remembered>): Remembered {
      return decodeMessage(buf, Remembered.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Remembered>): Generator<RememberedRevocationsFieldEvent> {
      return streamMessage(buf, Remembered.codec(), opts)
    }
  }

  let _codec: Codec<consent>

  export const codec = (): Codec<consent> => {
    if (_codec == null) {
      _codec = message<consent>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<consent>): Uint8Array {
    return encodeMessage(obj, consent.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<consent>): consent {
    return decodeMessage(buf, consent.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<consent>): Generator<{}> {
    return streamMessage(buf, consent.codec(), opts)
  }
}
