import { PorchlightError } from '@porchlight/core'

export interface ServerSentEvent {
  readonly type: string
  readonly data: string
  /** As far as the stream has said one. */
  readonly id: string | undefined
}

/**
 * Server-sent events out of a body in UTF-8 (WHATWG HTML, 9.2.6). A comment, such as a sign of life, is an event without data of type `''`.
 *
 * @param limitBytes  characters of one event
 * @throws `TOO_LARGE`
 */
export async function* serverSentEvents(body: AsyncIterable<Uint8Array>, limitBytes: number): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  let [type, data, id] = ['', [] as string[], undefined as string | undefined]
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    if (rest.length + data.reduce((sum, line) => sum + line.length, 0) > limitBytes)
      throw new PorchlightError('TOO_LARGE', `an event of more than ${limitBytes} characters`)
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { type: type || 'message', data: data.join('\n'), id }
        ;[type, data] = ['', []]
        continue
      }
      const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
      if (line.startsWith(':')) yield { type: '', data: '', id }
      else if (field === 'event') type = value
      else if (field === 'data') data.push(value)
      else if (field === 'id' && !value.includes('\0')) id = value
    }
  }
}
