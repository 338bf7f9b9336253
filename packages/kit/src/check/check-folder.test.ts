import { expect, it } from 'vitest'
import { scaffold } from '../scaffold/scaffold.ts'
import { folderFaults, type FolderFault } from '../testing/folder-faults.ts'
import { checkFolder, kitFiles, releasedSchemaFile } from './check-folder.ts'

/** The scaffold as it is after its first release. */
const sound = new Map([...scaffold('doorbell').files].filter(([path]) => kitFiles(path)))
const first = checkFolder(sound)
sound.set('released.json', JSON.stringify([{ rev: 1, id: first.manifest!.id }]))
sound.set(releasedSchemaFile, JSON.stringify(first.schema!.shape))

function changed({ file, change }: FolderFault): Map<string, string> {
  const files = new Map(sound)
  if (change === null) files.delete(file)
  else if (typeof change === 'function') {
    const json: unknown = JSON.parse(sound.get(file)!)
    change(json)
    files.set(file, JSON.stringify(json))
  } else files.set(file, sound.get(file)!.replace(change[0], change[1]))
  expect(files.get(file)).not.toBe(sound.get(file))
  return files
}

it('the scaffold has no fault, before and after its release', () => {
  expect(first.faults).toEqual([])
  expect(checkFolder(sound).faults).toEqual([])
})

it.each(Object.entries(folderFaults))('when %s, the check says so, and where', (_what, fault) => {
  const { faults } = checkFolder(changed(fault))
  const found = faults.filter(({ file, field, says }) => file === (fault.at ?? fault.file) && fault.says.test(`${field} ${says}`))
  expect(found, JSON.stringify(faults)).not.toEqual([])
})

it('a field may be added, and one may go when its number is reserved', () => {
  const grown = new Map(sound).set(
    'doorbell.proto',
    sound.get('doorbell.proto')!.replace('string text = 1;', 'string text = 1;\n  bool loud = 2;'),
  )
  expect(checkFolder(grown).faults).toEqual([])
  const shrunk = new Map(grown).set(
    'doorbell.proto',
    grown.get('doorbell.proto')!.replace('string text = 1;', 'reserved 1;\n  string words = 3;'),
  )
  expect(checkFolder(shrunk).faults.filter(({ file }) => file === 'doorbell.proto')).toEqual([])
  shrunk.set(releasedSchemaFile, JSON.stringify(checkFolder(shrunk).schema!.shape))
  const again = new Map(shrunk).set('doorbell.proto', shrunk.get('doorbell.proto')!.replace('reserved 1;', 'string other = 1;'))
  expect(checkFolder(again).faults.map(({ says }) => says)).toContain(
    'The number 1 was reserved when it was released, and is not any more.',
  )
})
