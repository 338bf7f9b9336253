/** A bounded queue between what happens and whoever reads of it at its own pace. One reader. */
export class AsyncQueue<T> implements AsyncIterable<T>, AsyncIterator<T, undefined> {
  readonly #items: T[] = []
  readonly #limit: number
  readonly #overflow: (items: T[]) => void
  readonly #onEnd: () => void
  #waiting: PromiseWithResolvers<IteratorResult<T, undefined>> | undefined
  #ended = false

  /**
   * @param limit     items that may wait unread
   * @param overflow  makes room: called with the items, to change in place, when there are more than `limit`
   * @param onEnd     called once when the reader leaves or `end` is called
   */
  constructor(limit: number, overflow: (items: T[]) => void, onEnd: () => void = () => {}) {
    this.#limit = limit
    this.#overflow = overflow
    this.#onEnd = onEnd
  }

  push(item: T): void {
    if (this.#ended) return
    if (this.#waiting) {
      this.#waiting.resolve({ value: item, done: false })
      this.#waiting = undefined
      return
    }
    this.#items.push(item)
    if (this.#items.length > this.#limit) this.#overflow(this.#items)
  }

  /** What waits is still read. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#waiting?.resolve({ value: undefined, done: true })
    this.#waiting = undefined
    this.#onEnd()
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#items.length > 0) return Promise.resolve({ value: this.#items.shift()!, done: false })
    if (this.#ended) return Promise.resolve({ value: undefined, done: true })
    this.#waiting ??= Promise.withResolvers()
    return this.#waiting.promise
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#items.length = 0
    this.end()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
