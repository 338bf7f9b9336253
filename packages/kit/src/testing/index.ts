export { appFaults } from './app-faults.ts'
export { folderFaults } from './folder-faults.ts'
export { gateFaults } from './gate-faults.ts'
