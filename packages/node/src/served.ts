import { PorchlightError, type AnyMethod, type ProtocolDefinition } from '@porchlight/core'
import type { CallHandler } from '@porchlight/wire'

interface Served {
  readonly definition: Pick<ProtocolDefinition, 'id' | 'door' | 'methods'>
  readonly handlers: Readonly<Record<string, CallHandler>>
}

/** The protocols that this node serves right now, one holder each. */
export class ServedProtocols {
  readonly #served = new Map<string, Served>()

  /** @throws `BAD_REQUEST` with reason `served-already` when somebody serves it */
  add(definition: Served['definition'], handlers: Served['handlers']): Disposable {
    if (this.#served.has(definition.id))
      throw new PorchlightError('BAD_REQUEST', `${definition.id} is served already`, { reason: 'served-already' })
    const served = { definition, handlers }
    this.#served.set(definition.id, served)
    return {
      [Symbol.dispose]: () => {
        if (this.#served.get(definition.id) === served) this.#served.delete(definition.id)
      },
    }
  }

  /** Looked up by own keys only: a method named `constructor` is not there. */
  method(protocol: string, name: string): { door: ProtocolDefinition['door']; method: AnyMethod; handler: CallHandler } | undefined {
    const served = this.#served.get(protocol)
    if (!served || !Object.hasOwn(served.definition.methods, name) || !Object.hasOwn(served.handlers, name)) return undefined
    const method = served.definition.methods[name]
    const handler = served.handlers[name]
    return method && handler ? { door: served.definition.door, method, handler } : undefined
  }
}
