import { describe, expect, it } from 'vitest'
import { FakeHousehold } from '../testing/fake-household.ts'

describe('porchlight invites', () => {
  it('lists what is open with whom it is for, and shows no link, which whoever reads it could use', async () => {
    await using one = await FakeHousehold.start()
    expect((await one.cli('invites')).out).toContain('No invite is open. Make one: porchlight invite')
    const { link } = (await one.cli('invite', '--as', 'zoe', '--note', 'from the choir', '--json')).json().data
    const listed = await one.cli('invites')
    expect(listed.out).toMatch(/open\s+zoe\s+from the choir\s+2030-/)
    expect(listed.out).not.toContain(link)
    expect((await one.cli('invites', '--json')).json().data).toMatchObject([{ link, petname: 'zoe' }])
  })

  it('cancel ends one by the beginning of its id, and then it is listed with --all only', async () => {
    await using one = await FakeHousehold.start()
    const { id } = (await one.cli('invite', '--json')).json().data
    const other = (await one.cli('invite', '--as', 'zoe', '--json')).json().data
    expect((await one.cli('invites', 'cancel', id.slice(0, 12))).out).toContain('the link lets nobody in any more')
    expect((await one.cli('invites', '--json')).json().data.map((each: { id: string }) => each.id)).toEqual([other.id])
    expect((await one.cli('invites', '--all')).out).toMatch(/cancelled/)
    const again = await one.cli('invites', 'cancel', id)
    expect([again.code, again.out]).toEqual([1, expect.stringContaining('this invite is over (cancelled)')])
  })

  it('cancel of what is no invite changes nothing and says so', async () => {
    await using one = await FakeHousehold.start()
    const { code, json } = await one.cli('invites', 'cancel', 'nothing', '--json')
    expect([code, json().error.reason]).toEqual([1, 'unknown-invite'])
    expect(one.node.calls).not.toContain('cancelInvite')
  })
})
