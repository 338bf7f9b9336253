import { PorchlightError } from '@porchlight/core'
import { generateKey, type CallHandler, type Gate } from '@porchlight/wire'
import { createMesh } from '../create-mesh.ts'
import type { Mesh, MeshOptions } from '../mesh.ts'

/** A gate that lets everyone in. @param handlers by method name; another method is refused */
export function openGate(handlers: Readonly<Record<string, CallHandler>>): Gate {
  return (call) => {
    const handler = handlers[call.method]
    if (!handler) return { allow: false }
    return { allow: true, household: undefined, scopes: new Set(), signal: new AbortController().signal, handler, done: () => {} }
  }
}

/** A node on loopback, any port, without mDNS. */
export async function loopbackMesh(options: Partial<MeshOptions> = {}): Promise<Mesh> {
  return createMesh({ key: await generateKey(), listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false, gate: () => ({ allow: false }), ...options })
}

/** Resolves when the condition holds, asked at every event of the mesh. */
export function until(mesh: Mesh, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const ends = (['connected', 'disconnected', 'addresses', 'reservations'] as const).map((event) => mesh.on(event, () => look()))
    const look = (): void => {
      if (!holds()) return
      for (const end of ends) end()
      resolve()
    }
    look()
  })
}

/** The code with which a promise rejects. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    return error instanceof PorchlightError ? error.code : String(error)
  }
  return 'resolved'
}
