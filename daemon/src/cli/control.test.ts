import { describe, expect, it } from 'vitest'
import { FakeHousehold, fakeNowMs } from '../testing/fake-household.ts'

const dayMs = 86_400_000

async function withGrant() {
  const one = await FakeHousehold.start()
  const given = await one.cli('share', 'http://127.0.0.1:1', '--as', 'photos', '--with', 'ana', '--until', '30d', '--yes', '--json')
  return { one, grant: given.json().data as { id: string } }
}

describe('porchlight panic, resume, lock and unlock', () => {
  it('say what holds the household, in words and in status', async () => {
    await using one = await FakeHousehold.start()
    expect((await one.cli('panic')).out).toContain('Everything is stopped')
    expect((await one.cli('status')).out).toContain('Held: paused.')
    expect((await one.cli('lock')).code).toBe(0)
    expect((await one.cli('resume')).out).toContain('Held: locked.')
    expect((await one.cli('status', '--json')).json().data.halts).toEqual(['locked'])
  })

  it('unlocks with the passphrase of the keys only: asked of a person, or from a file', async () => {
    await using one = await FakeHousehold.start()
    await one.cli('lock')
    const nobody = await one.cli('unlock', '--json')
    expect([nobody.code === 0, nobody.json().error.reason]).toEqual([false, 'passphrase-needed'])
    expect((await one.cliWith({ writes: () => 'wrong' }, 'unlock', '--json')).json().error.reason).toBe('passphrase-wrong')
    expect((await one.cliWith({ writes: () => 'open sesame' }, 'unlock')).out).toContain('Unlocked.')
    expect((await one.cli('unlock', '--passphrase-file', '/nowhere', '--json')).json().error.reason).toBe('passphraseFile')
  })

  it('resume confirms the clock, and single grants by the beginning of their id', async () => {
    const { one, grant } = await withGrant()
    await using _ = one
    one.node.control.hold('clock')
    expect((await one.cli('resume', '--clock-is-right', '--json')).json().data.halts).toEqual([])
    await one.cli('panic')
    expect((await one.cli('resume', grant.id.slice(0, 8), '--json')).json().data.halts).toEqual(['paused'])
    expect((await one.cli('resume', 'nothing', '--json')).json().error.reason).toBe('unknown-grant')
  })
})

describe('porchlight renew', () => {
  it('shows the card of the renewal and signs it after a yes, and nothing after a no', async () => {
    const { one, grant } = await withGrant()
    await using _ = one
    const no = await one.cliWith({ confirms: false }, 'renew', grant.id, '--until', '60d')
    expect([no.code, one.node.calls.filter((call) => call === 'offer')]).toEqual([77, ['offer']])
    const yes = await one.cliWith({ confirms: true }, 'renew', grant.id, '--until', '60d', '--json')
    expect(yes.said).toContain('ana may use your photos')
    expect(yes.json().data.expMs).toBe(fakeNowMs + 60 * dayMs)
  })

  it('of a received grant asks its owner', async () => {
    await using one = await FakeHousehold.start()
    const { id } = one.node.addReceived('music')
    expect((await one.cli('renew', id, '--until', '60d', '--json')).json().data).toMatchObject({ kind: 'ours', location: 'music' })
  })
})

describe('porchlight revoke --erase, renounce and why', () => {
  it('asks for erasure and never says that it was done: an answer is a claim', async () => {
    const { one, grant } = await withGrant()
    await using _ = one
    const revoked = await one.cli('revoke', grant.id, '--erase')
    expect(revoked.out).toContain('whether they do is up to them')
    expect((await one.cli('grants', '--all')).out).toContain('revoked (erasure asked)')
    const { id } = one.node.addReceived('music')
    const back = await one.cli('renounce', id, '--erased')
    expect(back.out).toContain('you claim to have erased it')
    expect((await one.cli('grants', '--all')).out).toContain('renounced (erasure claimed)')
  })

  it('says which rule denies and what would change it', async () => {
    await using one = await FakeHousehold.start()
    expect((await one.cli('why', 'ana', 'photos')).out).toContain('ana may use photos now.')
    await one.cli('panic')
    const why = await one.cli('why', 'ana', 'photos')
    expect(why.out).toContain('ana may not use photos now.')
    expect(why.out).toContain('everything is held')
    expect(why.out).toContain('porchlight resume')
    expect((await one.cli('why', 'ana', 'photos', '--json')).json().data).toMatchObject({ allow: false, halts: ['paused'] })
    expect((await one.cli('why', 'nobody', 'photos', '--json')).json().error.reason).toBe('unknown-contact')
  })

  it('grants says how many days are left and when it was used', async () => {
    const { one } = await withGrant()
    await using _ = one
    expect((await one.cli('grants')).out).toMatch(/30 days left +never/)
  })
})

describe('questions that no other household asks', () => {
  it('are in asks, with words of their own, and a no says what it did', async () => {
    await using one = await FakeHousehold.start()
    const { id: unused } = one.node.addAsk('photos', 'unused')
    const { id: changed } = one.node.addAsk('music', 'changed')
    const { out } = await one.cli('asks')
    expect(out).toContain('nobody uses photos')
    expect(out).toContain('a new text for music')
    expect((await one.cli('deny', unused)).out).toContain('Ended.')
    expect((await one.cli('deny', changed)).out).toContain('under the old text')
  })
})
