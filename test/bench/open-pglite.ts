/** Opens the embedded database in the folder that is named, and nothing else; says so, and ends. */
import { PGlite } from '@electric-sql/pglite';

const engine = await PGlite.create({ dataDir: process.argv[2] ?? '' });
await engine.query('select 1');
process.stdout.write('open\n');
await engine.close();
