import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import type { Caller } from '../apps/app.ts'
import type { Daemon } from './daemon.ts'
import { problem } from './schemas.ts'

const none = z.object({})

/** One thing the API does: its place, its shapes and its work. The page uses `run` too, so nothing has a side door. */
export interface Operation<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** With `{name}` for parameters, as OpenAPI writes it. */
  readonly path: string
  readonly summary: string
  readonly tag: string
  readonly params: P
  readonly query: Q
  readonly body: B | undefined
  readonly answer: A
  /** Who may besides the household: `app`, its apps too. Default: nobody. */
  readonly callers?: 'app'
  run(
    input: { params: z.infer<P>; query: z.infer<Q>; body: z.infer<B> },
    daemon: Daemon,
    context: {
      readonly signal: AbortSignal
      readonly caller: Caller
      readonly transport: 'unix' | 'loopback'
      header(name: string): string | undefined
    },
  ): Promise<z.input<A>>
}

type Definition<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> = Omit<
  Operation<P, Q, B, A>,
  'params' | 'query' | 'body'
> & {
  readonly params?: P
  readonly query?: Q
  readonly body?: B
}

/** Defines an operation; parts that are left out are empty. */
export function operation<
  A extends z.ZodType,
  P extends z.ZodType = typeof none,
  Q extends z.ZodType = typeof none,
  B extends z.ZodType = typeof none,
>(definition: Definition<P, Q, B, A>): Operation<P, Q, B, A> {
  return { ...definition, params: (definition.params ?? none) as P, query: (definition.query ?? none) as Q, body: definition.body }
}

const json = <T extends z.ZodType>(schema: T, description: string) => ({ description, content: { 'application/json': { schema } } })
const problems = { description: 'It was not done', content: { 'application/problem+json': { schema: problem } } }

export interface ApiEnv {
  Variables: { signal: AbortSignal }
  Bindings: { transport: 'unix' | 'loopback'; caller: Caller }
}

/** Mounts an operation as a route, described in the OpenAPI document. */
// oxlint-disable-next-line typescript/no-explicit-any -- each operation keeps its own shapes; the route only carries them
export function mount(app: OpenAPIHono<ApiEnv>, each: Operation<any, any, any, any>, daemon: Daemon): void {
  const route = createRoute({
    method: each.method,
    path: each.path,
    summary: each.summary,
    tags: [each.tag],
    request: {
      ...(each.path.includes('{') && { params: each.params as z.ZodObject }),
      ...(each.query !== none && { query: each.query as z.ZodObject }),
      ...(each.body && { body: { required: true, ...json(each.body, 'Input') } }),
    },
    responses: { 200: json(each.answer, 'Done'), default: problems },
  })
  app.openapi(route, async (c) => {
    const input = {
      params: c.req.valid('param' as never),
      query: c.req.valid('query' as never),
      body: each.body ? c.req.valid('json' as never) : {},
    }
    const { caller, transport } = c.env
    const context = { signal: c.get('signal'), caller, transport, header: (name: string) => c.req.header(name) }
    return c.json((await each.run(input, daemon, context)) as object, 200) as never
  })
}
