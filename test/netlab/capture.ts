import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { needs } from '../harness/needs.ts'
import type { Internet } from './internet.ts'
import { flowsOf, packetsIn, type Packet } from './pcap.ts'

/** Everything that passes a home's router on the side of the home, multicast included, as tcpdump sees it. */
export class Capture implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'porchlight-capture-'))
  readonly #tcpdump: ChildProcess
  readonly #home: ReadonlySet<string>

  private constructor(internet: Internet, home: string) {
    this.#home = new Set([internet.address(home), internet.ipv6Address(home)])
    // Written packet by packet, so that it can be read while it runs; a ring of 8 MB in the kernel, so that a burst fits.
    this.#tcpdump = internet.spawn(
      internet.router(home),
      ['tcpdump', '--immediate-mode', '-U', '-n', '-s', '0', '-B', '8192', '-Z', 'root', '-i', 'lan', '-w', this.#file],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
  }

  /** @returns once packets are seen */
  static async start(internet: Internet, home: string): Promise<Capture> {
    needs({ '/usr/bin/tcpdump': 'apt install tcpdump' })
    const capture = new Capture(internet, home)
    let said = ''
    while (!said.includes('listening on')) {
      const data = await Promise.race([once(capture.#tcpdump.stderr!, 'data'), once(capture.#tcpdump, 'exit').then(() => undefined)])
      if (data === undefined) throw new Error(`tcpdump does not work here: ${said}`)
      said += String(data[0])
    }
    capture.#tcpdump.stderr!.resume()
    return capture
  }

  get #file(): string {
    return join(this.#folder, 'lan.pcap')
  }

  packets(): Packet[] {
    return packetsIn(readFileSync(this.#file))
  }

  /** Addresses that the home sent something to, in the order in which it did so first. */
  contacted(): string[] {
    const sent = this.packets().filter(({ source }) => this.#home.has(source))
    return [...new Set(sent.map(({ destination }) => destination))]
  }

  /** Which of these texts and bytes went over the wire in clear, either way. @param secrets  what it is → the bytes */
  inClear(secrets: Readonly<Record<string, string | Buffer>>): string[] {
    const packets = this.packets()
    const seen = [...packets.map(({ payload }) => payload), ...flowsOf(packets).values()]
    return Object.entries(secrets)
      .filter(([, secret]) => seen.some((bytes) => bytes.includes(secret)))
      .map(([name]) => name)
  }

  [Symbol.dispose](): void {
    this.#tcpdump.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
