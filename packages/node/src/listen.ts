import { isPorchlightError } from '@porchlight/core'
import type { Mesh } from '@porchlight/mesh'
import type { Table } from './household-node.ts'

interface Remembered {
  readonly port: number
}

const zero = /\/tcp\/0(?=\/|$)/

/**
 * Opens the mesh with port 0 replaced by the port of last time, so that the addresses that contacts keep stay good across restarts.
 * A remembered port that somebody else holds now is given up for a new one; a port that was set by hand is not: that error is the person's to see.
 */
export async function openMeshOnRememberedPort(
  table: Table<Remembered>,
  listen: readonly string[],
  log: (event: string, fields: Record<string, unknown>) => void,
  open: (listen: string[]) => Promise<Mesh>,
): Promise<Mesh> {
  const remembered = (await table.get('tcp'))?.port
  const wantsAny = listen.some((address) => zero.test(address))
  const mesh = await openOn(remembered === undefined || !wantsAny ? undefined : remembered)
  const port = wantsAny ? portOf(mesh.addresses()) : undefined
  if (port !== undefined && port !== remembered) await table.put('tcp', { port })
  return mesh

  async function openOn(port: number | undefined): Promise<Mesh> {
    if (port === undefined) return open([...listen])
    try {
      return await open(listen.map((address) => address.replace(zero, `/tcp/${port}`)))
    } catch (error) {
      if (!isPorchlightError(error) || error.reason !== 'port-taken') throw error
      log('listen.port-given-up', { port })
      return open([...listen])
    }
  }
}

function portOf(addresses: readonly string[]): number | undefined {
  const port = addresses.map((address) => /\/tcp\/(\d+)/.exec(address)?.[1]).find((text) => text !== undefined)
  return port === undefined ? undefined : Number(port)
}
