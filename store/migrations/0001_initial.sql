-- Times are microseconds since the Unix epoch, UTC. Ids are UUIDs in their text form.
-- Columns that hold JSON keep it as the text that came in, so that key order survives.

create table flow (
    id      text primary key,
    created integer not null,
    updated integer not null,
    name    text    not null unique
) strict;

create index flow_by_created on flow (created);

create table work_queue (
    id                text primary key,
    created           integer not null,
    updated           integer not null,
    name              text    not null unique,
    description       text,
    is_paused         integer not null default 0 check (is_paused in (0, 1)),
    concurrency_limit integer check (concurrency_limit >= 0)
) strict;

create table deployment (
    id                         text primary key,
    created                    integer not null,
    updated                    integer not null,
    flow_id                    text    not null references flow (id) on delete cascade,
    name                       text    not null,
    version                    text,
    description                text,
    work_queue_name            text,
    tags                       text    not null check (json_valid(tags)),
    parameters                 text    not null check (json_valid(parameters)),
    schedule                   text    check (json_valid(schedule)),
    is_schedule_active         integer not null default 1 check (is_schedule_active in (0, 1)),
    -- Since when the schedule is as it is: one that names no start counts from there.
    schedule_since             integer,
    -- Slots of the schedule up to here have been dealt with. It is the next slot, whose run is there
    -- already, or a time past when an agent has to look; null when no slot is to come.
    scheduled_until            integer,
    infra_overrides            text    not null check (json_valid(infra_overrides)),
    infrastructure             text    not null check (json_valid(infrastructure)),
    infrastructure_document_id text    not null,
    path                       text,
    entrypoint                 text,
    manifest_path              text,
    storage_document_id        text,
    parameter_openapi_schema   text    not null check (json_valid(parameter_openapi_schema)),
    -- The interpreter that `python` in the infrastructure's command stands for: an absolute path.
    python                     text,
    unique (flow_id, name)
) strict;

create index deployment_by_created on deployment (created);
create index deployment_scheduled on deployment (work_queue_name, scheduled_until)
    where schedule is not null and is_schedule_active = 1;

-- Agents that are up. A row whose process is gone is an agent that was killed; the process
-- identity (pid, start time, boot) tells, so no heartbeat is ever written.
create table agent (
    id      text primary key,
    process text    not null,
    queues  text    not null check (json_valid(queues)),
    started integer not null
) strict;

create table flow_run (
    id                        text primary key,
    created                   integer not null,
    updated                   integer not null,
    name                      text    not null,
    flow_id                   text    not null references flow (id) on delete cascade,
    deployment_id             text    references deployment (id) on delete set null,
    work_queue_name           text,
    flow_version              text,
    parent_task_run_id        text,
    description               text,
    parameters                text    not null check (json_valid(parameters)),
    tags                      text    not null check (json_valid(tags)),
    idempotency_key           text,
    auto_scheduled            integer not null default 0 check (auto_scheduled in (0, 1)),
    expected_start_time       integer not null,
    next_scheduled_start_time integer,
    start_time                integer,
    end_time                  integer,
    total_run_time            integer not null default 0,
    run_count                 integer not null default 0,
    state_id                  text    not null,
    state_type                text    not null check (state_type in ('SCHEDULED', 'PENDING', 'RUNNING',
                                  'COMPLETED', 'FAILED', 'CRASHED', 'CANCELLING', 'CANCELLED')),
    state_name                text    not null,
    state_message             text,
    state_timestamp           integer not null,
    -- The claim: a token made anew each time the run changes hands, the process that is responsible
    -- now (the agent, then the run's supervisor), the agent that claimed it (null: none did), and
    -- the flow's own process: 'starting' from right before it is started until it is known.
    claim                     text,
    claim_process             text,
    claim_agent               text,
    flow_process              text,
    check ((end_time is not null) = (state_type in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'))),
    check ((claim is null) = (claim_process is null)),
    unique (flow_id, idempotency_key)
) strict;

create index flow_run_due on flow_run (work_queue_name, next_scheduled_start_time, created)
    where state_type = 'SCHEDULED' and claim is null;
create index flow_run_live on flow_run (work_queue_name)
    where claim is not null;
create index flow_run_by_claim on flow_run (claim) where claim is not null;
create index flow_run_by_expected_start on flow_run (expected_start_time);
create index flow_run_by_flow on flow_run (flow_id, state_type, expected_start_time);
create index flow_run_by_deployment on flow_run (deployment_id, expected_start_time);
create index flow_run_by_state on flow_run (state_type, expected_start_time);
create index flow_run_by_state_name on flow_run (state_name collate nocase, expected_start_time);
create index flow_run_by_parent on flow_run (parent_task_run_id) where parent_task_run_id is not null;
create index flow_run_by_name on flow_run (name, created);
-- Each due instant of a schedule is a row exactly once, whoever writes it and however often.
create unique index flow_run_slot on flow_run (deployment_id, expected_start_time) where auto_scheduled = 1;

-- A final state is final. Runs of subflows are the exception: retrying the parent runs a failed
-- child again under its old id, as Prefect 2.1 does.
create trigger flow_run_final before update of state_id on flow_run
    when old.state_type in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')
        and new.state_id is not old.state_id and old.parent_task_run_id is null
begin
    select raise(abort, 'flow run has a final state');
end;

create table flow_run_state (
    seq         integer primary key,
    id          text    not null unique,
    flow_run_id text    not null references flow_run (id) on delete cascade,
    type        text    not null,
    name        text    not null,
    message     text,
    timestamp   integer not null
) strict;

create index flow_run_state_by_run on flow_run_state (flow_run_id, seq);

create table task_run (
    id              text primary key,
    created         integer not null,
    updated         integer not null,
    flow_run_id     text    not null references flow_run (id) on delete cascade,
    name            text    not null,
    task_key        text    not null,
    dynamic_key     text    not null,
    tags            text    not null check (json_valid(tags)),
    task_inputs     text    not null check (json_valid(task_inputs)),
    start_time      integer,
    end_time        integer,
    total_run_time  integer not null default 0,
    run_count       integer not null default 0,
    state_id        text,
    state_type      text,
    state_name      text,
    state_message   text,
    state_timestamp integer
) strict;

create index task_run_by_flow_run on task_run (flow_run_id, created);

create table task_run_state (
    seq         integer primary key,
    id          text    not null unique,
    task_run_id text    not null references task_run (id) on delete cascade,
    type        text    not null,
    name        text    not null,
    message     text,
    timestamp   integer not null
) strict;

create index task_run_state_by_run on task_run_state (task_run_id, seq);

-- Log records and what the run printed, in the order in which they came.
create table log (
    id          integer primary key,
    flow_run_id text    not null references flow_run (id) on delete cascade,
    task_run_id text,
    source      text    not null check (source in ('log', 'stdout', 'stderr')),
    level       integer not null,
    logger      text    not null,
    label       text    not null,
    message     text    not null,
    timestamp   integer not null
) strict;

create index log_by_flow_run on log (flow_run_id, id);

-- Results of tasks with a cache key. The value is opaque here: only the flow's own Python reads it.
create table task_cache (
    key         text primary key,
    value       text    not null,
    task_run_id text    not null,
    expires     integer,
    created     integer not null
) strict;

create table concurrency_limit (
    id                text primary key,
    created           integer not null,
    updated           integer not null,
    tag               text    not null unique,
    concurrency_limit integer not null check (concurrency_limit >= 0)
) strict;

-- Which running task runs carry a limited tag. A slot is a row; it goes with its task run, and
-- counts only while that run's supervisor lives, so it can't leak.
create table concurrency_slot (
    task_run_id text not null references task_run (id) on delete cascade,
    tag         text not null references concurrency_limit (tag) on delete cascade,
    primary key (task_run_id, tag)
) strict, without rowid;

create index concurrency_slot_by_tag on concurrency_slot (tag);
