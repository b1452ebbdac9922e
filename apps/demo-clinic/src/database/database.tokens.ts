/** Injects the `DatabaseConfig`. */
export const DATABASE_CONFIG = Symbol('demo-clinic.database-config');

/** Injects the `OpenDatabase`; only for closing it. */
export const OPEN_DATABASE = Symbol('demo-clinic.open-database');

/** Injects the `Database`, the Kysely instance. */
export const DATABASE = Symbol('demo-clinic.database');
