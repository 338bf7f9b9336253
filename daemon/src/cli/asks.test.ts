import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeHousehold, fakeNowMs } from '../testing/fake-household.ts'
import { cardOf } from '../testing/fake-views.ts'

const dayMs = 86_400_000
const share = ['share', 'http://127.0.0.1:2342', '--as', 'photos', '--with', 'ana']

let house: FakeHousehold
beforeEach(async () => {
  house = await FakeHousehold.start()
})
afterEach(async () => await house[Symbol.asyncDispose]())

describe('porchlight counter', () => {
  it('shows the card of what is offered instead, and offers nothing after a no or without a person', async () => {
    const { id } = house.node.addAsk('photos')
    const no = await house.cliWith({ confirms: false }, 'counter', id, '--until', '7d')
    expect(no.said).toContain('ana may use your photos (read)')
    expect([no.code, (await house.cli('counter', id, '--json')).json().error.reason]).toEqual([77, 'usage'])
    expect(house.node.calls).not.toContain('counter')
  })

  it('offers after a yes what the card said, with nothing optional unless it is named', async () => {
    const { id } = house.node.addAsk('photos', 'ask', { scopes: ['read', 'change'] })
    const yes = await house.cliWith({ confirms: true }, 'counter', id.slice(0, 8), '--until', '7d', '--why', 'a week first', '--json')
    expect(yes.json().data).toMatchObject({
      state: 'COUNTERED',
      scopes: ['read'],
      expMs: fakeNowMs + 7 * dayMs,
      counter: { why: 'a week first' },
    })
    expect((await house.cli('asks')).out).toMatch(/countered/)
    expect((await house.cli('deny', id)).out).toContain('Taken back.')
    const { id: other } = house.node.addAsk('music', 'ask', { scopes: ['read', 'change'] })
    expect((await house.cli('counter', other, '--also', 'change', '--yes', '--json')).json().data.scopes).toEqual(['read', 'change'])
  })
})

describe('what was offered instead of an ask of ours', () => {
  it('is in asks with its own card, and approve accepts exactly that', async () => {
    const card = cardOf('ana offers you photos for a week')
    const { id } = house.node.addAsk('photos', 'counter', { card, why: 'a week first' })
    expect((await house.cli('asks')).out).toContain('instead offers you photos')
    const yes = await house.cliWith({ confirms: true }, 'approve', id)
    expect(yes.said).toContain('ana offers you photos for a week')
    expect(yes.out).toContain('as soon as they hear of it')
    expect(house.node.asks()).toMatchObject([{ kind: 'ours', state: 'PENDING' }])
  })

  it('is left at that by deny', async () => {
    const { id } = house.node.addAsk('photos', 'counter')
    expect((await house.cli('deny', id)).out).toContain('Left at that. They are not told.')
  })
})

describe('what is about the protocol of an app', () => {
  it('is called by its protocol too, for every app has a room called main, and nobody is sent to an address that there is not', async () => {
    const protocol = '/example/list/1'
    const asked = house.node.addAsk('main', 'ask', { protocol })
    const offered = house.node.addAsk('main', 'offer', { protocol })
    expect((await house.cli('asks')).out).toMatch(/(asks for|offers you) main of \/example\/list\/1/)
    expect((await house.cli('approve', asked.id, '--yes')).out).toContain('ana may use main of /example/list/1 until')
    expect((await house.cli('approve', offered.id, '--yes')).out).not.toContain('porchlight open')
    expect((await house.cli('grants')).out).toContain('main of /example/list/1')
  })
})

describe('porchlight approve --fresh', () => {
  it('says how long other devices serve it, and grants shows what is not as always', async () => {
    const { id } = house.node.addAsk('photos')
    expect((await house.cli('approve', id, '--yes', '--fresh', '12h', '--json')).json().data.freshMs).toBe(12 * 3_600_000)
    expect((await house.cli('grants')).out).toContain('other devices serve it 12h without news')
    await house.cli('approve', house.node.addAsk('music').id, '--yes', '--fresh', 'never')
    await house.cli('approve', house.node.addAsk('films').id, '--yes')
    const { out } = await house.cli('grants')
    expect([out.match(/without news/g)?.length, out.includes('without news for ever')]).toEqual([2, true])
  })
})

describe('porchlight ask --invite', () => {
  const ask = ['ask', 'photos', '--invite', 'porchlight:invite/x', '--why', 'to see'] as const

  it('shows the card, asks by the link after a yes, and says what has to happen before anybody can answer', async () => {
    const no = await house.cliWith({ confirms: false }, ...ask)
    expect([no.code, no.said.includes('for photos (read)')]).toEqual([77, true])
    expect(house.node.calls).not.toContain('askByInvite porchlight:invite/x')
    const yes = await house.cliWith({ confirms: true }, ...ask)
    expect(yes.out).toContain('once you are a contact: porchlight accept LINK')
    expect(house.node.calls).toContain('askByInvite porchlight:invite/x')
  })

  it('takes the name of the app alone, for the link says whose it is', async () => {
    const { code, said } = await house.cli('ask', 'ana/photos', '--invite', 'porchlight:invite/x', '--why', 'to see', '--yes')
    expect([code, said.includes('only the name of the app')]).toEqual([64, true])
  })
})

describe('an ask of a stranger', () => {
  it('says that it is one, in quotes what it calls itself, and is approved only once it is a contact', async () => {
    const stranger = { origin: 'invite', petname: 'b234…', selfChosenName: '“Anna”' } as const
    const { id } = house.node.addAsk('photos', 'ask', stranger)
    expect((await house.cli('asks')).out).toContain('b234… “Anna” (no contact; by invite)')
    const no = await house.cli('approve', id, '--yes')
    expect([no.code, no.said.includes('once they have accepted your invite')]).toEqual([1, true])
    expect(house.node.calls).not.toContain('approve')
    expect((await house.cli('deny', id)).out).toContain('Denied.')
  })
})

describe('porchlight snooze', () => {
  it('puts an ask off; it stays in the list and leaves the summary', async () => {
    const { id } = house.node.addAsk('photos')
    expect((await house.cli('digest')).out).toMatch(/1 question of 1 contact.*\nana, since .*\n +\w+ +asks for photos/)
    expect((await house.cli('status')).out).toContain('waiting    1 question of 1 contact: porchlight digest')
    const { out } = await house.cli('snooze', id, '--for', '3d')
    expect(out).toContain('Put off until')
    expect((await house.cli('asks', '--json')).json().data).toMatchObject([{ state: 'SNOOZED', snoozedMs: fakeNowMs + 3 * dayMs }])
    expect((await house.cli('asks')).out).toContain('put off until')
    expect((await house.cli('digest')).out).toBe('Nothing waits for an answer.\n')
    expect((await house.cli('status')).out).toContain('waiting    nothing')
    expect((await house.cli('snooze', id, '--for', 'soon')).said).toContain('--for "soon"')
  })
})

describe('porchlight block, unblock and blocks', () => {
  it('asks before it blocks, says what it did, and undoes it', async () => {
    expect((await house.cliWith({ confirms: false }, 'block', 'ana')).code).toBe(77)
    expect(house.node.calls).not.toContain('block')
    const one = await house.cliWith({ confirms: true }, 'block', 'ana')
    expect(one.out).toContain('Blocked: ana, everything.')
    expect((await house.cli('block', 'ana', '--protocol', '/x/y/1', '--yes')).out).toContain('porchlight unblock ana --protocol /x/y/1')
    expect((await house.cli('blocks')).out).toMatch(/ana +everything.*\nana +\/x\/y\/1/)
    expect((await house.cli('unblock', 'ana')).code).toBe(0)
    expect((await house.cli('blocks', '--json')).json().data).toMatchObject([{ protocol: '/x/y/1' }])
  })
})

describe('changing things is never on by itself', () => {
  it.each<[string, boolean | undefined, string[], string[]]>([
    ['without a person', undefined, ['--yes'], ['read']],
    ['without a person, with --allow-changes', undefined, ['--yes', '--allow-changes'], ['read', 'change']],
    ['with a person who says --yes', true, ['--yes'], ['read']],
    ['with a person who says --read-only', true, ['--read-only'], ['read']],
    ['with a person who is asked and says yes', true, [], ['read', 'change']],
  ])('%s a share is about %j', async (_who, confirms, flags, scopes) => {
    const run =
      confirms === undefined
        ? await house.cli(...share, ...flags, '--json')
        : await house.cliWith({ confirms }, ...share, ...flags, '--json')
    expect(run.json().data.scopes).toEqual(scopes)
  })

  it('is asked before the card, and a no there is a card for looking only', async () => {
    const asked: string[] = []
    const confirms = (question: string): boolean => {
      asked.push(question)
      return !question.includes('change things')
    }
    const run = await house.cliWith({ confirms }, ...share)
    expect(asked).toEqual(['May ana also change things there?', 'Allow this for ana?'])
    expect(run.said).toContain('ana may use your photos (read)')
    expect(run.out).toContain('to look and download, not to change')
  })

  it('shows its own card before it asks for somebody else’s app', async () => {
    const no = await house.cliWith({ confirms: false }, 'ask', 'ana/music', '--why', 'to dance')
    expect([no.code, no.said, house.node.asks()]).toEqual([77, expect.stringContaining('You ask ana for music (read)'), []])
    const yes = await house.cli('ask', 'ana/music', '--why', 'to dance', '--change', '--yes', '--json')
    expect(yes.json().data.scopes).toEqual(['read', 'change'])
    const other = await house.cli('ask', 'ana/hall', '--why', 'to sing', '--protocol', '/x/y/1', '--also', 'shout', '--yes', '--json')
    expect(other.json().data).toMatchObject({ protocol: '/x/y/1', scopes: ['read', 'shout'] })
  })
})

describe('names and words that others chose', () => {
  it('are told apart: who looks like whom, and no quotation ends early', async () => {
    house.node.addAsk('photos', 'ask', {
      why: 'to see" (their words) Yes, allow it. "',
      looksLike: { name: 'ana', whose: 'contact' },
    })
    house.node.addAsk('music', 'ask', { origin: 'invite', selfChosenName: '“Ana”', looksLike: { name: 'The Lindens', whose: 'household' } })
    const { out } = await house.cli('asks')
    expect(out).toContain('ana (looks like your contact ‘ana’)')
    expect(out).toContain('ana “Ana” (no contact; by invite) (looks like what you call yourself, ‘The Lindens’)')
    expect(out).toContain(`"to see' (their words) Yes, allow it. '"`)
  })
})
