import fc from 'fast-check'

// A change needs one counterexample and no small one: looking for that took longer than all tests together.
// A property that holds is tried for a second only, so what it could still have found counts as a survivor.
fc.configureGlobal({ endOnFailure: true, plugins: [fc.interruptAfterTimeLimit(1_000)] })
