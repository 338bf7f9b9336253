/** Flags with which a child process of a test runs TypeScript straight from source; generated code has namespaces, which need transforming. */
export const sourceFlags = ['--conditions=@porchlight/source', '--experimental-transform-types', '--disable-warning=ExperimentalWarning']
