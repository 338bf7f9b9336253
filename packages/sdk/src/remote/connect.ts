import { householdId, isPorchlightError, PorchlightError, type HouseholdId } from '@porchlight/core'
import type { Porchlight, Waiting } from '../porchlight.ts'
import { porchlightOver } from '../porchlight-over.ts'
import { apiBackend } from './api-backend.ts'
import { AppServing } from './app-serving.ts'
import { findDaemon, homeFlag, type Whereabouts } from './find-daemon.ts'
import { letIn, type AppProtocol } from './let-in.ts'
import { nodeTransport, type Place } from './node-transport.ts'
import { successOf } from './problem.ts'
import { defaultTokenFile, forget } from './token-file.ts'
import type { Transport } from './transport.ts'

export interface ConnectOptions extends Whereabouts, Waiting {
  /** What the app calls itself; the household sees it in quotes, and ends the app by it. */
  readonly app: string
  /** Its reason, at most 140 characters; seen in quotes. */
  readonly why?: string
  /** What it wants to call and to serve: more is not possible later without asking again. */
  readonly protocols?: readonly AppProtocol[]
  /** A token that `porchlight apps add` printed. Default: the one that was kept, or one that a person agrees to now. */
  readonly token?: string
  /** Where the token is kept; default a file in the XDG state directory. */
  readonly tokenFile?: string
  /** Told when a person has to let the app in, with the command that does. Default: it is written to standard error. */
  readonly onWaiting?: (waiting: { readonly id: string; readonly command: string }) => void
}

interface WhoAmI {
  readonly household: HouseholdId
  readonly protocols: readonly Required<AppProtocol>[]
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))
const describe = (place: Place): string => ('socketPath' in place ? place.socketPath : `${place.host}:${place.port}`)

async function whoAmI(transport: Transport, signal: AbortSignal | undefined): Promise<WhoAmI> {
  const answer = await transport.send({ method: 'GET', path: '/v1/app', signal, repeatable: true })
  const { household, protocols } = JSON.parse(new TextDecoder().decode(await successOf(answer))) as WhoAmI
  return { household: householdId(household), protocols }
}

/** @throws `CONSENT_REQUIRED` with reason `app-protocols` when the household agreed to less */
function requireProtocols({ app, protocols = [] }: ConnectOptions, agreed: WhoAmI['protocols']): void {
  for (const { id, call = false, serve = false } of protocols) {
    const may = agreed.find((each) => each.id === id)
    if ((call && may?.call !== true) || (serve && may?.serve !== true))
      throw new PorchlightError(
        'CONSENT_REQUIRED',
        `the household agreed to less than ${app} wants now: porchlight apps revoke ${JSON.stringify(app)}, and start it again`,
        { reason: 'app-protocols' },
      )
  }
}

/**
 * Connects to the daemon of this computer as an app of its household. The first time a person has to let it in, and this waits for it.
 *
 * @returns  the household as the app may use it; when the daemon restarts it finds it again and makes good what was registered
 * @throws   `UNREACHABLE` with reason `no-daemon`; `CONSENT_REQUIRED` with reason `app-denied` or `app-protocols`; `UNAUTHENTICATED` for a given
 *           token that is of no app; `BAD_REQUEST` with reason `app-exists` or `protocol-taken`
 */
export async function connect(options: ConnectOptions): Promise<Porchlight> {
  const { app, why, protocols = [], signal } = options
  const place = findDaemon(options, process.env)
  const tokenFile = options.tokenFile ?? defaultTokenFile(app, describe(place), process.env)
  const tell = options.onWaiting ?? (({ command }) => console.error(`${app} waits to be let in: ${command}`))
  // Whoever answers may sit in a terminal that knows nothing of this one's environment.
  const onWaiting: typeof tell = ({ id, command }) => tell({ id, command: `${command}${homeFlag(options, process.env)}` })
  const asStranger = nodeTransport(place, undefined)
  try {
    const token = (): Promise<string> =>
      options.token === undefined
        ? letIn({ transport: asStranger, request: { name: app, why, protocols }, tokenFile, onWaiting, signal, sleep })
        : Promise.resolve(options.token)
    return await connectWith(await token()).catch(async (error: unknown) => {
      // A token that was kept may be of an app that was revoked since; one that was given is somebody's mistake.
      if (!isPorchlightError(error) || error.code !== 'UNAUTHENTICATED' || options.token !== undefined) throw error
      await forget(tokenFile)
      return connectWith(await token())
    })
  } finally {
    asStranger.close()
  }

  async function connectWith(token: string): Promise<Porchlight> {
    const transport = nodeTransport(place, token)
    try {
      const { household, protocols: agreed } = await whoAmI(transport, signal)
      requireProtocols(options, agreed)
      // Where the API is reached by its socket, app and daemon are the same user.
      const serving = new AppServing(transport, 'socketPath' in place ? 'socket' : 'loopback')
      const backend = await apiBackend({
        household,
        transport,
        onFound: () => serving.restore(),
        close: () => serving[Symbol.asyncDispose](),
        serve: (protocol, handlers, waiting) => serving.serve(protocol, handlers, waiting),
      })
      return porchlightOver(backend)
    } catch (error) {
      transport.close()
      throw error
    }
  }
}
