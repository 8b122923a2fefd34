package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
)

// Named is a thing by the name that is typed for it, with a few words about it.
type Named struct{ Name, Note string }

// OpenExisting opens a database to look names up while a person types: nothing is made, brought
// up to date or waited for. It is an error if there is none.
func OpenExisting(ctx context.Context, path string) (*DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, &OpenError{Path: path, Problem: "cannot be read", Err: err}
	}
	pragmas := []string{"busy_timeout(200)", "query_only(1)"}
	conn, err := sql.Open("sqlite", fileURL(path, url.Values{"mode": {"rw"}, "_pragma": pragmas}))
	if err != nil {
		return nil, openError(path, err)
	}
	conn.SetMaxOpenConns(1)
	return &DB{db: conn, path: path}, nil
}

// DeploymentNames returns the full names of the deployments that begin with prefix, in their order.
func (db *DB) DeploymentNames(ctx context.Context, prefix string) ([]Named, error) {
	return db.named(ctx, `select f.name || '/' || d.name as full, coalesce(d.description, '')
		from deployment d join flow f on f.id = d.flow_id
		where substr(full, 1, length(?1)) = ?1 order by f.name, d.name`, prefix)
}

// DeploymentIDs returns the ids of the deployments that begin with prefix, with their full names.
func (db *DB) DeploymentIDs(ctx context.Context, prefix string) ([]Named, error) {
	return db.named(ctx, `select d.id, f.name || '/' || d.name from deployment d join flow f on f.id = d.flow_id
		where substr(d.id, 1, length(?1)) = ?1 order by f.name, d.name`, prefix)
}

// FlowNames returns the names of the flows that begin with prefix, in their order.
func (db *DB) FlowNames(ctx context.Context, prefix string) ([]Named, error) {
	return db.named(ctx, "select name, '' from flow where substr(name, 1, length(?1)) = ?1 order by name", prefix)
}

// WorkQueueNames returns the names of the work queues that begin with prefix, in their order.
func (db *DB) WorkQueueNames(ctx context.Context, prefix string) ([]Named, error) {
	return db.named(ctx, `select name, case is_paused when 1 then 'paused' else coalesce(description, '') end from work_queue
		where substr(name, 1, length(?1)) = ?1 order by name`, prefix)
}

// LimitedTags returns the tags with a concurrency limit that begin with prefix, in their order.
func (db *DB) LimitedTags(ctx context.Context, prefix string) ([]Named, error) {
	return db.named(ctx, `select tag, 'at most ' || concurrency_limit from concurrency_limit
		where substr(tag, 1, length(?1)) = ?1 order by tag`, prefix)
}

// FlowRunNames returns the names of flow runs that begin with prefix, and the ids if it isn't
// empty, newest first; limit is how many of each.
func (db *DB) FlowRunNames(ctx context.Context, prefix string, limit int) ([]Named, error) {
	// Each question is answered by an index: of a million runs only those that match are looked at.
	const newest = "order by r.expected_start_time desc limit ?2"
	const note = "lower(r.state_name) || ', ' || f.name from flow_run r join flow f on f.id = r.flow_id "
	if prefix == "" {
		return db.named(ctx, "select r.name, "+note+newest, prefix, limit)
	}
	names, err := db.named(ctx, "select r.name, "+note+"where r.name >= ?1 and r.name < ?1 || char(1114111) "+newest, prefix, limit)
	if err != nil {
		return nil, err
	}
	ids, err := db.named(ctx, "select r.id, r.name || ', ' || "+note+"where r.id >= ?1 and r.id < ?1 || '~' "+newest, prefix, limit)
	return append(names, ids...), err
}

func (db *DB) named(ctx context.Context, query string, args ...any) ([]Named, error) {
	rows, err := db.db.QueryContext(ctx, query, args...)
	all, err := collect(rows, err, func(rows *sql.Rows) (n Named, err error) {
		return n, rows.Scan(&n.Name, &n.Note)
	})
	if err != nil {
		return nil, fmt.Errorf("look names up: %w", err)
	}
	return all, nil
}
