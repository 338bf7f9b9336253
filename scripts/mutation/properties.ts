import fc from 'fast-check'

const limitMs = 300

// A change needs one counterexample and no small one: looking for that took longer than all tests together.
// A property that holds is tried for a third of a second only, so what it could still have found counts as a survivor.
// The first run may last as long as it likes: fast-check takes a property that was interrupted before it held once for one that does not hold.
fc.configureGlobal({
  endOnFailure: true,
  plugins: [
    () => {
      const beganMs = performance.now()
      let runs = 0
      return {
        decorateRun: (run) => (value) =>
          runs++ > 0 && performance.now() - beganMs >= limitMs ? new fc.PreconditionFailure(true) : run(value),
      }
    },
  ],
})
