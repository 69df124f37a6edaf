// Where a thread that checks rows starts: TypeScript has to be switched on in it before its body can be loaded.
import '../typescript.mjs'

await import('./row-thread.ts')
