import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { needs, needsRoot } from './needs.ts'

const run = (...args: readonly string[]): string => execFileSync(args[0]!, args.slice(1), { encoding: 'utf8' })

/** The process that made a namespace stands in its name, so that what a crashed run left can be told from what is in use. */
const made = /^pl(\d+)-[0-9a-f]{6}-/

/** The network namespaces of one test: each is a machine with its own interfaces, addresses and routes. */
export class Namespaces implements Disposable {
  readonly #tag: string
  readonly #machines = new Set<string>()

  /** @throws when this is not root, or iproute2 or nftables are missing */
  constructor() {
    needsRoot()
    needs({ '/usr/sbin/ip': 'apt install iproute2', '/usr/sbin/nft': 'apt install nftables' })
    removeAbandoned()
    this.#tag = `pl${process.pid}-${randomBytes(3).toString('hex')}`
  }

  /** A machine with nothing but its loopback interface. */
  add(machine: string): void {
    run('ip', 'netns', 'add', `${this.#tag}-${machine}`)
    this.#machines.add(machine)
    this.ip(machine, 'link', 'set', 'lo', 'up')
  }

  has(machine: string): boolean {
    return this.#machines.has(machine)
  }

  /** What the kernel calls a machine's namespace. */
  name(machine: string): string {
    if (!this.has(machine)) throw new Error(`there is no machine ${machine}`)
    return `${this.#tag}-${machine}`
  }

  /** What goes before a command so that it runs on a machine. */
  prefix(machine: string): readonly string[] {
    return ['ip', 'netns', 'exec', this.name(machine)]
  }

  /** Runs a program on a machine to its end. @returns what it printed; @throws when it fails */
  exec(machine: string, ...command: readonly string[]): string {
    return run(...this.prefix(machine), ...command)
  }

  /** As `exec` of `ip`, at less cost. */
  ip(machine: string, ...args: readonly string[]): string {
    return run('ip', '-n', this.name(machine), ...args)
  }

  /** Starts a program on a machine; the child is the program itself. It ends with the namespaces. */
  spawn(machine: string, command: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [program, ...args] = [...this.prefix(machine), ...command]
    return spawn(program!, args, options)
  }

  [Symbol.dispose](): void {
    for (const machine of this.#machines) remove(`${this.#tag}-${machine}`)
    this.#machines.clear()
  }
}

function remove(namespace: string): void {
  try {
    for (const pid of run('ip', 'netns', 'pids', namespace).split('\n').filter(Boolean)) end(Number(pid))
    run('ip', 'netns', 'delete', namespace)
  } catch {
    // gone already
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // ended by itself
  }
}

/** Removes what runs left that were killed before they could. */
function removeAbandoned(): void {
  for (const line of run('ip', 'netns', 'list').split('\n')) {
    const [namespace = ''] = line.split(' ')
    const pid = made.exec(namespace)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) remove(namespace)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
