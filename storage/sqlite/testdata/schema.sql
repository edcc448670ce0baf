CREATE TABLE "crm.columns" (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (table_name, column_name)
) WITHOUT ROWID;
CREATE TABLE "company" (
  tenant_id TEXT NOT NULL,
  id BLOB NOT NULL,
  version INTEGER NOT NULL,
  "number" TEXT,
  "name" TEXT,
  "parent" BLOB,
  "created" INTEGER,
  "active" INTEGER,
  "custom" BLOB, "order" TEXT,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX "company.number" ON "company" (tenant_id, "number", (CASE WHEN "number" IS NULL THEN id ELSE x'' END));
CREATE INDEX "company.name" ON "company" (tenant_id, "name", id);
CREATE INDEX "company.parent" ON "company" (tenant_id, "parent", "name", id);
CREATE INDEX "company.active_created" ON "company" (tenant_id, "active", "created", id);
CREATE TABLE "kinds" (
  tenant_id TEXT NOT NULL,
  id BLOB NOT NULL,
  version INTEGER NOT NULL,
  "c_text" TEXT,
  "c_int" INTEGER,
  "c_decimal" TEXT,
  "c_bool" INTEGER,
  "c_time" INTEGER,
  "c_ref" BLOB,
  "c_bytes" BLOB,
  "c_doc" BLOB,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX "kinds.two" ON "kinds" (tenant_id, "c_int", "c_ref", (CASE WHEN "c_int" IS NULL OR "c_ref" IS NULL THEN id ELSE x'' END));
CREATE INDEX "company.order" ON "company" (tenant_id, "order", id);
-- .format: 1
-- company.active: bool
-- company.created: time
-- company.custom: doc
-- company.id: ref
-- company.name: text
-- company.number: text
-- company.order: decimal
-- company.parent: ref
-- kinds.c_bool: bool
-- kinds.c_bytes: bytes
-- kinds.c_decimal: decimal
-- kinds.c_doc: doc
-- kinds.c_int: int
-- kinds.c_ref: ref
-- kinds.c_text: text
-- kinds.c_time: time
-- kinds.id: ref
-- figures of company.active_created: 1000000 1000000 500000 5 1 noskipscan
-- figures of company.name: 1000000 1000000 1000 1 noskipscan
-- figures of company.number: 1000000 1000000 1 1 noskipscan
-- figures of company.order: 1000000 1000000 10 1 noskipscan
-- figures of company.parent: 1000000 1000000 100 1 1 noskipscan
-- figures of kinds.two: 1000000 1000000 500000 1 1 noskipscan
-- figures of sqlite_autoindex_company_1: 1000000 1000000 1 noskipscan
-- figures of sqlite_autoindex_kinds_1: 1000000 1000000 1 noskipscan
