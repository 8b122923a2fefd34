-- Where a deployment's files are, if not in the folder at its path: the block that `build` has
-- uploaded them to, with its values as they were then, or the snapshot that it has made of them.
alter table deployment add column storage text check (json_valid(storage));
alter table deployment add column snapshot text;
