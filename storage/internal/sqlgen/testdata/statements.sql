CREATE TABLE "company" (
  tenant_id TEXT NOT NULL,
  id REF NOT NULL,
  version INT NOT NULL,
  "number" TEXT,
  "name" TEXT,
  "parent" REF,
  "gone" TIME,
  "custom" DOC,
  PRIMARY KEY (tenant_id, id)
);
ALTER TABLE "company" ADD COLUMN "number" TEXT;
CREATE UNIQUE INDEX "company.number" ON "company" (tenant_id, "number", (CASE WHEN "number" IS NULL THEN id ELSE NOBODY END));
CREATE INDEX "company.name" ON "company" (tenant_id, "gone", "name", id);
CREATE INDEX "company.parent" ON "company" (tenant_id, "parent", "gone", id);
INSERT INTO "company" (tenant_id, id, version, "number", "name", "parent", "gone", "custom") VALUES ($1, $2, $3, $4, $5, $6, $7, $8);
UPDATE "company" SET version = $3, "number" = $4, "name" = $5, "parent" = $6, "gone" = $7, "custom" = $8 WHERE tenant_id = $1 AND id = $2 AND version = $9;
DELETE FROM "company" WHERE tenant_id = $1 AND id = $2 AND version = $3;
CREATE TABLE "deal" (
  tenant_id TEXT NOT NULL,
  id REF NOT NULL,
  version INT NOT NULL,
  "company" REF,
  "stage" INT,
  PRIMARY KEY (tenant_id, id)
);
ALTER TABLE "deal" ADD COLUMN "company" REF;
CREATE UNIQUE INDEX "deal.company" ON "deal" (tenant_id, "company", "stage", (CASE WHEN "company" IS NULL OR "stage" IS NULL THEN id ELSE NOBODY END));
INSERT INTO "deal" (tenant_id, id, version, "company", "stage") VALUES ($1, $2, $3, $4, $5);
UPDATE "deal" SET version = $3, "company" = $4, "stage" = $5 WHERE tenant_id = $1 AND id = $2 AND version = $6;
DELETE FROM "deal" WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- 01 all
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 ORDER BY id LIMIT $2;
SELECT count(*) FROM "company" WHERE tenant_id = $1;

-- 02 and
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "gone" IS NULL AND "name" = $2 ORDER BY id LIMIT $3;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "gone" IS NULL AND "name" = $2;

-- 03 or
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND ("gone" IS NULL OR ("name" = $2 OR "id" > $3)) ORDER BY id LIMIT $4;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND ("gone" IS NULL OR ("name" = $2 OR "id" > $3));

-- 04 and of none
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 ORDER BY id LIMIT $2;
SELECT count(*) FROM "company" WHERE tenant_id = $1;

-- 05 or of none
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND FALSE ORDER BY id LIMIT $2;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND FALSE;

-- 06 not
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND (("name" < $2) IS NOT TRUE) ORDER BY id LIMIT $3;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND (("name" < $2) IS NOT TRUE);

-- 07 equal
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "name" = $2 ORDER BY id LIMIT $3;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "name" = $2;

-- 08 equal to null
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "name" IS NULL ORDER BY id LIMIT $2;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "name" IS NULL;

-- 09 less
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "name" < $2 ORDER BY id LIMIT $3;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "name" < $2;

-- 10 less or equal
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "name" <= $2 ORDER BY id LIMIT $3;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "name" <= $2;

-- 11 greater
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "name" > $2 ORDER BY id LIMIT $3;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "name" > $2;

-- 12 greater or equal
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "name" >= $2 ORDER BY id LIMIT $3;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "name" >= $2;

-- 13 less than null
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND FALSE ORDER BY id LIMIT $2;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND FALSE;

-- 14 in
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "name" IN (LIST OF text false $2) ORDER BY id LIMIT $3;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "name" IN (LIST OF text false $2);

-- 15 in of none
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "id" IN (LIST OF ref false $2) ORDER BY id LIMIT $3;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "id" IN (LIST OF ref false $2);

-- 16 contains
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "name" CONTAINS $2 ORDER BY id LIMIT $3;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "name" CONTAINS $2;

-- 17 member
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND member("custom", 'floors:int') = $2 ORDER BY member("custom", 'floors:int'), id LIMIT $3;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND member("custom", 'floors:int') = $2;

-- 18 member in
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND member("custom", 'account:ref') IN (LIST OF ref true $2) ORDER BY id LIMIT $3;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND member("custom", 'account:ref') IN (LIST OF ref true $2);

-- 19 among
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "id" IN (SELECT "deal"."company" FROM "deal" WHERE "deal".tenant_id = $2 AND "deal"."stage" = $3 AND "deal"."company" IS NOT NULL) ORDER BY id LIMIT $4;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "id" IN (SELECT "deal"."company" FROM "deal" WHERE "deal".tenant_id = $2 AND "deal"."stage" = $3 AND "deal"."company" IS NOT NULL);

-- 20 member among
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND member("custom", 'account:ref') IN (SELECT as_member("deal"."company", ref) FROM "deal" WHERE "deal".tenant_id = $2 AND "deal"."stage" = $3 AND "deal"."company" IS NOT NULL) ORDER BY id LIMIT $4;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND member("custom", 'account:ref') IN (SELECT as_member("deal"."company", ref) FROM "deal" WHERE "deal".tenant_id = $2 AND "deal"."stage" = $3 AND "deal"."company" IS NOT NULL);

-- 21 under
WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $1 AND "company"."id" = $2 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $3 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT id, version, "name" FROM "the walk" CROSS JOIN "company" USING id OF company WHERE tenant_id = $4 AND "id" = "the walk"."the value" AND "gone" IS NULL ORDER BY "name", id LIMIT $5;
WITH RECURSIVE "the walk" ("id", "gone") AS (SELECT "company"."id", "company"."gone" FROM "company" WHERE "company".tenant_id = $1 AND "company"."id" = $2 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id", "the step"."gone" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $3 AND "the step"."parent" = "the walk"."id" AND "the step"."id" IS NOT NULL) SELECT count(*) FROM "the walk" WHERE TRUE AND "gone" IS NULL;

-- 22 above
WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."parent" FROM "company" WHERE "company".tenant_id = $1 AND "company"."id" = $2 AND "company"."parent" IS NOT NULL UNION SELECT "the step"."parent" FROM "the walk" CROSS JOIN "company" AS "the step" USING id OF company WHERE "the step".tenant_id = $3 AND "the step"."id" = "the walk"."the value" AND "the step"."parent" IS NOT NULL) SELECT id, version, "name" FROM "the walk" CROSS JOIN "company" USING id OF company WHERE tenant_id = $4 AND "id" = "the walk"."the value" ORDER BY id LIMIT $5;
WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."parent" FROM "company" WHERE "company".tenant_id = $1 AND "company"."id" = $2 AND "company"."parent" IS NOT NULL UNION SELECT "the step"."parent" FROM "the walk" CROSS JOIN "company" AS "the step" USING id OF company WHERE "the step".tenant_id = $3 AND "the step"."id" = "the walk"."the value" AND "the step"."parent" IS NOT NULL) SELECT count(*) FROM "the walk" CROSS JOIN "company" USING id OF company WHERE tenant_id = $4 AND "id" = "the walk"."the value";

-- 23 not under
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND (("id" IN (WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $2 AND "company"."id" = $3 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $4 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT "the value" FROM "the walk")) IS NOT TRUE) ORDER BY id LIMIT $5;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND (("id" IN (WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $2 AND "company"."id" = $3 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $4 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT "the value" FROM "the walk")) IS NOT TRUE);

-- 24 under and under
WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $1 AND "company"."id" = $2 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $3 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT id, version, "name" FROM "the walk" CROSS JOIN "company" USING id OF company WHERE tenant_id = $4 AND "id" = "the walk"."the value" AND "parent" IN (WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $5 AND "company"."id" = $6 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $7 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT "the value" FROM "the walk") ORDER BY id LIMIT $8;
WITH RECURSIVE "the walk" ("id", "parent") AS (SELECT "company"."id", "company"."parent" FROM "company" WHERE "company".tenant_id = $1 AND "company"."id" = $2 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id", "the step"."parent" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $3 AND "the step"."parent" = "the walk"."id" AND "the step"."id" IS NOT NULL) SELECT count(*) FROM "the walk" WHERE TRUE AND "parent" IN (WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $4 AND "company"."id" = $5 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $6 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT "the value" FROM "the walk");

-- 25 under, by an index
SELECT id, version, "name" FROM "company" USING name OF company WHERE tenant_id = $1 AND "gone" IS NULL AND "id" IN (WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $2 AND "company"."id" = $3 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $4 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT "the value" FROM "the walk") ORDER BY "name", id LIMIT $5;
SELECT count(*) FROM "company" USING name OF company WHERE tenant_id = $1 AND "gone" IS NULL AND "id" IN (WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $2 AND "company"."id" = $3 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $4 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT "the value" FROM "the walk");

-- 26 under, by the id
WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $1 AND "company"."id" = $2 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $3 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT id, version, "name" FROM "the walk" CROSS JOIN "company" USING id OF company WHERE tenant_id = $4 AND "id" = "the walk"."the value" AND "gone" IS NULL ORDER BY id LIMIT $5;
WITH RECURSIVE "the walk" ("id", "gone") AS (SELECT "company"."id", "company"."gone" FROM "company" WHERE "company".tenant_id = $1 AND "company"."id" = $2 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id", "the step"."gone" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $3 AND "the step"."parent" = "the walk"."id" AND "the step"."id" IS NOT NULL) SELECT count(*) FROM "the walk" WHERE TRUE AND "gone" IS NULL;

-- 27 member under
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND member("custom", 'account:ref') IN (WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $2 AND "company"."id" = $3 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $4 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT as_member("the value", ref) FROM "the walk") ORDER BY id LIMIT $5;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND member("custom", 'account:ref') IN (WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $2 AND "company"."id" = $3 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $4 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT as_member("the value", ref) FROM "the walk");

-- 28 deals under
WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $1 AND "company"."id" = $2 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $3 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT id, version, "company", "stage" FROM "the walk" CROSS JOIN "deal" USING company OF deal WHERE tenant_id = $4 AND "company" = "the walk"."the value" ORDER BY id LIMIT $5;
WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $1 AND "company"."id" = $2 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $3 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT count(*) FROM "the walk" CROSS JOIN "deal" USING company OF deal WHERE tenant_id = $4 AND "company" = "the walk"."the value";

-- 29 numbers under, no index
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND member("custom", 'number:text') IN (WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."number" FROM "company" WHERE "company".tenant_id = $2 AND "company"."number" IS NOT NULL UNION SELECT "the step"."number" FROM "the walk" CROSS JOIN "company" AS "the step" WHERE "the step".tenant_id = $3 AND "the step"."name" = "the walk"."the value" AND "the step"."number" IS NOT NULL) SELECT as_member("the value", text) FROM "the walk") ORDER BY id LIMIT $4;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND member("custom", 'number:text') IN (WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."number" FROM "company" WHERE "company".tenant_id = $2 AND "company"."number" IS NOT NULL UNION SELECT "the step"."number" FROM "the walk" CROSS JOIN "company" AS "the step" WHERE "the step".tenant_id = $3 AND "the step"."name" = "the walk"."the value" AND "the step"."number" IS NOT NULL) SELECT as_member("the value", text) FROM "the walk");

-- 30 order
SELECT id, version, "name" FROM "company" USING name OF company WHERE tenant_id = $1 AND "gone" IS NULL ORDER BY "name", "id" DESC, id DESC LIMIT $2;
SELECT count(*) FROM "company" USING name OF company WHERE tenant_id = $1 AND "gone" IS NULL;

-- 31 order of a unique index
SELECT id, version, "name" FROM "company" USING number OF company WHERE tenant_id = $1 AND "gone" IS NULL ORDER BY "number" DESC, CASE WHEN "number" IS NULL THEN id ELSE NOBODY END DESC LIMIT $2;
SELECT count(*) FROM "company" USING number OF company WHERE tenant_id = $1 AND "gone" IS NULL;

-- 32 order of the rest of it
SELECT id, version, "company", "stage" FROM "deal" USING company OF deal WHERE tenant_id = $1 AND "company" = $2 ORDER BY "stage", CASE WHEN "company" IS NULL OR "stage" IS NULL THEN id ELSE NOBODY END LIMIT $3;
SELECT count(*) FROM "deal" USING company OF deal WHERE tenant_id = $1 AND "company" = $2;

-- 33 order of a part of it
SELECT id, version, "company", "stage" FROM "deal" USING company OF deal WHERE tenant_id = $1 ORDER BY "company", id LIMIT $2;
SELECT count(*) FROM "deal" USING company OF deal WHERE tenant_id = $1;

-- 34 order of it, not hinted
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "gone" IS NULL ORDER BY "number", id LIMIT $2;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "gone" IS NULL;

-- 35 order of nothing
SELECT id, version, "name" FROM "company" USING number OF company WHERE tenant_id = $1 AND "number" = $2 ORDER BY CASE WHEN "number" IS NULL THEN id ELSE NOBODY END LIMIT $3;
SELECT count(*) FROM "company" USING number OF company WHERE tenant_id = $1 AND "number" = $2;

-- 36 more than the planner sees
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "name" = $2 AND "name" = $3 AND "name" = $4 AND "name" = $5 AND "name" = $6 AND "name" = $7 AND "name" = $8 AND "name" = $9 AND "name" = $10 AND "name" = $11 AND "name" = $12 AND "name" = $13 AND "name" = $14 AND "name" = $15 AND "name" = $16 AND "name" = $17 AND "name" = $18 AND "name" = $19 AND "name" = $20 AND "name" = $21 AND "name" = $22 AND "name" = $23 AND "name" = $24 AND "name" = $25 AND "name" = $26 AND "name" = $27 AND "name" = $28 AND "name" = $29 AND "name" = $30 AND "name" = $31 AND "name" = $32 AND "name" = $33 AND "name" = $34 AND "name" = $35 AND "name" = $36 AND "name" = $37 AND "name" = $38 AND "name" = $39 AND "name" = $40 AND "name" = $41 AND "name" = $42 AND "name" = $43 AND "name" = $44 AND "name" = $45 AND "name" = $46 AND "name" = $47 AND "name" = $48 AND "name" = $49 AND "name" = $50 AND "name" = $51 AND "name" = $52 AND "name" = $53 AND "name" = $54 AND "name" = $55 AND "name" = $56 AND "name" = $57 AND "name" = $58 AND "name" = $59 AND "name" = $60 AND "name" = $61 AND "name" = $62 AND "name" = $63 AND "name" = $64 AND "name" = $65 AND "name" = $66 AND "name" = $67 AND "name" = $68 AND "name" = $69 AND "name" = $70 AND "name" = $71 AND "name" = $72 AND "name" = $73 AND "name" = $74 AND "name" = $75 AND "name" = $76 AND "name" = $77 AND "name" = $78 AND "name" = $79 AND "name" = $80 AND "name" = $81 AND "name" = $82 AND "name" = $83 AND "name" = $84 AND "name" = $85 AND "name" = $86 AND "name" = $87 AND "name" = $88 AND "name" = $89 AND "name" = $90 AND "name" = $91 AND "name" = $92 AND "name" = $93 AND "name" = $94 AND "name" = $95 AND "name" = $96 AND "name" = $97 AND "name" = $98 AND "name" = $99 AND "name" = $100 AND "name" = $101 AND ("name" = $102 AND ("name" = $103 AND "name" = $104)) ORDER BY id LIMIT $105;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "name" = $2 AND "name" = $3 AND "name" = $4 AND "name" = $5 AND "name" = $6 AND "name" = $7 AND "name" = $8 AND "name" = $9 AND "name" = $10 AND "name" = $11 AND "name" = $12 AND "name" = $13 AND "name" = $14 AND "name" = $15 AND "name" = $16 AND "name" = $17 AND "name" = $18 AND "name" = $19 AND "name" = $20 AND "name" = $21 AND "name" = $22 AND "name" = $23 AND "name" = $24 AND "name" = $25 AND "name" = $26 AND "name" = $27 AND "name" = $28 AND "name" = $29 AND "name" = $30 AND "name" = $31 AND "name" = $32 AND "name" = $33 AND "name" = $34 AND "name" = $35 AND "name" = $36 AND "name" = $37 AND "name" = $38 AND "name" = $39 AND "name" = $40 AND "name" = $41 AND "name" = $42 AND "name" = $43 AND "name" = $44 AND "name" = $45 AND "name" = $46 AND "name" = $47 AND "name" = $48 AND "name" = $49 AND "name" = $50 AND "name" = $51 AND "name" = $52 AND "name" = $53 AND "name" = $54 AND "name" = $55 AND "name" = $56 AND "name" = $57 AND "name" = $58 AND "name" = $59 AND "name" = $60 AND "name" = $61 AND "name" = $62 AND "name" = $63 AND "name" = $64 AND "name" = $65 AND "name" = $66 AND "name" = $67 AND "name" = $68 AND "name" = $69 AND "name" = $70 AND "name" = $71 AND "name" = $72 AND "name" = $73 AND "name" = $74 AND "name" = $75 AND "name" = $76 AND "name" = $77 AND "name" = $78 AND "name" = $79 AND "name" = $80 AND "name" = $81 AND "name" = $82 AND "name" = $83 AND "name" = $84 AND "name" = $85 AND "name" = $86 AND "name" = $87 AND "name" = $88 AND "name" = $89 AND "name" = $90 AND "name" = $91 AND "name" = $92 AND "name" = $93 AND "name" = $94 AND "name" = $95 AND "name" = $96 AND "name" = $97 AND "name" = $98 AND "name" = $99 AND "name" = $100 AND "name" = $101 AND ("name" = $102 AND ("name" = $103 AND "name" = $104));

-- 37 with a deal
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "gone" IS NULL AND EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $2 AND "the look 1"."company" = "company"."id" AND "the look 1"."stage" = $3) ORDER BY id LIMIT $4;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "gone" IS NULL AND EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $2 AND "the look 1"."company" = "company"."id" AND "the look 1"."stage" = $3);

-- 38 not with a deal
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND ((EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $2 AND "the look 1"."company" = "company"."id" AND "the look 1"."stage" = $3)) IS NOT TRUE) ORDER BY id LIMIT $4;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND ((EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $2 AND "the look 1"."company" = "company"."id" AND "the look 1"."stage" = $3)) IS NOT TRUE);

-- 39 member with a deal
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $2 AND "the look 1"."company" = from_member(member("company"."custom", 'account:ref'), ref) AND "the look 1"."stage" = $3) ORDER BY id LIMIT $4;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $2 AND "the look 1"."company" = from_member(member("company"."custom", 'account:ref'), ref) AND "the look 1"."stage" = $3);

-- 40 below one with a deal
SELECT id, version, "name" FROM "company" USING name OF company WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM "company" AS "the look 1" USING id OF company WHERE "the look 1".tenant_id = $2 AND "the look 1"."id" = "company"."parent" AND "the look 1"."gone" IS NULL AND EXISTS (SELECT 1 FROM "deal" AS "the look 2" USING company OF deal WHERE "the look 2".tenant_id = $3 AND "the look 2"."company" = "the look 1"."id" AND "the look 2"."stage" = $4)) ORDER BY "name", id LIMIT $5;
SELECT count(*) FROM "company" USING name OF company WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM "company" AS "the look 1" USING id OF company WHERE "the look 1".tenant_id = $2 AND "the look 1"."id" = "company"."parent" AND "the look 1"."gone" IS NULL AND EXISTS (SELECT 1 FROM "deal" AS "the look 2" USING company OF deal WHERE "the look 2".tenant_id = $3 AND "the look 2"."company" = "the look 1"."id" AND "the look 2"."stage" = $4));

-- 41 below and with a deal
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM "company" AS "the look 1" USING id OF company WHERE "the look 1".tenant_id = $2 AND "the look 1"."id" = "company"."parent" AND "the look 1"."gone" IS NULL) AND EXISTS (SELECT 1 FROM "deal" AS "the look 2" USING company OF deal WHERE "the look 2".tenant_id = $3 AND "the look 2"."company" = "company"."id" AND "the look 2"."stage" = $4) ORDER BY id LIMIT $5;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM "company" AS "the look 1" USING id OF company WHERE "the look 1".tenant_id = $2 AND "the look 1"."id" = "company"."parent" AND "the look 1"."gone" IS NULL) AND EXISTS (SELECT 1 FROM "deal" AS "the look 2" USING company OF deal WHERE "the look 2".tenant_id = $3 AND "the look 2"."company" = "company"."id" AND "the look 2"."stage" = $4);

-- 42 collected, with a deal
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND "id" IN (SELECT "company"."parent" FROM "company" WHERE "company".tenant_id = $2 AND "company"."gone" IS NULL AND EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $3 AND "the look 1"."company" = "company"."id" AND "the look 1"."stage" = $4) AND "company"."parent" IS NOT NULL) ORDER BY id LIMIT $5;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND "id" IN (SELECT "company"."parent" FROM "company" WHERE "company".tenant_id = $2 AND "company"."gone" IS NULL AND EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $3 AND "the look 1"."company" = "company"."id" AND "the look 1"."stage" = $4) AND "company"."parent" IS NOT NULL);

-- 43 with a deal of what is under
SELECT id, version, "name" FROM "company" WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $2 AND "the look 1"."company" = "company"."id" AND "the look 1"."company" IN (WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $3 AND "company"."id" = $4 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $5 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT "the value" FROM "the walk")) ORDER BY id LIMIT $6;
SELECT count(*) FROM "company" WHERE tenant_id = $1 AND EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $2 AND "the look 1"."company" = "company"."id" AND "the look 1"."company" IN (WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $3 AND "company"."id" = $4 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $5 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT "the value" FROM "the walk"));

-- 44 under what has a deal
WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $1 AND EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $2 AND "the look 1"."company" = "company"."id" AND "the look 1"."stage" = $3) AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $4 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT id, version, "name" FROM "the walk" CROSS JOIN "company" USING id OF company WHERE tenant_id = $5 AND "id" = "the walk"."the value" ORDER BY id LIMIT $6;
WITH RECURSIVE "the walk" ("id") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $1 AND EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $2 AND "the look 1"."company" = "company"."id" AND "the look 1"."stage" = $3) AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $4 AND "the step"."parent" = "the walk"."id" AND "the step"."id" IS NOT NULL) SELECT count(*) FROM "the walk" WHERE TRUE;

-- 45 under, with a deal
WITH RECURSIVE "the walk" ("the value") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $1 AND "company"."id" = $2 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $3 AND "the step"."parent" = "the walk"."the value" AND "the step"."id" IS NOT NULL) SELECT id, version, "name" FROM "the walk" CROSS JOIN "company" USING id OF company WHERE tenant_id = $4 AND "id" = "the walk"."the value" AND EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $5 AND "the look 1"."company" = "company"."id" AND "the look 1"."stage" = $6) ORDER BY id LIMIT $7;
WITH RECURSIVE "the walk" ("id") AS (SELECT "company"."id" FROM "company" WHERE "company".tenant_id = $1 AND "company"."id" = $2 AND "company"."id" IS NOT NULL UNION SELECT "the step"."id" FROM "the walk" CROSS JOIN "company" AS "the step" USING parent OF company WHERE "the step".tenant_id = $3 AND "the step"."parent" = "the walk"."id" AND "the step"."id" IS NOT NULL) SELECT count(*) FROM "the walk" WHERE TRUE AND EXISTS (SELECT 1 FROM "deal" AS "the look 1" USING company OF deal WHERE "the look 1".tenant_id = $4 AND "the look 1"."company" = "the walk"."id" AND "the look 1"."stage" = $5);
