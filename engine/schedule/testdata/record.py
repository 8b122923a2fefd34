"""Record what Prefect 2.1's own schedules give, for reference_test.go.

Run it with the interpreter of a virtual environment that has prefect==2.1.1:

    $PREFECT_REFERENCE/bin/python testdata/record.py | gzip -9n > testdata/reference.jsonl.gz

Each line is one question and its answer: a schedule, the instants from which and up to which
its dates were asked for (or how many), and the dates. The former are seconds since 1970, the
dates milliseconds: the first one, and then pairs of a distance and how often it comes in a row.
The dates are as get_dates returns them, so they can be out of order, which the test knows.

Only the years 2000 to 2019 are asked for: later ones depend on how old a copy of the time zone
database each library carries.
"""

import asyncio
import datetime
import json
import random
import sys

import dateutil.tz
import pendulum
import pytz
from prefect.orion.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

UTC = datetime.timezone.utc
FIRST, LAST = datetime.datetime(2000, 1, 1), datetime.datetime(2020, 1, 1)
AROUND = 30 * 3600  # seconds asked for before and after a clock change

KINDS = {"cron": CronSchedule, "interval": IntervalSchedule, "rrule": RRuleSchedule}

loop = asyncio.new_event_loop()


def packed(dates):
    runs = []
    for last, this in zip(dates, dates[1:]):
        if runs and runs[-1][0] == this - last:
            runs[-1][1] += 1
        else:
            runs.append([this - last, 1])
    return dates[:1] + runs


def record(schedule, start, end=None, n=None):
    """Write one question and its answer. `bad` are schedules that Prefect refuses; `fails` are
    those it takes and then can't list."""
    line = {"schedule": schedule, "start": start}
    line.update({"end": end} if n is None else {"n": n})
    kind = next(k for k in KINDS if k in schedule)
    try:
        s = KINDS[kind](**schedule)
    except Exception:
        line = {"schedule": schedule, "bad": True}
    else:
        at = datetime.datetime.fromtimestamp
        try:
            answer = s.get_dates(n=n, start=at(start, UTC), end=None if end is None else at(end, UTC))
            dates = loop.run_until_complete(answer)
            line["dates"] = packed([round(d.timestamp() * 1000) for d in dates])
        except Exception:
            line = {"schedule": schedule, "fails": True}
    json.dump(line, sys.stdout, separators=(",", ":"))
    print()


def clock_changes(zone):
    tz = pytz.timezone(zone)
    changes = []
    times = getattr(tz, "_utc_transition_times", [])
    for i in range(1, len(times)):
        before, after = tz._transition_info[i - 1][0], tz._transition_info[i][0]
        if FIRST <= times[i] < LAST and before != after:
            at = times[i].replace(tzinfo=UTC)
            changes.append((round(at.timestamp()), round(before.total_seconds()), round(after.total_seconds())))
    return tuple(changes)


def agree(zone, change):
    """Whether the three time zone libraries that Prefect uses agree on a clock change. They come
    with copies of the time zone database that are years apart."""
    for after in (-AROUND, -7200, -3600, -1, 0, 3600, 7200, AROUND):
        at = datetime.datetime.fromtimestamp(change + after, UTC)
        times = at.astimezone(pytz.timezone(zone)), pendulum.instance(at).in_tz(zone), at.astimezone(dateutil.tz.gettz(zone))
        if len({time.utcoffset() for time in times}) > 1:
            return False
    return True


def is_summer_time(zone, change):
    """Whether a clock change is the begin or end of an hour of summer time. dateutil, which rrules
    go by, takes any other to be at another moment than it is."""
    tz = dateutil.tz.gettz(zone)
    before, after = (datetime.datetime.fromtimestamp(change + d, tz) for d in (-1, 0))
    forward = after.utcoffset() > before.utcoffset()
    return before.utcoffset() - before.dst() == after.utcoffset() - after.dst() and bool(after.dst()) == forward


def zones():
    """One zone of each history of clock changes, with the changes."""
    seen = {}
    for zone in sorted(pendulum.tz.timezones):
        seen.setdefault(clock_changes(zone), zone)
    return [(zone, changes) for changes, zone in seen.items() if changes]


def seconds(text):
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def record_zones():
    for zone, changes in zones():
        known = [change for change in changes if agree(zone, change[0])]
        for at, before, after in known:
            for cron in ("*/30 * * * *", "15 0-4 * * *", "0 0 * * *", "30 2 * * *"):
                record({"cron": cron, "timezone": zone}, at - AROUND, at + AROUND)
            start = datetime.datetime.fromtimestamp(at + before - 3 * 86400, UTC).strftime("%Y%m%d")
            for time, rule in is_summer_time(zone, at) * (("003000", "FREQ=HOURLY"), ("013000", "FREQ=DAILY"), ("023000", "FREQ=DAILY;BYHOUR=0,2,3")):
                record({"rrule": f"DTSTART:{start}T{time}\nRRULE:{rule}", "timezone": zone}, at - AROUND, at + AROUND)
            # Of the hour that comes twice, Prefect lists the half hours right only when it isn't asked for all of it.
            half_hours = {"interval": 1800, "anchor_date": "2000-01-01T00:10:00Z", "timezone": zone}
            record(half_hours, at - AROUND, at - 1)
            record(half_hours, at + max(0, before - after), at + AROUND)
        if known != list(changes):
            continue
        # From the anchor on, as Prefect keeps the time on the wall only then. At 09:00 no clock changes.
        anchor = pytz.timezone(zone).localize(datetime.datetime(2000, 1, 1, 9)).isoformat()
        start = int(datetime.datetime.fromisoformat(anchor).timestamp())
        for days in (1, 7):
            record({"interval": days * 86400, "anchor_date": anchor, "timezone": zone}, start, seconds("2019-12-30"))


CRONS = """* * * * *|*/5 * * * *|0 9 * * 1-5|0 9 * * 7|0 9 * * 0|0 9 * * sun|0 9 * * MON-FRI|0 9 * * FRI-SUN|0 9 * * 5-7|0 9 1 * 1|0 9 L * *|0 9 l * *
0 9 15,L * *|0 9 L * 5|0 9 * * L5|0 9 * * L0|0 9 * * L7|0 9 * * mon#1|0 9 * * 5#3|0 9 * * MON#1,FRI#2|0 9 * * 7#2|0 9 1 * MON#1|0 9 1-7 * MON#1|0 9 * * MON#6
0 9 * * MON#0|0 9 * * 1,MON#2|0 0 29 2 *|0 0 29 2 1|0 0 31 * *|0 0 31 2 *|0 0 30 2,4 *|* * * * * */15|30 2 * * * 5,10|0 0 1 jan *|0 0 1 JAN,jul *|0 0 1 1-12/3 *
@daily|@hourly|@weekly|@monthly|@yearly|@annually|@midnight|@reboot|@every 5m| @daily|@DAILY|*/61 * * * *|5-1 * * * *|5/10 * * * *|5-30/10 * * * *|*/0 * * * *|1,2,3 * * * *
60 * * * *|* 24 * * *|* * 0 * *|* * 32 * *|* * * 0 *|* * * 13 *|* * * * 8|-1 * * * *|? * * * *|* * ? * *|every day||* * * *|* * * * * * *|0  9   * *  *| 0 9 * * * |0 9 * * *,1
0 9 *,1 * 1|0 9 1-31 * 1|0 9 */1 * 1|0 9 */2 * 1|0 9 1 * */2|0 9 1 * 0-6|0 9 1 * 1-7|R * * * *|H * * * *|h h * * *|0 0 * * r|0,0 0,0 * * *|,1 * * * *|1, * * * *|1,,2 * * * *
0 0 W * *|0 0 15W * *|0 0 LW * *|0 0 L-3 * *|0 0 * * 5L|0 0 * L *|L * * * *|0 0 * * #1|0 0 * * 1#|0 0 * * L|0 0 * * L8|0 0 * * Lmon|0 0 * * sunday|0 0 1 january *""".replace("\n", "|").split("|")

RRULES = """FREQ=YEARLY|FREQ=MONTHLY|FREQ=WEEKLY|FREQ=DAILY|FREQ=HOURLY|FREQ=MINUTELY|FREQ=SECONDLY|FREQ=DAILY;INTERVAL=3|FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR
FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU|FREQ=MONTHLY;BYDAY=1MO|FREQ=MONTHLY;BYDAY=-1FR|FREQ=MONTHLY;BYDAY=MO(+2)|FREQ=MONTHLY;BYMONTHDAY=31|FREQ=MONTHLY;BYMONTHDAY=-1
FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1|FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1|FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1|FREQ=YEARLY;BYYEARDAY=1,100,-1|FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO
FREQ=YEARLY;BYWEEKNO=53|FREQ=YEARLY;BYEASTER=0|FREQ=YEARLY;BYEASTER=-2|FREQ=YEARLY;BYDAY=20MO|FREQ=DAILY;COUNT=5|FREQ=DAILY;UNTIL=20100110T000000|FREQ=HOURLY;BYHOUR=9,17;BYMINUTE=0,30
FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0,30;BYSECOND=0|FREQ=MINUTELY;INTERVAL=45|FREQ=HOURLY;INTERVAL=7|FREQ=HOURLY;INTERVAL=5;BYDAY=MO|FREQ=SECONDLY;INTERVAL=100|FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29
FREQ=WEEKLY;BYSETPOS=1;BYDAY=MO,TU|FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=10,11,12|RRULE:FREQ=DAILY|freq=daily|FREQ=FORTNIGHTLY|INTERVAL=2|FREQ=DAILY;INTERVAL=x|FREQ=DAILY;BYDAY=XX|FREQ=DAILY;NOPE=1
FREQ=DAILY;COUNT=x|FREQ|NOPE|FREQ=DAILY;UNTIL=never|FREQ=DAILY;BYMONTHDAY=x|FREQ=DAILY;UNTIL=20100110T000000Z""".replace("\n", "|").split("|")

DTSTARTS = ("DTSTART:20100104T093000", "DTSTART:20091231T235959", "DTSTART;TZID=Europe/Paris:20100131T080000", "DTSTART:20100104T093000Z", "DTSTART:20100229T000000")


def cron_field(rnd, low, high, names):
    """A field as a person might write it, and sometimes as nobody should."""

    def value():
        if names and rnd.random() < 0.3:
            return rnd.choice(names)
        return str(rnd.randint(low, high + (rnd.random() < 0.02)))

    def item():
        kind = rnd.random()
        if kind < 0.35:
            return "*"
        if kind < 0.65:
            return value()
        if kind < 0.8:
            return "-".join(sorted((value(), value())))
        if kind < 0.92:
            return f"*/{rnd.randint(1, high)}"
        return f"{value()}-{value()}/{rnd.randint(0, 5)}"

    return ",".join(item() for _ in range(rnd.choice((1, 1, 1, 2, 3))))


def random_cron(rnd):
    days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    fields = [cron_field(rnd, 0, 59, ()), cron_field(rnd, 0, 23, ()), cron_field(rnd, 1, 31, ()), cron_field(rnd, 1, 12, months), cron_field(rnd, 0, 7, days)]
    if rnd.random() < 0.1:
        fields[2] = rnd.choice(("L", "15,L", "L,1-3"))
    if rnd.random() < 0.15:
        fields[4] = rnd.choice((f"{rnd.choice(days)}#{rnd.randint(1, 5)}", f"L{rnd.randint(0, 7)}", "1#1,3#2"))
    if rnd.random() < 0.15:
        fields.append(cron_field(rnd, 0, 59, ()))
    return " ".join(fields)


def record_features():
    start = seconds("2012-01-31T22:58:30")
    for cron in CRONS:
        for day_or in (True, False):
            record({"cron": cron, "day_or": day_or}, start, n=25)
    rnd = random.Random(5)
    for _ in range(1500):
        record({"cron": random_cron(rnd), "day_or": rnd.random() < 0.7}, start, n=8)
    for rule in RRULES:
        for dtstart in DTSTARTS:
            record({"rrule": dtstart + "\n" + ("" if rule.startswith("RRULE") else "RRULE:") + rule}, seconds("2010-01-01"), n=25)
    for interval in (1, 0.5, 90, 3600, 5400, 86399, 86400, 100000, 7 * 86400, 0, -1):
        for anchor in ("2010-01-31T09:00:00+00:00", "2010-01-31T09:00:00+05:30", "2010-01-31 09:00", "2010-01-31", "2010-01-31T09:00:00.5Z"):
            record({"interval": interval, "anchor_date": anchor}, seconds("2010-01-31T09:00:00") + 60, n=12)


record_features()
record_zones()
