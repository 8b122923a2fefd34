package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Deployment is a flow with the settings that its runs start with. Fields of raw JSON keep the
// key order in which they came.
type Deployment struct {
	ID                       string
	Created                  time.Time
	Updated                  time.Time
	FlowID                   string
	FlowName                 string
	Name                     string
	Version                  *string
	Description              *string
	WorkQueueName            *string
	Tags                     json.RawMessage // list of strings
	Parameters               json.RawMessage // object
	Schedule                 json.RawMessage // object, nil for none
	IsScheduleActive         bool
	InfraOverrides           json.RawMessage // object
	Infrastructure           json.RawMessage // object
	InfrastructureDocumentID string
	Path                     *string // the folder that Entrypoint is relative to: absolute, or below Storage
	Entrypoint               *string // "file.py:function"
	ManifestPath             *string
	Storage                  json.RawMessage // object: the block that the files are in, nil for none
	StorageDocumentID        *string         // its id
	Snapshot                 *string         // the snapshot that the files are in
	ParameterOpenAPISchema   json.RawMessage // object
	Python                   *string         // absolute path of the interpreter
}

// FullName is the deployment's name as a person types it: "flow-name/deployment-name".
func (d Deployment) FullName() string { return d.FlowName + "/" + d.Name }

const deploymentColumns = `d.id, d.created, d.updated, d.flow_id, f.name, d.name, d.version, d.description, d.work_queue_name,
	d.tags, d.parameters, d.schedule, d.is_schedule_active, d.infra_overrides, d.infrastructure, d.infrastructure_document_id,
	d.path, d.entrypoint, d.manifest_path, d.storage, d.storage_document_id, d.snapshot, d.parameter_openapi_schema, d.python`

const deploymentFrom = " from deployment d join flow f on f.id = d.flow_id "

func scanDeployment(rows *sql.Rows) (d Deployment, err error) {
	err = rows.Scan(&d.ID, inTime{&d.Created}, inTime{&d.Updated}, &d.FlowID, &d.FlowName, &d.Name, &d.Version, &d.Description,
		&d.WorkQueueName, inJSON{&d.Tags}, inJSON{&d.Parameters}, inJSON{&d.Schedule}, &d.IsScheduleActive, inJSON{&d.InfraOverrides},
		inJSON{&d.Infrastructure}, &d.InfrastructureDocumentID, &d.Path, &d.Entrypoint, &d.ManifestPath, inJSON{&d.Storage}, &d.StorageDocumentID, &d.Snapshot,
		inJSON{&d.ParameterOpenAPISchema}, &d.Python)
	return d, err
}

// inJSON scans stored JSON; NULL becomes nil.
type inJSON struct{ raw *json.RawMessage }

func (s inJSON) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*s.raw = nil
	case string:
		*s.raw = json.RawMessage(v)
	default:
		return fmt.Errorf("stored JSON is a %T, not a text", v)
	}
	return nil
}

// DeploymentFilter says which deployments to list, and how.
type DeploymentFilter struct {
	FlowNames []string // any of these; none means all
	ByCreated bool     // newest first, instead of by flow and name
	Limit     int      // 0 is all
}

// Deployments lists deployments.
func (db *DB) Deployments(ctx context.Context, f DeploymentFilter) ([]Deployment, error) {
	// A cross join keeps the order in which the tables are read, so that the indexes give the order
	// asked for and a limit ends the reading.
	from := " from flow f cross join deployment d on d.flow_id = f.id "
	if f.ByCreated {
		from = " from deployment d cross join flow f on f.id = d.flow_id "
	}
	query := "select " + deploymentColumns + from
	var args []any
	if len(f.FlowNames) > 0 {
		query += "where f.name in (?" + strings.Repeat(", ?", len(f.FlowNames)-1) + ") "
		for _, name := range f.FlowNames {
			args = append(args, name)
		}
	}
	if f.ByCreated {
		query += "order by d.created desc, d.id"
	} else {
		query += "order by f.name, d.name"
	}
	rows, err := db.db.QueryContext(ctx, query+" limit ?", append(args, noLimit(f.Limit))...)
	return collect(rows, err, scanDeployment)
}

// DeploymentByName returns the deployment of that flow and name, or ErrNotFound.
func (db *DB) DeploymentByName(ctx context.Context, flow, name string) (Deployment, error) {
	return deploymentWhere(ctx, db.db, "f.name = ? and d.name = ?", flow, name)
}

// DeploymentByID returns the deployment with that id, or ErrNotFound.
func (db *DB) DeploymentByID(ctx context.Context, id string) (Deployment, error) {
	return deploymentWhere(ctx, db.db, "d.id = ?", id)
}

func deploymentWhere(ctx context.Context, q querier, where string, args ...any) (Deployment, error) {
	rows, err := q.QueryContext(ctx, "select "+deploymentColumns+deploymentFrom+"where "+where, args...)
	all, err := collect(rows, err, scanDeployment)
	if err != nil {
		return Deployment{}, err
	}
	if len(all) == 0 {
		return Deployment{}, ErrNotFound
	}
	return all[0], nil
}

// Applied says what ApplyDeployments did with one of them.
type Applied struct {
	ID           string
	Created      bool
	Changed      []string // the fields that changed; none if it was created or is as it was
	QueueCreated bool
}

// ApplyDeployments creates or updates deployments by flow name and name, keeping their ids, and
// makes their work queues. All of them are applied, or none. A deployment whose fields are all as
// they were is left alone. Of any other, the run of its schedule's next slot is taken away, to be made
// anew from what the deployment is now; if its schedule changed, so is every run that waits.
func (db *DB) ApplyDeployments(ctx context.Context, all []Deployment) ([]Applied, error) {
	applied := make([]Applied, len(all))
	err := db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for i, d := range all {
			var err error
			if applied[i], err = db.applyDeployment(ctx, tx, d); err != nil {
				return fmt.Errorf("applying deployment %q: %w", d.FullName(), err)
			}
		}
		return nil
	})
	return applied, err
}

func (db *DB) applyDeployment(ctx context.Context, tx *sql.Tx, d Deployment) (a Applied, err error) {
	if d.WorkQueueName != nil {
		if a.QueueCreated, err = db.ensureWorkQueue(ctx, tx, *d.WorkQueueName); err != nil {
			return a, err
		}
	}
	old, err := deploymentWhere(ctx, tx, "f.name = ? and d.name = ?", d.FlowName, d.Name)
	if err == ErrNotFound {
		a.ID, a.Created = uuid.NewString(), true
		return a, db.insertDeployment(ctx, tx, a.ID, d)
	}
	if err != nil {
		return a, err
	}
	a.ID = old.ID
	if a.Changed = changedFields(old, d); len(a.Changed) == 0 {
		return a, nil
	}
	return a, db.updateDeployment(ctx, tx, old, d)
}

// deploymentFields are the fields that apply can change, under the names the YAML file gives them.
func deploymentFields(d Deployment) []struct {
	name  string
	value any
} {
	return []struct {
		name  string
		value any
	}{
		{"version", d.Version}, {"description", d.Description}, {"work_queue_name", d.WorkQueueName}, {"tags", d.Tags},
		{"parameters", d.Parameters}, {"schedule", d.Schedule}, {"is_schedule_active", d.IsScheduleActive},
		{"infra_overrides", d.InfraOverrides}, {"infrastructure", d.Infrastructure}, {"path", d.Path},
		{"entrypoint", d.Entrypoint}, {"manifest_path", d.ManifestPath}, {"storage", d.Storage},
		{"storage_document_id", d.StorageDocumentID}, {"snapshot", d.Snapshot},
		{"parameter_openapi_schema", d.ParameterOpenAPISchema}, {"python", d.Python},
	}
}

// changedFields names the fields in which two deployments differ. JSON is compared by its text:
// the order of its keys is part of what inspect shows.
func changedFields(old, d Deployment) []string {
	var changed []string
	after := deploymentFields(d)
	for i, f := range deploymentFields(old) {
		if !reflect.DeepEqual(f.value, after[i].value) {
			changed = append(changed, f.name)
		}
	}
	return changed
}

func (db *DB) insertDeployment(ctx context.Context, tx *sql.Tx, id string, d Deployment) error {
	flowID, err := db.ensureFlow(ctx, tx, d.FlowName)
	if err != nil {
		return err
	}
	now := micros(db.Now())
	_, err = tx.ExecContext(ctx, `
		insert into deployment (id, created, updated, schedule_since, scheduled_until, flow_id, name, infrastructure_document_id, version, description, work_queue_name,
			tags, parameters, schedule, is_schedule_active, infra_overrides, infrastructure, path, entrypoint, manifest_path,
			storage, storage_document_id, snapshot, parameter_openapi_schema, python)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		append([]any{id, now, now, now, now, flowID, d.Name, uuid.NewString()}, deploymentValues(d)...)...)
	return err
}

func (db *DB) updateDeployment(ctx context.Context, tx *sql.Tx, old, d Deployment) error {
	infrastructure := old.InfrastructureDocumentID
	if string(old.Infrastructure) != string(d.Infrastructure) {
		infrastructure = uuid.NewString()
	}
	_, err := tx.ExecContext(ctx, `
		update deployment set updated = ?, infrastructure_document_id = ?, version = ?, description = ?, work_queue_name = ?,
			tags = ?, parameters = ?, schedule = ?, is_schedule_active = ?, infra_overrides = ?, infrastructure = ?, path = ?,
			entrypoint = ?, manifest_path = ?, storage = ?, storage_document_id = ?, snapshot = ?, parameter_openapi_schema = ?, python = ?
		where id = ?`,
		append(append([]any{micros(db.Now()), infrastructure}, deploymentValues(d)...), old.ID)...)
	if err != nil {
		return err
	}
	return db.scheduleChanged(ctx, tx, old, d)
}

// deploymentValues are the values of deploymentFields, as they are stored.
func deploymentValues(d Deployment) []any {
	fields := deploymentFields(d)
	values := make([]any, len(fields))
	for i, f := range fields {
		values[i] = f.value
		if raw, ok := f.value.(json.RawMessage); ok {
			values[i] = jsonText(raw)
		}
	}
	return values
}

func jsonText(raw json.RawMessage) any {
	if raw == nil {
		return nil
	}
	return string(raw)
}

// DeleteDeployment deletes a deployment, with its runs that have not started, whoever created them,
// or returns ErrNotFound. Runs that have are kept.
func (db *DB) DeleteDeployment(ctx context.Context, id string) error {
	return db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `delete from flow_run indexed by flow_run_by_state
			where state_type = 'SCHEDULED' and deployment_id = ? and start_time is null and claim is null`, id)
		if err != nil {
			return fmt.Errorf("taking away the deployment's runs to come: %w", err)
		}
		res, err := tx.ExecContext(ctx, "delete from deployment where id = ?", id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return ErrNotFound
	})
}

// SnapshotsInUse returns the snapshots that deployments run from.
func (db *DB) SnapshotsInUse(ctx context.Context) ([]string, error) {
	rows, err := db.db.QueryContext(ctx, "select distinct snapshot from deployment where snapshot is not null")
	return collect(rows, err, func(rows *sql.Rows) (digest string, err error) { return digest, rows.Scan(&digest) })
}
