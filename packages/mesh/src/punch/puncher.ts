import type { Connection, Stream } from '@libp2p/interface'
import { deviceId, limits, PorchlightError, type DeviceId } from '@porchlight/core'
import { MuxedByteStream } from '../calls/muxed-byte-stream.ts'
import { SendTurns } from '../calls/send-turns.ts'
import type { MeshLog } from '../mesh.ts'
import { isRelayed } from '../paths/relayed.ts'
import { answerPunch, dcutrProtocol, proposePunch, type PunchSide } from './dcutr.ts'
import type { OwnEnd } from './mapping.ts'
import { meet } from './meeting.ts'
import { PunchStream } from './punch-stream.ts'
import { punchTargets } from './punch-targets.ts'
import type { RawDials } from './raw-dials.ts'
import { punchAgainAfterMs } from './retries.ts'
import { TriedAddresses } from './tried-addresses.ts'

export interface PuncherOptions {
  readonly own: DeviceId
  /** Only kept devices are punched to, in either role: to meet is to tell an address. */
  readonly isKept: (device: DeviceId) => boolean
  /** Whether a connection that goes through no relay is open. */
  readonly isDirect: (device: DeviceId) => boolean
  /** Where others see us, best first; waits a moment when nobody has said so yet. */
  readonly ends: () => Promise<readonly OwnEnd[]>
  readonly dials: Pick<RawDials, 'connect' | 'upgrade'>
  readonly isPublic?: (host: string) => boolean
  readonly random: () => number
  readonly log: MeshLog
}

/** A relayed connection that a kept device opened to us: ours to replace by a direct one. */
interface Task {
  readonly connection: Connection
  failures: number
  timer: NodeJS.Timeout | undefined
}

/**
 * Replaces relayed connections to kept devices by direct ones, by itself: as soon as one opens, again after growing pauses while it stays,
 * and at once when our own addresses change. Which connection calls take, and when the relayed one is closed, is not decided here.
 */
export class Puncher {
  readonly #options: PuncherOptions
  readonly #tasks = new Map<string, Task>()
  /** Punches under way, by device; never two with the same device. */
  readonly #running = new Map<DeviceId, AbortController>()
  readonly #answered = new Map<DeviceId, number[]>()
  readonly #over = new AbortController()
  /** Every address that was dialled, whatever came of it. */
  readonly tried = new TriedAddresses()

  constructor(options: PuncherOptions) {
    this.#options = options
  }

  /** As in the specification, the side that received the relayed connection begins. */
  onOpen(connection: Connection): void {
    if (this.#over.signal.aborted || connection.direction !== 'inbound' || !isRelayed(connection.remoteAddr)) return
    const task: Task = { connection, failures: 0, timer: undefined }
    this.#tasks.set(connection.id, task)
    this.#schedule(task, 0)
  }

  onClose(connection: Connection): void {
    clearTimeout(this.#tasks.get(connection.id)?.timer)
    this.#tasks.delete(connection.id)
    if (!isRelayed(connection.remoteAddr)) this.wake(deviceOf(connection))
  }

  /** Something is new: an address of ours, or whom we keep. What waits for its next try has it now. */
  wake(device?: DeviceId): void {
    for (const task of this.#tasks.values()) {
      if (device !== undefined && deviceOf(task.connection) !== device) continue
      task.failures = 0
      if (task.timer !== undefined) this.#schedule(task, 0)
    }
  }

  /** The handler of the protocol; never rejects. */
  async serve(stream: Stream, connection: Connection): Promise<void> {
    const device = deviceOf(connection)
    const messages = new PunchStream(new MuxedByteStream(stream, new SendTurns()))
    const refusal = this.#refusal(device, connection)
    if (refusal !== undefined) {
      this.#options.log('punch.refused', { device, because: refusal })
      return messages.abort(new PorchlightError('BUSY', refusal))
    }
    await this.#run(device, 'answered', (signal) => answerPunch(this.#side(device, messages, signal)), messages)
  }

  stop(): void {
    this.#over.abort(new PorchlightError('CLOSED', 'this side is stopping'))
    for (const { timer } of this.#tasks.values()) clearTimeout(timer)
    this.#tasks.clear()
  }

  #refusal(device: DeviceId, connection: Connection): string | undefined {
    if (this.#over.signal.aborted) return 'stopping'
    if (!isRelayed(connection.remoteAddr)) return 'not relayed'
    if (!this.#options.isKept(device)) return 'not kept'
    if (this.#answeredTooMuch(device)) return 'too often'
    const running = this.#running.get(device)
    // Both began: of two relayed connections each received one. Both sides have to agree on one of the punches.
    if (running && this.#options.own < device) return 'our own goes first'
    running?.abort(new PorchlightError('CLOSED', 'the punch of the far side goes first'))
    return running || this.#running.size < limits.punchesAtOnce ? undefined : 'too many at once'
  }

  /** Counts one more. */
  #answeredTooMuch(device: DeviceId): boolean {
    const nowMs = performance.now()
    for (const [each, times] of this.#answered) if (times.at(-1)! < nowMs - 60_000) this.#answered.delete(each)
    const times = [...(this.#answered.get(device) ?? []), nowMs].filter((time) => time > nowMs - 60_000)
    if (times.length > limits.punchAnswersPerMinute) return true
    this.#answered.set(device, times)
    return false
  }

  #schedule(task: Task, afterMs: number): void {
    clearTimeout(task.timer)
    task.timer = setTimeout(() => {
      task.timer = undefined
      void this.#begin(task)
    }, afterMs)
    task.timer.unref()
  }

  /** One punch of ours; never rejects. */
  async #begin(task: Task): Promise<void> {
    const { connection } = task
    const device = deviceOf(connection)
    // A device that is kept later wakes its task.
    const isOurs = (): boolean =>
      this.#tasks.get(connection.id) === task && connection.status === 'open' && this.#options.isKept(device) && !this.#over.signal.aborted
    if (!isOurs()) return this.#rest(task)
    const idle = !this.#options.isDirect(device) && !this.#running.has(device) && this.#running.size < limits.punchesAtOnce
    if (idle) {
      const worked = await this.#run(device, 'began', (signal) => this.#propose(device, connection, signal))
      if (!worked) task.failures++
    }
    if (this.#tasks.get(connection.id) === task && task.timer === undefined) this.#rest(task)
  }

  /** Until the next try; `wake` cuts it short when a direct connection is lost or the device is kept. */
  #rest(task: Task): void {
    if (this.#tasks.get(task.connection.id) !== task) return
    const device = deviceOf(task.connection)
    const nothingToDo = this.#options.isDirect(device) || !this.#options.isKept(device)
    this.#schedule(task, nothingToDo ? limits.punchRetryCapMs : punchAgainAfterMs(task.failures, this.#options.random()))
  }

  async #propose(device: DeviceId, connection: Connection, signal: AbortSignal): Promise<void> {
    if ((await this.#options.ends()).length === 0) throw new PorchlightError('UNREACHABLE', 'nobody has seen an address of this side')
    const stream = await connection.newStream(dcutrProtocol, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(limits.punchMessageMs)]),
      runOnLimitedConnection: true,
    })
    const messages = new PunchStream(new MuxedByteStream(stream, new SendTurns()))
    try {
      await proposePunch(this.#side(device, messages, signal))
    } catch (error) {
      messages.abort(error instanceof PorchlightError ? error : new PorchlightError('CLOSED', 'punch failed', { cause: error }))
      throw error
    }
  }

  /** @returns whether it worked; never rejects */
  async #run(
    device: DeviceId,
    role: 'began' | 'answered',
    punch: (signal: AbortSignal) => Promise<void>,
    messages?: PunchStream,
  ): Promise<boolean> {
    const own = new AbortController()
    const sinceMs = performance.now()
    this.#running.set(device, own)
    try {
      await punch(AbortSignal.any([own.signal, this.#over.signal]))
      const direct = this.#options.isDirect(device)
      this.#options.log('punch.ended', { device, role, direct, ms: Math.round(performance.now() - sinceMs) })
      return direct
    } catch (error) {
      messages?.abort(new PorchlightError('CLOSED', 'punch failed', { cause: error }))
      this.#options.log('punch.failed', { device, role, error: String(error) })
      return false
    } finally {
      if (this.#running.get(device) === own) this.#running.delete(device)
    }
  }

  #side(device: DeviceId, stream: PunchStream, signal: AbortSignal): PunchSide {
    const { dials, random, isPublic } = this.#options
    return {
      stream,
      own: this.#options.ends,
      targets: (addresses, own) => punchTargets(addresses, { device, own, ...(isPublic ? { isPublic } : {}) }),
      meet: async (targets, initiator) => {
        this.tried.add(
          device,
          targets.map(({ address }) => address),
        )
        const { remoteAddr } = await meet({ device, targets, initiator, dials, random, signal })
        this.#options.log('punch.met', { device, initiator, address: remoteAddr.toString() })
      },
      now: () => performance.now(),
      signal,
    }
  }
}

const deviceOf = (connection: Connection): DeviceId => deviceId(connection.remotePeer.toString())
