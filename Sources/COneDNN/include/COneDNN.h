// Placeholder until the first function arrives.
