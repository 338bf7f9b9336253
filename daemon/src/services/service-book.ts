import { limits, PorchlightError, serviceName } from '@porchlight/core'
import type { Table } from '@porchlight/node'

/** An app of this household under the name that friends see. `target` is as `checkTarget` writes it. */
export interface Service {
  readonly name: string
  readonly target: string
  readonly createdMs: number
}

/** The services of this household, kept in the node's store, with a copy in memory so that a call finds its target in the same tick. */
export class ServiceBook {
  readonly #table: Table<Service>
  readonly #services: Map<string, Service>

  private constructor(table: Table<Service>, services: readonly Service[]) {
    this.#table = table
    this.#services = new Map(services.map((service) => [service.name, service]))
  }

  static async open(table: Table<Service>): Promise<ServiceBook> {
    return new ServiceBook(table, await table.all())
  }

  list(): Service[] {
    return [...this.#services.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  get(name: string): Service | undefined {
    return this.#services.get(name)
  }

  /** What `put` would refuse, before anything else is done. @throws as `put` */
  check(name: string, target: string): void {
    serviceName(name)
    const known = this.#services.get(name)
    if (known && known.target !== target) {
      throw new PorchlightError('BAD_REQUEST', `${name} is ${known.target} already: unshare it first, or choose another name`, {
        reason: 'service-exists',
      })
    }
    if (!known && this.#services.size >= limits.services)
      throw new PorchlightError('BUSY', `${limits.services} services, which is the limit`, { reason: 'too-many-services' })
  }

  /**
   * Records a service. The same name and target twice is the same service.
   *
   * @throws `BAD_REQUEST` with reason `service-exists` when the name stands for another target: grants in force are about that one
   */
  async put(service: Service): Promise<Service> {
    this.check(service.name, service.target)
    const known = this.#services.get(service.name)
    if (known) return known
    await this.#table.put(service.name, service)
    this.#services.set(service.name, service)
    return service
  }

  async delete(name: string): Promise<void> {
    this.#services.delete(name)
    await this.#table.delete(name)
  }
}
