// @ts-nocheck
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
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

    export function encode (obj: Partial<Present>): Uint8Array {
      return encodeMessage(obj, Present.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Present>): Present {
      return decodeMessage(buf, Present.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Present>): Generator<PresentOwnDocumentsFieldEvent | PresentOwnSuspensionsFieldEvent | PresentYoursDocumentsFieldEvent | PresentYoursSuspensionsFieldEvent> {
      return streamMessage(buf, Present.codec(), opts)
    }
  }

  export interface Presented {
    own?: household.Chain
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
                obj.own = household.Chain.codec().decode(reader, reader.uint32(), {
                  limits: opts.limits?.own
                })
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
                yield * household.Chain.codec().stream(reader, reader.uint32(), `${prefix}.own`, {
                  limits: opts.limits?.own
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

    export function encode (obj: Partial<Presented>): Uint8Array {
      return encodeMessage(obj, Presented.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Presented>): Presented {
      return decodeMessage(buf, Presented.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Presented>): Generator<PresentedOwnDocumentsFieldEvent | PresentedOwnSuspensionsFieldEvent> {
      return streamMessage(buf, Presented.codec(), opts)
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
