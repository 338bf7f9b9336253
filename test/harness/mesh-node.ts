import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { KnownRelay, MeshConnection, RelayClient, Reservation } from '@porchlight/mesh'
import { sourceFlags } from './source-flags.ts'

const program = fileURLToPath(new URL('mesh-node-main.ts', import.meta.url))

export interface MeshNodeSettings {
  /** 0–255; the device's key follows from it. */
  readonly seed: number
  readonly listen: readonly string[]
  readonly announce?: readonly string[]
  /** Carries for everybody. Default false. */
  readonly isRelay?: boolean
  /** Default false. */
  readonly mdns?: boolean
  /** What its calls speak of, for tests that look for it on the wire. */
  readonly protocol?: string
}

/** What came of dialling a device that nothing was known of; times in ms since the first was known. */
export interface Meeting {
  /** Until the answer to the first call was there. */
  readonly firstByteMs: number
  /** The way new calls took when it was. */
  readonly first: MeshConnection | undefined
  /** Until new calls took a direct way; absent when they did not within the time allowed. */
  readonly directMs: number | undefined
  /** How long one more call took then, and its way. */
  readonly laterMs: number
  readonly later: MeshConnection | undefined
}

export interface MeshNodeState {
  readonly addresses: string[]
  readonly connections: MeshConnection[]
  readonly reservations: Reservation[]
  /** Whom it carries for, if it is a relay. */
  readonly clients: RelayClient[]
  readonly rssBytes: number
}

/** An event of the mesh's log, with the fields that it came with. */
export type MeshNodeEvent = Readonly<Record<string, unknown>> & { readonly event: string; readonly atMs: number }

/** A machine on which programs can be started. */
export type Spawn = (command: readonly string[]) => ChildProcess

/** A mesh node in a process of its own. */
export class MeshNode implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #events: MeshNodeEvent[] = []
  readonly #answers = new Map<number, PromiseWithResolvers<never>>()
  #news = Promise.withResolvers<void>()
  #ended: string | undefined
  #requests = 0
  #device = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    createInterface({ input: child.stdout! }).on('line', (line) => this.#onLine(line))
    child.on('exit', (code, signal) => {
      this.#ended = String(code ?? signal)
      this.#tell()
      for (const { reject } of this.#answers.values()) reject(new Error(`the node ended with ${code ?? signal}`))
      this.#answers.clear()
    })
  }

  /** @returns once it listens */
  static async start(spawn: Spawn, settings: MeshNodeSettings): Promise<MeshNode> {
    const child = spawn([process.execPath, ...sourceFlags, program, JSON.stringify(settings)])
    const node = new MeshNode(child)
    const { device } = (await node.next('started')) as unknown as { device: string }
    node.#device = device
    return node
  }

  get device(): string {
    return this.#device
  }

  /** Everything that the mesh logged, oldest first. */
  get events(): readonly MeshNodeEvent[] {
    return this.#events
  }

  /** The first event of that name, awaited if need be. @param from  index into `events` to look from */
  async next(event: string, from = 0): Promise<MeshNodeEvent> {
    for (;;) {
      const found = this.#events.slice(from).find((each) => each.event === event)
      if (found) return found
      if (this.#ended !== undefined) throw new Error(`the node ended with ${this.#ended} before ${event}`)
      await this.#news.promise
    }
  }

  async keep(device: string, addresses: readonly string[]): Promise<void> {
    await this.#ask('keep', { device, addresses })
  }

  async useRelays(relays: readonly Pick<KnownRelay, keyof KnownRelay>[]): Promise<void> {
    await this.#ask('useRelays', { relays })
  }

  /** Cuts what is open to a device, as a network does; the node connects again by itself. */
  async closeConnections(device: string): Promise<void> {
    await this.#ask('closeConnections', { device })
  }

  call(device: string, deadlineMs = 20_000): Promise<{ ms: number; way?: MeshConnection }> {
    return this.#ask('call', { device, deadlineMs })
  }

  /** @param mostMs  how long to wait for a direct way */
  meet(device: string, addresses: readonly string[], mostMs: number): Promise<Meeting> {
    return this.#ask('meet', { device, addresses, mostMs })
  }

  /** Has somebody outside try the node's public addresses, and tells it of each whether it was reached, as contacts do for each other. */
  async confirmedBy(outside: MeshNode): Promise<void> {
    for (const address of await this.#ask<string[]>('publicAddresses', {})) {
      const answered = await outside.#ask<boolean>('probe', { device: this.device, address })
      await this.#ask('settle', { address, answered })
    }
  }

  look(): Promise<MeshNodeState> {
    return this.#ask('look', {})
  }

  /** Bytes of the heap that are in use after everything else was collected. */
  liveBytes(): Promise<number> {
    return this.#ask('liveBytes', {})
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill(signal)
    await exit
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end()
  }

  #tell(): void {
    const { resolve } = this.#news
    this.#news = Promise.withResolvers()
    resolve()
  }

  #ask<T>(method: string, params: unknown): Promise<T> {
    const id = ++this.#requests
    const answer = Promise.withResolvers<never>()
    this.#answers.set(id, answer)
    this.#child.stdin!.write(`${JSON.stringify({ id, method, params })}\n`)
    return answer.promise
  }

  #onLine(line: string): void {
    const said = JSON.parse(line) as { id?: number; result?: never; error?: string; event?: string }
    if (said.id === undefined) {
      this.#events.push({ ...said, event: said.event ?? '', atMs: performance.now() })
      this.#tell()
      return
    }
    const answer = this.#answers.get(said.id)
    this.#answers.delete(said.id)
    if (said.error === undefined) answer?.resolve(said.result as never)
    else answer?.reject(new Error(said.error))
  }
}
