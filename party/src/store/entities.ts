import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** The entities describe the tables that migrations.ts makes; a test compares the two. */
export const EventRow = defineEntity({
  name: 'EventRow',
  tableName: 'event',
  properties: {
    seq: p.integer().primary().autoincrement(false),
    time: p.text(),
    type: p.text(),
    payload: p.text(),
    previous: p.text(),
    hash: p.text(),
  },
});

export const SealedRow = defineEntity({
  name: 'SealedRow',
  tableName: 'sealed',
  properties: {
    kind: p.text().primary(),
    subject: p.text().primary(),
    number: p.integer().primary(),
    generation: p.integer(),
    iv: p.blob(),
    ciphertext: p.blob(),
  },
});
export type SealedRow = InferEntity<typeof SealedRow>;

export const ProjectionRow = defineEntity({
  name: 'ProjectionRow',
  tableName: 'projection',
  properties: {
    name: p.text().primary(),
    key: p.text().primary(),
    state: p.text(),
  },
});

/** The versions of the schema and of each projection. */
export const VersionRow = defineEntity({
  name: 'VersionRow',
  tableName: 'version',
  properties: {
    name: p.text().primary(),
    version: p.integer(),
  },
});

export const entities = [EventRow, SealedRow, ProjectionRow, VersionRow];
