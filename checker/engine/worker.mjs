// Where an additional thread starts: TypeScript has to be switched on in it before its body can be loaded.
import '../typescript.mjs'

await import('./worker.ts')
