// Where an additional thread starts: TypeScript has to be switched on in it before its body can be loaded.
import { register } from 'tsx/esm/api'

register()
await import('./worker.ts')
