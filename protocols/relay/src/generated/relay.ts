// @ts-nocheck
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, message, streamMessage } from 'protons-runtime'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface relay {}

export namespace relay {
  export interface Ask {}

  export namespace Ask {
    let _codec: Codec<Ask>

    export const codec = (): Codec<Ask> => {
      if (_codec == null) {
        _codec = message<Ask>((obj, w, opts = {}) => {
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

    export function encode (obj: Partial<Ask>): Uint8Array {
      return encodeMessage(obj, Ask.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ask>): Ask {
      return decodeMessage(buf, Ask.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ask>): Generator<{}> {
      return streamMessage(buf, Ask.codec(), opts)
    }
  }

  export interface Account {
    carriedBytes: bigint
    openMs: bigint
    sinceMs: bigint
    circuits: number
    carries: boolean
  }

  export namespace Account {
    let _codec: Codec<Account>

    export const codec = (): Codec<Account> => {
      if (_codec == null) {
        _codec = message<Account>((obj, w, opts = {}) => {
          if (opts.lengthDelimited !== false) {
            w.fork()
          }

          if ((obj.carriedBytes != null && obj.carriedBytes !== 0n)) {
            w.uint32(8)
            w.uint64(obj.carriedBytes)
          }

          if ((obj.openMs != null && obj.openMs !== 0n)) {
            w.uint32(16)
            w.uint64(obj.openMs)
          }

          if ((obj.sinceMs != null && obj.sinceMs !== 0n)) {
            w.uint32(24)
            w.uint64(obj.sinceMs)
          }

          if ((obj.circuits != null && obj.circuits !== 0)) {
            w.uint32(32)
            w.uint32(obj.circuits)
          }

          if ((obj.carries != null && obj.carries !== false)) {
            w.uint32(40)
            w.bool(obj.carries)
          }

          if (opts.lengthDelimited !== false) {
            w.ldelim()
          }
        }, (reader, length, opts = {}) => {
          const obj: any = {
            carriedBytes: 0n,
            openMs: 0n,
            sinceMs: 0n,
            circuits: 0,
            carries: false
          }

          const end = length == null ? reader.len : reader.pos + length

          while (reader.pos < end) {
            const tag = reader.uint32()

            switch (tag >>> 3) {
              case 1: {
                obj.carriedBytes = reader.uint64()
                break
              }
              case 2: {
                obj.openMs = reader.uint64()
                break
              }
              case 3: {
                obj.sinceMs = reader.uint64()
                break
              }
              case 4: {
                obj.circuits = reader.uint32()
                break
              }
              case 5: {
                obj.carries = reader.bool()
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
                  field: `${prefix}.carriedBytes`,
                  value: reader.uint64()
                }
                break
              }
              case 2: {
                yield {
                  field: `${prefix}.openMs`,
                  value: reader.uint64()
                }
                break
              }
              case 3: {
                yield {
                  field: `${prefix}.sinceMs`,
                  value: reader.uint64()
                }
                break
              }
              case 4: {
                yield {
                  field: `${prefix}.circuits`,
                  value: reader.uint32()
                }
                break
              }
              case 5: {
                yield {
                  field: `${prefix}.carries`,
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

    export interface AccountCarriedBytesFieldEvent {
      field: '$.carriedBytes'
      value: bigint
    }

    export interface AccountOpenMsFieldEvent {
      field: '$.openMs'
      value: bigint
    }

    export interface AccountSinceMsFieldEvent {
      field: '$.sinceMs'
      value: bigint
    }

    export interface AccountCircuitsFieldEvent {
      field: '$.circuits'
      value: number
    }

    export interface AccountCarriesFieldEvent {
      field: '$.carries'
      value: boolean
    }

    export function encode (obj: Partial<Account>): Uint8Array {
      return encodeMessage(obj, Account.codec())
    }

    export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Account>): Account {
      return decodeMessage(buf, Account.codec(), opts)
    }

    export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Account>): Generator<AccountCarriedBytesFieldEvent | AccountOpenMsFieldEvent | AccountSinceMsFieldEvent | AccountCircuitsFieldEvent | AccountCarriesFieldEvent> {
      return streamMessage(buf, Account.codec(), opts)
    }
  }

  let _codec: Codec<relay>

  export const codec = (): Codec<relay> => {
    if (_codec == null) {
      _codec = message<relay>((obj, w, opts = {}) => {
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

  export function encode (obj: Partial<relay>): Uint8Array {
    return encodeMessage(obj, relay.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<relay>): relay {
    return decodeMessage(buf, relay.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<relay>): Generator<{}> {
    return streamMessage(buf, relay.codec(), opts)
  }
}
