import { gateCalls } from '../../../test/gate-calls.ts'
import type { ByteStream } from './byte-stream.ts'
import { memoryByteStreams } from './memory-stream.ts'

const opened: ByteStream[] = []

gateCalls('streams in memory', {
  open: async () => {
    const pair = memoryByteStreams()
    opened.push(...pair)
    return pair
  },
  closeAll: async () => {
    for (const stream of opened.splice(0)) stream.abort(new Error('test is over'))
  },
})
