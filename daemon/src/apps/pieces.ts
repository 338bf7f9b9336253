import { limits } from '@porchlight/core'

/**
 * A body as it arrives. However small its pieces are, it takes little more memory than its bytes: a piece by itself takes 120 bytes, and keeps all
 * that was read with it.
 */
export class Pieces {
  #pieces: Buffer[] = []

  add(piece: Buffer): void {
    this.#pieces.push(piece.byteLength * 2 < piece.buffer.byteLength ? Buffer.from(piece) : piece)
    if (this.#pieces.length === limits.bodyPieces) this.#pieces = [this.whole()]
  }

  get count(): number {
    return this.#pieces.length
  }

  whole(): Buffer {
    return this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces)
  }
}
